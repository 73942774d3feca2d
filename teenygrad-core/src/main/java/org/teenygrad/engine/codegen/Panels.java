package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A factor of a contraction in scratch memory: panels as wide as a tile of sums, each row of a panel (one step of the inner
/// loops) side by side, padded with zeros to whole vectors. Where the factor lies in memory along the inner loop instead, square
/// blocks are transposed in registers on the way.
final class Panels {
  private static final long CACHE_LINE = 64;

  /// How far ahead of a copy to fetch: rows take some cycles each, lines come from the third-level cache.
  private static final long PREFETCHED_ROWS = 32;

  /// Positions of a window: of more, such as those of an image, neighbours in memory are copied one after the other.
  private static final long MOST_MASKS = 64;

  private final Emitter emitter;
  private final OpNode fold;
  private final List<OpNode> loops;
  private final OpNode factor;
  private final OpNode range;
  private final int lanes;
  private final int square;
  private final long depth;
  private final long offset;
  private final long mostPrefetched;

  /// @param loops the inner loops that a panel runs along
  /// @param range the loop that runs across a panel
  /// @param lanes the vectors that a row consists of: the last one is filled up with zeros
  /// @param square lanes of a whole register: a power of two, at least `lanes`
  /// @param depth rows of a panel at most
  /// @param offset where in scratch memory the panels are, in elements
  /// @param mostPrefetched bytes of a panel that are brought to the second-level cache while the one before is copied
  Panels(Emitter emitter, OpNode fold, List<OpNode> loops, OpNode factor, OpNode range, int lanes, int square, long depth, long offset, long mostPrefetched) {
    this.emitter = emitter;
    this.fold = fold;
    this.loops = loops;
    this.factor = factor;
    this.range = range;
    this.lanes = lanes;
    this.square = square;
    this.offset = offset;
    this.depth = depth;
    this.mostPrefetched = mostPrefetched;
  }

  private String element() {
    return Ir.type(fold.dtype(), 1);
  }

  /// The start of the panel whose first column is that one of the work item.
  String start(String columnInItem) {
    String distance = emitter.ir.value("mul i64 " + columnInItem + ", " + depth);
    return emitter.ir.value("getelementptr inbounds " + element() + ", ptr %scratch, i64 " + emitter.plus(distance, offset));
  }

  /// One vector of a row of a panel.
  String load(String panel, String row, Axis axis, int step) {
    return emitter.ir.value("load " + Ir.vector(element(), lanes) + ", ptr " + at(panel, row, axis.count(), step) + ", align " + alignment());
  }

  /// One element of a row of a panel of one vector.
  String loadElement(String panel, String row, int column) {
    String index = emitter.plus(emitter.ir.value("mul i64 " + row + ", " + lanes), column);
    String pointer = emitter.ir.value("getelementptr inbounds " + element() + ", ptr " + panel + ", i64 " + index);
    return emitter.ir.value("load " + element() + ", ptr " + pointer + ", align " + fold.dtype().bytes());
  }

  private int alignment() {
    return fold.dtype().bytes() * (lanes == square ? lanes : 1);
  }

  private String at(String panel, String row, int vectors, int step) {
    String index = emitter.plus(emitter.ir.value("mul i64 " + row + ", " + (long) vectors * lanes), (long) step * lanes);
    return emitter.ir.value("getelementptr inbounds " + element() + ", ptr " + panel + ", i64 " + index);
  }

  /// Fills one panel.
  /// @param column its first column, and how many there are
  /// @param part what of the first of the loops is copied
  void fill(String panel, String column, long width, DepthBlocks.Block part) {
    Axis axis = Axis.vectors(range, width, lanes);
    if (liesAlongInnerLoop()) {
      fillTransposed(panel, column, width, axis.count(), part);
      return;
    }
    // Fetched along the loop that is copied innermost, such as the channels of a window whose positions are outside.
    List<OpNode> order = masksOutside();
    long stride = factor.is(OpCode.LOAD) ? emitter.analysis.rowStride(factor, order.getLast()) : 0;
    emitter.within(range, column, axis, () -> {
      rows(order, part, row -> {
        for (int step = 0; step < axis.count(); step++) {
          if (stride * factor.dtype().bytes() >= CACHE_LINE) {
            emitter.memory.prefetch(factor, steps(step), PREFETCHED_ROWS * stride);
          }
          int own = axis.lanes(step);
          store(resized(emitter.operand(factor, steps(step), own), own, lanes), at(panel, row, axis.count(), step));
        }
      });
      return true;
    });
  }

  /// Whether each step of the last inner loop reads other lines of memory.
  static boolean isAcrossLines(Analysis analysis, OpNode factor, OpNode fold) {
    return factor.is(OpCode.LOAD) && analysis.rowStride(factor, Analysis.foldRanges(fold).getLast()) * factor.dtype().bytes() >= CACHE_LINE;
  }

  /// Steps of the open axes, of which the last one opened is at `step`.
  private List<Integer> steps(int step) {
    List<Integer> steps = new ArrayList<>(emitter.loops.zeroSteps());
    steps.set(steps.size() - 1, step);
    return steps;
  }

  private boolean liesAlongInnerLoop() {
    OpNode last = loops.getLast();
    boolean isSegmented = factor.is(OpCode.LOAD) && Segments.of(emitter.analysis, factor.input(1), range).isPresent();
    return emitter.analysis.liesAlong(factor, last, range) && Analysis.size(last) >= square / 2 && !isSegmented;
  }

  /// What is done for each row, given its number.
  private interface Row {
    void emit(String row);
  }

  /// The inner loops, the few that a mask depends on first: for the others, such as the channels of a convolution's window, it is
  /// computed once.
  private List<OpNode> masksOutside() {
    boolean few = Analysis.count(loops.stream().filter(this::masks).toList()) <= MOST_MASKS;
    return few ? loops.stream().sorted(Comparator.comparing(loop -> !masks(loop))).toList() : loops;
  }

  /// Opens all or the first of the inner loops in some order, of the first one a part.
  private void rows(List<OpNode> order, DepthBlocks.Block part, Row body) {
    Map<OpNode, String> counters = new HashMap<>();
    open(order, counters, part, () -> {
      String row = "0";
      for (OpNode loop : loops.subList(0, order.size())) {
        row = nextRow(row, Objects.requireNonNull(counters.get(loop)), loop);
      }
      body.emit(row);
    });
  }

  /// Whether what a mask lets through of the factor changes along a loop.
  private boolean masks(OpNode loop) {
    return factor.is(OpCode.LOAD) && factor.inputs().size() > 2 && emitter.analysis.dependsOn(factor.input(2), loop);
  }

  private void open(List<OpNode> order, Map<OpNode, String> counters, DepthBlocks.Block part, Runnable body) {
    if (counters.size() == order.size()) {
      body.run();
      return;
    }
    OpNode loop = order.get(counters.size());
    boolean first = loop == loops.getFirst();
    emitter.ir.loop(first ? part.begin() : "0", first ? part.end() : Long.toString(Analysis.size(loop)), 1, List.of(), (counter, none) ->
        emitter.within(loop, counter, null, () -> {
          emitter.emitReady(Graph.topological(List.of(factor)));
          counters.put(loop, first ? emitter.difference(counter, part.begin()) : counter);
          open(order, counters, part, body);
          counters.remove(loop);
          return none;
        }));
  }

  private String nextRow(String row, String counter, OpNode loop) {
    return row.equals("0") ? counter : emitter.sum(emitter.ir.value("mul i64 " + row + ", " + Analysis.size(loop)), counter);
  }

  /// Stripes of as many columns as a register has lanes, one after the other, so that where these begin is computed once.
  private void fillTransposed(String panel, String column, long width, int vectors, DepthBlocks.Block part) {
    for (int vector = 0; vector < vectors; vector++) {
      int step = vector;
      int columns = (int) Math.min(lanes, width - (long) vector * lanes);
      emitter.within(range, emitter.plus(column, (long) vector * lanes), Axis.unrolled(range, columns), () -> {
        emitter.emitReady(Graph.topological(List.of(factor)));
        squares(part, width, (row, counter, count) -> {
          String first = row(row, counter, ofLast(part));
          List<String> transposed = transposed(counter, count, columns);
          for (int i = 0; i < count; i++) {
            store(resized(transposed.get(i), square, lanes), at(panel, emitter.plus(first, i), vectors, step));
          }
        });
        return true;
      });
    }
  }

  /// What is done for a square: the row where it starts but for the last inner loop, that loop's counter there, and how many rows it has.
  private interface Square {
    void emit(String row, String counter, int count);
  }

  /// Whole squares of the part, and what is left of the loop if it has its end.
  private void squares(DepthBlocks.Block part, long width, Square body) {
    Ir ir = emitter.ir;
    long size = Analysis.size(loops.getLast());
    long full = size / square * square;
    DepthBlocks.Block own = ofLast(part);
    boolean whole = own.end().equals(Long.toString(size));
    rows(loops.subList(0, loops.size() - 1), part, row -> {
      if (full > 0) {
        String end = whole ? Long.toString(full) : ir.smallest(own.end(), Long.toString(full));
        ir.loop(own.begin(), end, square, List.of(), (counter, none) -> {
          fetchAhead(counter, width);
          body.emit(row, counter, square);
          return none;
        });
      }
      if (full < size) {
        Runnable left = () -> body.emit(row, Long.toString(full), (int) (size - full));
        if (whole) {
          left.run();
        } else {
          emitter.branch(ir.value("icmp eq i64 " + own.end() + ", " + size), left);
        }
      }
    });
  }

  /// What of the last inner loop is copied: all, if it is not the first one, too.
  private DepthBlocks.Block ofLast(DepthBlocks.Block part) {
    return loops.size() == 1 ? part : new DepthBlocks.Block("0", Long.toString(Analysis.size(loops.getLast())));
  }

  private String row(String row, String counter, DepthBlocks.Block part) {
    return nextRow(row, emitter.difference(counter, part.begin()), loops.getLast());
  }

  /// A square of a factor that lies along the inner loop, in registers: a vector across columns for each of `count` steps from a
  /// counter on. The loop across columns is open as an axis of `columns`.
  List<String> transposed(String counter, int count, int columns) {
    OpNode last = loops.getLast();
    return emitter.within(last, counter, new Axis(last, 1, count, count), () -> {
      emitter.emitReady(Graph.topological(List.of(factor)));
      List<String> block = Ir.times(square, i -> i < columns ? resized(emitter.operand(factor, columnSteps(i), count), count, square) : "zeroinitializer");
      return Transposition.emit(emitter.ir, element(), block);
    });
  }

  /// Steps of the open axes, of which that of the columns, opened before the last one, is at `step`.
  private List<Integer> columnSteps(int step) {
    List<Integer> steps = new ArrayList<>(emitter.loops.zeroSteps());
    steps.set(steps.size() - 2, step);
    return steps;
  }

  /// Fetches a part of the panel that follows one of `width` columns, of which a square is about to be read.
  void fetchAhead(String counter, long width) {
    if (isPrefetched(width)) {
      prefetchNext(counter, width);
    } else if (isGathered()) {
      prefetchRows(counter, width);
    }
  }

  /// Whether the panel that follows lies behind this one in memory as one piece, and has room in the second-level cache.
  private boolean isPrefetched(long width) {
    return factor.is(OpCode.LOAD) && factor.inputs().size() == 2 && loops.size() == 1 && Analysis.size(loops.getFirst()) == depth
        && emitter.analysis.stride(factor, range) == depth && width * depth * factor.dtype().bytes() <= mostPrefetched;
  }

  /// Whether the places of a panel's columns are data.
  private boolean isGathered() {
    return mostPrefetched > 0 && factor.is(OpCode.LOAD) && emitter.analysis.stride(factor, range) == -1 && emitter.analysis.rowStride(factor, range) > 0;
  }

  /// Fetches what this square reads in the panel that follows.
  private void prefetchRows(String counter, long width) {
    emitter.within(loops.getLast(), counter, null, () -> {
      for (int i = 0; i < lanes; i++) {
        emitter.memory.prefetchFar(factor, steps(i), Long.toString(width * emitter.analysis.rowStride(factor, range)));
      }
      return true;
    });
  }

  /// Fetches a part of the panel that follows, in the order in which it lies in memory, for each square of this one: the processor
  /// does not see that so many columns are read side by side, each along its own lines.
  private void prefetchNext(String counter, long width) {
    long bytes = factor.dtype().bytes();
    OpNode last = loops.getLast();
    emitter.within(last, counter, null, () -> {
      String distance = emitter.plus(emitter.ir.value("mul i64 " + counter + ", " + (lanes - 1)), width * depth);
      for (long line = 0; line < Math.ceilDiv(lanes * square * bytes, CACHE_LINE); line++) {
        emitter.memory.prefetchFar(factor, emitter.loops.zeroSteps(), emitter.plus(distance, line * CACHE_LINE / bytes));
      }
      return true;
    });
  }

  /// A vector filled up with zeros, or the first lanes of one.
  private String resized(String value, int from, int to) {
    if (from == to) {
      return value;
    }
    String type = Ir.vector(element(), from);
    if (from == 1) {
      return emitter.ir.value("insertelement " + Ir.vector(element(), to) + " zeroinitializer, " + type + " " + value + ", i64 0");
    }
    if (to == 1) {
      return emitter.ir.value("extractelement " + type + " " + value + ", i64 0");
    }
    return emitter.ir.value("shufflevector " + type + " " + value + ", " + type + " zeroinitializer, " + Transposition.mask(to, lane -> Math.min(lane, from)));
  }

  private void store(String value, String pointer) {
    emitter.ir.effect("store " + Ir.vector(element(), lanes) + " " + value + ", ptr " + pointer + ", align " + alignment());
  }
}
