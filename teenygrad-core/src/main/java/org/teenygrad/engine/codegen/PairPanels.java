package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A bfloat16 factor of a contraction in scratch memory, in pairs of two neighbours along the inner loop, which one instruction multiplies.
///
/// A stripe is as many rows (of the left factor) or columns (of the right one) as a tile register has rows or lanes, over the whole
/// part of the inner loop that is copied at a time ([DepthBlocks]). It consists of blocks of 32 steps, of each row 16 pairs side by
/// side, or 16 times a pair of each row or column side by side. The last block is filled up with zeros.
final class PairPanels {
  /// Steps of a block, and its pairs: 64 bytes are 16 pairs.
  static final int STEPS = 32;

  static final int PAIRS = STEPS / 2;

  private static final long PAIR = 2 * Short.BYTES;

  /// A vector of pairs.
  static final long LINE = PAIRS * PAIR;

  /// How far apart lines are that fall on the same ones of a first-level cache.
  private static final long ALIASING = 4096;

  private static final String WORDS = Ir.vector("i32", PAIRS);

  private final Emitter emitter;
  private final OpNode fold;
  private final OpNode factor;
  private final OpNode range;
  private final int height;
  private final boolean acrossRows;
  private final DepthBlocks depth;
  private final long offset;

  /// @param range the loop across a stripe
  /// @param height rows or columns of a stripe
  /// @param acrossRows whether the pairs of all columns lie side by side, as a right factor's do; else those of each row
  /// @param depth what of the inner loop is copied at a time
  /// @param offset where in scratch memory it begins, in bytes
  PairPanels(Emitter emitter, OpNode fold, OpNode factor, OpNode range, int height, boolean acrossRows, DepthBlocks depth, long offset) {
    this.emitter = emitter;
    this.fold = fold;
    this.factor = factor;
    this.range = range;
    this.height = height;
    this.acrossRows = acrossRows;
    this.depth = depth;
    this.offset = offset;
  }

  /// Steps of the inner loops where each iteration of the last one has whole blocks.
  static long paddedDepth(OpNode fold) {
    long last = Analysis.size(Analysis.foldRanges(fold).getLast());
    return Analysis.depth(fold) / last * Math.ceilDiv(last, (long) STEPS) * STEPS;
  }

  /// Blocks of a stripe.
  long blocks() {
    return depth.isWhole() ? paddedDepth(fold) / STEPS : Math.ceilDiv(depth.steps(), (long) STEPS);
  }

  /// How many blocks a part of the inner loop has.
  String blocks(DepthBlocks.Block part) {
    return depth.isWhole() ? Long.toString(blocks())
        : emitter.ir.quotient(emitter.plus(emitter.difference(part.end(), part.begin()), STEPS - 1), STEPS);
  }

  long blockBytes() {
    return acrossRows ? PAIRS * LINE : height * LINE;
  }

  /// Where in a block a pair of a row or column is: that many bytes after the pair before.
  long pairBytes() {
    return acrossRows ? LINE : PAIR;
  }

  /// Stripes that were filled, from one on.
  PairProducts.Stripes stripes(String first) {
    return new PairProducts.Stripes(first, stripeBytes(), blockBytes(), acrossRows ? PAIR : LINE);
  }

  /// Whether rows can be multiplied where they lie, in stripes as they are in scratch memory: whole blocks along the inner loop, which fall
  /// on different lines of the first-level cache, as those of rows that are 1,536 bytes apart do.
  /// @param part blocks that are read several times
  boolean isInPlace(long part) {
    List<OpNode> loops = Analysis.foldRanges(fold);
    boolean plain = !acrossRows && loops.size() == 1 && factor.is(OpCode.LOAD) && factor.inputs().size() == 2
        && factor.input(0).dtype() == DType.BFLOAT16;
    if (!plain || Analysis.size(last()) % STEPS != 0 || emitter.analysis.stride(factor, last()) != 1) {
      return false;
    }
    long bytes = placeBytes();
    return bytes > 0 && bytes % LINE == 0 && Math.min(Long.lowestOneBit(bytes / LINE), ALIASING / LINE) <= part;
  }

  private long placeBytes() {
    return emitter.analysis.stride(factor, range) * Short.BYTES;
  }

  /// The stripes from a row on where they lie in memory.
  PairProducts.Stripes inPlace(String row, DepthBlocks.Block part) {
    String first = emitter.within(last(), part.begin(), null, () -> emitter.within(range, row, null, () -> {
      emitter.emitReady(Graph.topological(List.of(factor.input(1))));
      return emitter.memory.pointerTo(factor);
    }));
    return new PairProducts.Stripes(first, height * placeBytes(), LINE, placeBytes());
  }

