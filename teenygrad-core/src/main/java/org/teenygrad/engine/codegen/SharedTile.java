package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// The code for a [Stage]: brings tiles of a factor to shared memory.
final class SharedTile {
  /// A block's dynamic shared memory.
  static final String MEMORY = "@shared";

  static final int CHUNK = Stage.CHUNK;
  static final int LINE = 128;

  private final Emitter emitter;
  private final OpNode factor;
  private final Stage stage;
  private final DType element;
  private final List<OpNode> outer;
  private final List<OpNode> inner;
  private final int threads;
  private final int lanes;
  private final boolean vectors;

  /// Whether addresses behind the factor's ends may be named, as nothing is read from there: those that follow from loop counters alone.
  private final boolean plain;

  private final long size;
  private final long depth;

  /// @param node a STAGE
  /// @param outer the loops that count rows, inner those of the inner dimension
  /// @param threads of the block that brings it
  SharedTile(Emitter emitter, OpNode node, List<OpNode> outer, List<OpNode> inner, int threads) {
    this.emitter = emitter;
    this.outer = outer;
    this.inner = inner;
    this.threads = threads;
    stage = node.payload(Stage.class);
    factor = node.input(0);
    element = factor.dtype();
    lanes = CHUNK / element.bytes();
    size = Analysis.count(outer);
    depth = Analysis.count(inner);
    plain = stage.asynchronous() && Graph.topological(factor.inputs()).stream().noneMatch(input -> input.is(OpCode.LOAD));
    vectors = Analysis.size(stage.alongInner() ? inner.getLast() : outer.getLast()) % lanes == 0;
  }

  /// Whether lines run along the inner dimension.
  boolean isInner() {
    return stage.alongInner();
  }

  static void declare(Ir ir) {
    ir.declare(MEMORY + " = external addrspace(3) global [0 x i8], align 1024");
  }

  /// Ends a group of asynchronous copies.
  static void commit(Ir ir) {
    ir.gpu().commitCopies();
  }

  /// Waits until all but the newest groups of asynchronous copies are there.
  static void await(Ir ir, int newest) {
    ir.gpu().awaitCopies(newest);
  }

  int bytes() {
    return stage.bytes(element);
  }

  private int wordPitch() {
    return stage.rows() + Stage.PADDING;
  }

  /// A thread's share of a slab in 16-byte chunks: which line it is on, and which part of the line, for pass number `pass`.
  private record Place(String row, String inner, String target) {}

  private int passes() {
    return stage.rows() * stage.depth() / lanes / threads;
  }

  private Place place(int pass, String thread) {
    Ir ir = emitter.ir;
    if (stage.alongInner()) {
      int chunks = stage.depth() / lanes;
      String chunk = ir.value("and i64 " + thread + ", " + (chunks - 1));
      String row = ir.plus(ir.value("udiv i64 " + thread + ", " + chunks), (long) pass * (threads / chunks));
      String at = ir.value("mul i64 " + chunk + ", " + lanes);
      return new Place(row, at, stage.stepLines() ? word(row, at) : swizzled(row, chunk));
    }
    int chunks = stage.rows() / lanes;
    String chunk = ir.value("and i64 " + thread + ", " + (chunks - 1));
    String at = ir.plus(ir.value("udiv i64 " + thread + ", " + chunks), (long) pass * (threads / chunks));
    String row = ir.value("mul i64 " + chunk + ", " + lanes);
    if (stage.stepLines()) {
      return new Place(row, at, word(row, at));
    }
    String panel = ir.value("mul i64 " + ir.value("lshr i64 " + chunk + ", 3") + ", " + stage.depth() * LINE);
    return new Place(row, at, ir.value("add i64 " + panel + ", " + swizzled(at, ir.value("and i64 " + chunk + ", 7"))));
  }

  private String swizzled(String line, String part) {
    Ir ir = emitter.ir;
    String exchanged = ir.value("xor i64 " + part + ", " + exchange(ir, element, stage.alongInner(), line));
    return ir.value("add i64 " + ir.value("mul i64 " + line + ", " + LINE) + ", " + ir.value("mul i64 " + exchanged + ", " + CHUNK));
  }

  /// What the parts of a line are exchanged by. Of float32 along the rows, a warp reads two parts of each of four lines at once.
  static String exchange(Ir ir, DType element, boolean alongInner, String line) {
    boolean pairs = element == DType.FLOAT32 && !alongInner;
    return pairs ? ir.value("mul i64 " + ir.value("and i64 " + line + ", 3") + ", 2") : ir.value("and i64 " + line + ", 7");
  }

  private String word(String row, String inner) {
    Ir ir = emitter.ir;
    return ir.value("mul i64 " + ir.value("add i64 " + ir.value("mul i64 " + inner + ", " + wordPitch()) + ", " + row) + ", " + Float.BYTES);
  }