  long stripeBytes() {
    return blocks() * blockBytes();
  }

  /// The stripe that begins with a row or column, a multiple of a stripe's, of those in scratch memory.
  String start(String first) {
    String stripe = emitter.ir.value("udiv i64 " + first + ", " + height);
    return emitter.ir.pointer("%scratch", emitter.plus(emitter.ir.value("mul i64 " + stripe + ", " + stripeBytes()), offset));
  }

  /// Fills the stripes that `count` rows or columns take, which lie one after the other. Where these are neighbours in memory,
  /// stripes grow side by side: what one leaves of a line of memory the next one takes.
  void fill(String stripes, String first, long count, DepthBlocks.Block part) {
    if (liesAlongInner(emitter, fold, factor, range)) {
      stripes(first, count, (stripe, begin, height) -> blocks(0, "0", part, (counter, steps, block) ->
          fillBlock(place(stripes, stripe, block), begin, height, counter, steps)));
    } else {
      blocks(0, "0", part, (counter, steps, block) -> stripes(first, count, (stripe, begin, height) ->
          fillBlock(place(stripes, stripe, block), begin, height, counter, steps)));
    }
  }

  /// Whether neighbours along the inner loop are neighbours in memory, rather than those along the rows or columns of a range.
  static boolean liesAlongInner(Emitter emitter, OpNode fold, OpNode factor, OpNode range) {
    return emitter.analysis.liesAlong(factor, Analysis.foldRanges(fold).getLast(), range);
  }

  private String place(String stripes, String stripe, String block) {
    String begin = emitter.ir.pointer(stripes, emitter.ir.value("mul i64 " + stripe + ", " + stripeBytes()));
    return emitter.ir.pointer(begin, emitter.ir.value("mul i64 " + block + ", " + blockBytes()));
  }

  /// What is done for each stripe: its number, its first row or column, and how many it has.
  private interface Stripe {
    void emit(String number, String first, int count);
  }

  private void stripes(String first, long count, Stripe body) {
    long full = count / height;
    if (full > 0) {
      emitter.ir.loop("0", Long.toString(full), 1, List.of(), (stripe, none) -> {
        body.emit(stripe, emitter.sum(first, emitter.ir.value("mul i64 " + stripe + ", " + height)), height);
        return none;
      });
    }
    if (full * height < count) {
      body.emit(Long.toString(full), emitter.plus(first, full * height), (int) (count - full * height));
    }
  }

  private void fillBlock(String pointer, String first, int count, String counter, int steps) {
    boolean alongInner = liesAlongInner(emitter, fold, factor, range);
    List<String> pairs = alongInner ? rowsOfPairs(first, count, counter, steps) : pairsOfRows(first, count, counter, steps);
    if (alongInner == acrossRows) {
      List<String> square = Ir.times(PAIRS, i -> i < pairs.size() ? pairs.get(i) : "zeroinitializer");
      store(pointer, Transposition.emit(emitter.ir, "i32", square), acrossRows ? PAIRS : count);
    } else {
      store(pointer, pairs, pairs.size());
    }
  }

  private OpNode last() {
    return Analysis.foldRanges(fold).getLast();
  }

  /// What is done for each block: the counter of the last inner loop where it starts, its steps there, and its number.
  private interface Block {
    void emit(String counter, int steps, String number);
  }

  private void blocks(int number, String outer, DepthBlocks.Block part, Block body) {
    List<OpNode> loops = Analysis.foldRanges(fold);
    OpNode loop = loops.get(number);
    long size = Analysis.size(loop);
    if (number < loops.size() - 1) {
      emitter.ir.loop("0", Long.toString(size), 1, List.of(), (counter, none) ->
          emitter.within(loop, counter, null, () -> {
            emitter.emitReady(Graph.topological(List.of(factor)));
            blocks(number + 1, number == 0 ? counter : emitter.sum(emitter.ir.value("mul i64 " + outer + ", " + size), counter), part, body);
            return none;
          }));
      return;
    }
    long whole = size / STEPS * STEPS;
    String first = number == 0 ? "0" : emitter.ir.value("mul i64 " + outer + ", " + Math.ceilDiv(size, (long) STEPS));
    if (whole > 0) {
      String end = depth.isWhole() ? Long.toString(whole) : whole == size ? part.end() : emitter.ir.smallest(part.end(), Long.toString(whole));
      emitter.ir.loop(part.begin(), end, STEPS, List.of(), (counter, none) -> {
        body.emit(counter, STEPS, place(first, counter, part));
        return none;
      });
    }
    if (whole < size) {
      String counter = Long.toString(whole);
      Runnable rest = () -> body.emit(counter, (int) (size - whole), place(first, counter, part));
      if (depth.isWhole()) {
        rest.run();
      } else {
        emitter.branch(emitter.ir.value("icmp eq i64 " + part.end() + ", " + size), rest);
      }
    }
  }

  /// The number of the block of steps from a counter on.
  private String place(String first, String counter, DepthBlocks.Block part) {
    return emitter.sum(first, emitter.ir.quotient(emitter.difference(counter, part.begin()), STEPS));
  }

  /// Vectors along the inner loop, one for each row or column.
  private List<String> rowsOfPairs(String first, int count, String counter, int steps) {
    OpNode last = last();
    return emitter.within(last, counter, new Axis(last, 1, steps, steps), () ->
        emitter.within(range, first, Axis.unrolled(range, count), () -> Ir.times(count, i -> {
          prefetch(i, height, range);
          String halves = filled("i16", steps, STEPS, emitter.instructions.backToMemory(emitter.operand(factor, steps(i), steps), DType.BFLOAT16, steps));
          return emitter.ir.value("bitcast " + Ir.vector("i16", STEPS) + " " + halves + " to " + WORDS);
        })));
  }

  /// Vectors across rows or columns, one for each pair.
  private List<String> pairsOfRows(String first, int count, String counter, int steps) {
    OpNode last = last();
    Ir ir = emitter.ir;
    String words = Ir.vector("i32", count);
    return emitter.within(range, first, new Axis(range, 1, count, count), () ->
        emitter.within(last, counter, Axis.unrolled(last, steps), () -> Ir.times(PAIRS, pair -> {
          if (2 * pair >= steps) {
            return "zeroinitializer";
          }
          prefetch(2 * pair, STEPS, last);
          prefetch(Math.min(2 * pair + 1, steps - 1), STEPS, last);
          String low = bits(2 * pair, count);
          if (2 * pair + 1 == steps) {
            return filled("i32", count, PAIRS, low);
          }
          String high = ir.value("shl " + words + " " + bits(2 * pair + 1, count) + ", " + Ir.constant(DType.INT32, 16L, count));
          return filled("i32", count, PAIRS, ir.value("or " + words + " " + low + ", " + high));
        })));
  }

  /// Fetches what the next block is made of, some steps further along a loop: the processor does not see that so many rows are read side
  /// by side.
  private void prefetch(int step, long distance, OpNode loop) {
    if (factor.is(OpCode.LOAD) && factor.inputs().size() == 2 && emitter.analysis.stride(factor, loop) > 0) {
      emitter.memory.prefetchFar(factor, steps(step), Long.toString(distance * emitter.analysis.stride(factor, loop)));
    }
  }

  private String bits(int step, int lanes) {
    String halves = emitter.instructions.backToMemory(emitter.operand(factor, steps(step), lanes), DType.BFLOAT16, lanes);
    return emitter.ir.value("zext " + Ir.vector("i16", lanes) + " " + halves + " to " + Ir.vector("i32", lanes));
  }

  /// Steps of the open axes, of which the last one opened is at `step`.
  private List<Integer> steps(int step) {
    List<Integer> steps = new ArrayList<>(emitter.loops.zeroSteps());
    steps.set(steps.size() - 1, step);
    return steps;
  }

  private String filled(String element, int from, int to, String value) {
    if (from == to) {
      return value;
    }
    String type = Ir.vector(element, from);
    if (from == 1) {
      return emitter.ir.value("insertelement " + Ir.vector(element, to) + " zeroinitializer, " + type + " " + value + ", i64 0");
    }
    return emitter.ir.value("shufflevector " + type + " " + value + ", " + type + " zeroinitializer, " + Transposition.mask(to, lane -> Math.min(lane, from)));
  }

  private void store(String pointer, List<String> rows, int count) {
    for (int i = 0; i < count; i++) {
      emitter.ir.effect("store " + WORDS + " " + rows.get(i) + ", ptr " + emitter.ir.pointer(pointer, Integer.toString(i * PAIRS * Integer.BYTES)) + ", align 64");
    }
  }
}