  /// Starts bringing in a slab: asynchronously all the way, else into registers.
  /// @param tileRow the number of the tile's first row
  /// @param step which tile along the inner dimension
  /// @param slot the byte in shared memory where it belongs
  /// @param exists whether there is such a slab: if not, nothing is copied
  /// @return what [#put] has to write
  private List<String> fetch(String tileRow, String step, String slot, String exists) {
    Ir ir = emitter.ir;
    String thread = Threads.thread(ir);
    // Where there is no such slab, what goes through registers is some other that nobody reads.
    String safe = stage.asynchronous() || exists.equals("true") ? step : ir.value("select i1 " + exists + ", i64 " + step + ", i64 0");
    String start = ir.value("mul i64 " + safe + ", " + stage.depth());
    String rowsLeft = plain ? left(tileRow, size, stage.rows()) : null;
    String depthLeft = left(start, depth, stage.depth());
    List<String> values = new ArrayList<>();
    for (int pass = 0; pass < passes(); pass++) {
      Place place = place(pass, thread);
      String own = ir.value("add i64 " + tileRow + ", " + place.row);
      // Rows past the last are never looked at.
      String row = plain || size % stage.rows() == 0 ? own : ir.smallest(own, Long.toString(size - (stage.alongInner() || !vectors ? 1 : lanes)));
      String at = ir.value("add i64 " + start + ", " + place.inner);
      if (stage.asynchronous()) {
        String inside = both(both(exists, below(place.inner, depthLeft)), below(place.row, rowsLeft));
        copy(row, at, slot, place.target, inside);
      } else {
        values.add(computed(row, at));
      }
    }
    return values;
  }

  /// As [#fetch]; what has to be written is written by what is returned.
  List<Runnable> fetched(String tileRow, String step, String slot, String exists) {
    List<String> values = fetch(tileRow, step, slot, exists);
    return stage.asynchronous() ? List.of() : List.of(() -> put(values, slot));
  }

  /// How many of a tile's lines there are, as i32; null if it always has all.
  private @Nullable String left(String first, long count, int lines) {
    Ir ir = emitter.ir;
    return count % lines == 0 ? null
        : ir.value("trunc i64 " + ir.smallest(ir.value("sub i64 " + count + ", " + first), Integer.toString(lines)) + " to i32");
  }

  private @Nullable String below(String place, @Nullable String left) {
    Ir ir = emitter.ir;
    return left == null ? null : ir.value("icmp slt i32 " + ir.value("trunc i64 " + place + " to i32") + ", " + left);
  }

  private String both(String condition, @Nullable String other) {
    return other == null ? condition : emitter.ir.value("and i1 " + condition + ", " + other);
  }

  private void copy(String row, String at, String slot, String target, String inside) {
    Ir ir = emitter.ir;
    open(row, plain ? at : ir.value("select i1 " + inside + ", i64 " + at + ", i64 0"), () -> {
      String shown = both(inside, factor.inputs().size() == 2 ? null : emitter.value(factor.input(2), emitter.loops.zeroSteps()));
      String bytes = ir.value("select i1 " + shown + ", i32 " + CHUNK + ", i32 0");
      String source = emitter.memory.pointerTo(factor);
      ir.gpu().startCopy(pointer(slot, target), source, bytes);
    });
  }

  private String pointer(String slot, String offset) {
    Ir ir = emitter.ir;
    return ir.value("getelementptr inbounds i8, ptr addrspace(3) " + MEMORY + ", i64 " + emitter.sum(slot, offset));
  }

  private void open(String row, String at, Runnable body) {
    emitter.unflatten(row, outer, Axis.ofLanes(outer, stage.alongInner() ? 1 : lanes), () -> emitter.unflatten(at, inner, Axis.ofLanes(inner, stage.alongInner() ? lanes : 1), body));
  }

  /// A chunk of the factor in registers, as it is kept in memory.
  private String computed(String row, String at) {
    Ir ir = emitter.ir;
    String type = Ir.type(element, lanes);
    String result;
    if (vectors) {
      String[] value = new String[1];
      boolean exact = depth % stage.depth() == 0;
      open(row, exact ? at : emitter.ir.smallest(at, Long.toString(depth - (stage.alongInner() ? lanes : 1))), () -> value[0] = emitter.operand(factor, emitter.loops.zeroSteps(), lanes));
      result = exact ? value[0]
          : ir.value("select i1 " + ir.value("icmp slt i64 " + at + ", " + depth) + ", " + type + " " + value[0] + ", " + type + " zeroinitializer");
    } else {
      result = "poison";
      for (int lane = 0; lane < lanes; lane++) {
        String ownRow = stage.alongInner() ? row : emitter.ir.smallest(ir.plus(row, lane), Long.toString(size - 1));
        String own = stage.alongInner() ? ir.plus(at, lane) : at;
        String[] value = new String[1];
        emitter.unflatten(ownRow, outer, () -> emitter.unflatten(emitter.ir.smallest(own, Long.toString(depth - 1)), inner, () -> value[0] = emitter.value(factor, emitter.loops.zeroSteps())));
        String scalar = Ir.type(element, 1);
        String one = ir.value("select i1 " + ir.value("icmp slt i64 " + own + ", " + depth) + ", " + scalar + " " + value[0] + ", " + scalar + " zeroinitializer");
        result = ir.value("insertelement " + type + " " + result + ", " + scalar + " " + one + ", i64 " + lane);
      }
    }
    return emitter.instructions.toMemory(result, element, lanes);
  }

  /// Writes what was fetched into registers.
  private void put(List<String> values, String slot) {
    Ir ir = emitter.ir;
    String thread = Threads.thread(ir);
    String type = Ir.memoryType(element, lanes);
    for (int pass = 0; pass < values.size(); pass++) {
      String target = place(pass, thread).target;
      if (stage.stepLines() && stage.alongInner()) {
        for (int lane = 0; lane < lanes; lane++) {
          String one = ir.value("extractelement " + type + " " + values.get(pass) + ", i64 " + lane);
          ir.effect("store float " + one + ", ptr addrspace(3) " + pointer(slot, ir.plus(target, (long) lane * wordPitch() * Float.BYTES)) + ", align 4");
        }
      } else {
        ir.effect("store " + type + " " + values.get(pass) + ", ptr addrspace(3) " + pointer(slot, target) + ", align " + CHUNK);
      }
    }
  }
}
