package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;

/// A slab of a factor in shared memory: `rows` of the tile by one step of the inner dimension.
///
/// What is stored as it lies in the factor's own memory is copied asynchronously, past the registers; anything else is computed on
/// the way. A slab of 16-bit numbers consists of lines of 128 bytes, along the inner dimension if the factor lies so in memory, else
/// along the rows in panels of 64. The eight 16-byte parts of a line are exchanged by the line's number, so that eight lines' parts
/// of one column fall on different banks: the 128-byte swizzle that `wgmma` expects. A slab of float32 has a line for each step of the
/// inner dimension.
final class SharedTile {
  /// A block's dynamic shared memory.
  static final String MEMORY = "@shared";

  static final int CHUNK = 16;
  static final int LINE = 128;
  static final int PADDING = 4;

  private final Emitter emitter;
  private final OpNode factor;
  private final DType element;
  private final List<OpNode> outer;
  private final List<OpNode> inner;
  private final int rows;
  private final BlockTile tile;
  private final boolean alongInner;
  private final int lanes;
  private final boolean vectors;
  private final boolean asynchronous;
  private final long size;
  private final long depth;

  /// @param factor an expression of type `element`
  /// @param outer the loops that count rows, inner those of the inner dimension
  SharedTile(Emitter emitter, OpNode factor, DType element, List<OpNode> outer, List<OpNode> inner, int rows, BlockTile tile) {
    this.emitter = emitter;
    this.factor = factor;
    this.element = element;
    this.outer = outer;
    this.inner = inner;
    this.rows = rows;
    this.tile = tile;
    lanes = CHUNK / element.bytes();
    size = Contraction.count(outer);
    depth = Contraction.count(inner);
    alongInner = lies(inner.getLast()) >= lies(outer.getLast());
    OpNode along = alongInner ? inner.getLast() : outer.getLast();
    vectors = Analysis.size(along) % lanes == 0;
    asynchronous = element != DType.FLOAT32 && vectors && factor.is(OpCode.LOAD) && factor.inputs().size() == 2
        && factor.input(0).dtype() == element && emitter.memory.isAligned(factor, along, lanes);
  }

  /// How many loads of the factor run over neighbours in memory along a loop.
  private int lies(OpNode range) {
    return (int) Graph.topological(List.of(factor)).stream()
        .filter(node -> node.is(OpCode.LOAD) && emitter.analysis.stride(node, range) == 1).count();
  }

  /// Whether lines run along the inner dimension.
  boolean isInner() {
    return alongInner;
  }

  static void declare(Ir ir) {
    ir.declare(MEMORY + " = external addrspace(3) global [0 x i8], align 1024");
  }

  /// Ends a group of asynchronous copies.
  static void commit(Ir ir) {
    ir.declare("declare void @llvm.nvvm.cp.async.commit.group()");
    ir.effect("call void @llvm.nvvm.cp.async.commit.group()");
  }

  /// Waits until all but the newest groups of asynchronous copies are there.
  static void await(Ir ir, int newest) {
    ir.declare("declare void @llvm.nvvm.cp.async.wait.group(i32)");
    ir.effect("call void @llvm.nvvm.cp.async.wait.group(i32 " + newest + ")");
  }

  int bytes() {
    return element == DType.FLOAT32 ? tile.depth() * wordPitch() * Float.BYTES : rows * tile.depth() * element.bytes();
  }

  private int wordPitch() {
    return rows + PADDING;
  }

  /// Opens the loops that a flat number stands for, the last one over `lanes` neighbours.
  static void unflatten(Emitter emitter, String number, List<OpNode> ranges, int lanes, Runnable body) {
    if (lanes == 1) {
      emitter.unflatten(number, ranges, body);
      return;
    }
    OpNode last = ranges.getLast();
    boolean only = ranges.size() == 1;
    String counter = only ? number : emitter.ir.remainder(number, Analysis.size(last));
    String rest = only ? "0" : emitter.ir.quotient(number, Analysis.size(last));
    emitter.unflatten(rest, ranges.subList(0, ranges.size() - 1), () -> emitter.within(last, counter, new Axis(last, 1, lanes, lanes), () -> {
      body.run();
      return true;
    }));
  }

  /// A thread's share of a slab in 16-byte chunks: which line it is on, and which part of the line, for pass number `pass`.
  private record Place(String row, String inner, String target) {}

  private int passes() {
    return rows * tile.depth() / lanes / tile.threads();
  }

  private Place place(int pass, String thread) {
    Ir ir = emitter.ir;
    if (alongInner) {
      int chunks = tile.depth() / lanes;
      String chunk = ir.value("and i64 " + thread + ", " + (chunks - 1));
      String row = ir.plus(ir.value("udiv i64 " + thread + ", " + chunks), (long) pass * (tile.threads() / chunks));
      String at = ir.value("mul i64 " + chunk + ", " + lanes);
      return new Place(row, at, element == DType.FLOAT32 ? word(row, at) : swizzled(row, chunk));
    }
    int chunks = rows / lanes;
    String chunk = ir.value("and i64 " + thread + ", " + (chunks - 1));
    String at = ir.plus(ir.value("udiv i64 " + thread + ", " + chunks), (long) pass * (tile.threads() / chunks));
    String row = ir.value("mul i64 " + chunk + ", " + lanes);
    if (element == DType.FLOAT32) {
      return new Place(row, at, word(row, at));
    }
    String panel = ir.value("mul i64 " + ir.value("lshr i64 " + chunk + ", 3") + ", " + tile.depth() * LINE);
    return new Place(row, at, ir.value("add i64 " + panel + ", " + swizzled(at, ir.value("and i64 " + chunk + ", 7"))));
  }

  private String swizzled(String line, String part) {
    Ir ir = emitter.ir;
    String exchanged = ir.value("xor i64 " + part + ", " + ir.value("and i64 " + line + ", 7"));
    return ir.value("add i64 " + ir.value("mul i64 " + line + ", " + LINE) + ", " + ir.value("mul i64 " + exchanged + ", " + CHUNK));
  }

  private String word(String row, String inner) {
    Ir ir = emitter.ir;
    return ir.value("mul i64 " + ir.value("add i64 " + ir.value("mul i64 " + inner + ", " + wordPitch()) + ", " + row) + ", " + Float.BYTES);
  }

  /// Starts bringing in a slab: asynchronously all the way, else into registers.
  /// @param tileRow the number of the tile's first row
  /// @param step which slab
  /// @param slot the byte in shared memory where it belongs
  /// @param exists whether there is such a slab: if not, nothing is copied
  /// @return what [#put] has to write
  List<String> fetch(String tileRow, String step, String slot, String exists) {
    Ir ir = emitter.ir;
    String thread = Team.thread(ir);
    // Where there is no such slab, what goes through registers is some other that nobody reads.
    String safe = asynchronous || exists.equals("true") ? step : ir.value("select i1 " + exists + ", i64 " + step + ", i64 0");
    String start = ir.value("mul i64 " + safe + ", " + tile.depth());
    List<String> values = new ArrayList<>();
    for (int pass = 0; pass < passes(); pass++) {
      Place place = place(pass, thread);
      // Rows past the last are never looked at.
      String own = ir.value("add i64 " + tileRow + ", " + place.row);
      String row = size % rows == 0 ? own : atMost(own, size - (alongInner || !vectors ? 1 : lanes));
      String at = ir.value("add i64 " + start + ", " + place.inner);
      if (asynchronous) {
        copy(row, at, slot, place.target, exists);
      } else {
        values.add(computed(row, at));
      }
    }
    return values;
  }

  private String atMost(String number, long limit) {
    emitter.ir.declare("declare i64 @llvm.smin.i64(i64, i64)");
    return emitter.ir.value("call i64 @llvm.smin.i64(i64 " + number + ", i64 " + limit + ")");
  }

  private void copy(String row, String at, String slot, String target, String exists) {
    Ir ir = emitter.ir;
    String inside = depth % tile.depth() == 0 ? exists : ir.value("and i1 " + exists + ", " + ir.value("icmp slt i64 " + at + ", " + depth));
    String safe = ir.value("select i1 " + inside + ", i64 " + at + ", i64 0");
    String bytes = ir.value("select i1 " + inside + ", i32 " + CHUNK + ", i32 0");
    open(row, safe, () -> {
      String source = emitter.memory.pointerTo(factor);
      ir.declare("declare void @llvm.nvvm.cp.async.cg.shared.global.16.s(ptr addrspace(3), ptr addrspace(1), i32)");
      ir.effect("call void @llvm.nvvm.cp.async.cg.shared.global.16.s(ptr addrspace(3) " + pointer(slot, target) + ", ptr addrspace(1) " + source + ", i32 " + bytes + ")");
    });
  }

  private String pointer(String slot, String offset) {
    Ir ir = emitter.ir;
    return ir.value("getelementptr inbounds i8, ptr addrspace(3) " + MEMORY + ", i64 " + emitter.sum(slot, offset));
  }

  private void open(String row, String at, Runnable body) {
    unflatten(emitter, row, outer, alongInner ? 1 : lanes, () -> unflatten(emitter, at, inner, alongInner ? lanes : 1, body));
  }

  /// A chunk of the factor in registers, as it is kept in memory.
  private String computed(String row, String at) {
    Ir ir = emitter.ir;
    String type = Ir.type(element, lanes);
    String result;
    if (vectors) {
      String[] value = new String[1];
      boolean exact = depth % tile.depth() == 0;
      open(row, exact ? at : atMost(at, depth - (alongInner ? lanes : 1)), () -> value[0] = emitter.operand(factor, emitter.loops.zeroSteps(), lanes));
      result = exact ? value[0]
          : ir.value("select i1 " + ir.value("icmp slt i64 " + at + ", " + depth) + ", " + type + " " + value[0] + ", " + type + " zeroinitializer");
    } else {
      result = "poison";
      for (int lane = 0; lane < lanes; lane++) {
        String ownRow = alongInner ? row : atMost(ir.plus(row, lane), size - 1);
        String own = alongInner ? ir.plus(at, lane) : at;
        String[] value = new String[1];
        emitter.unflatten(ownRow, outer, () -> emitter.unflatten(atMost(own, depth - 1), inner, () -> value[0] = emitter.value(factor, emitter.loops.zeroSteps())));
        String scalar = Ir.type(element, 1);
        String one = ir.value("select i1 " + ir.value("icmp slt i64 " + own + ", " + depth) + ", " + scalar + " " + value[0] + ", " + scalar + " zeroinitializer");
        result = ir.value("insertelement " + type + " " + result + ", " + scalar + " " + one + ", i64 " + lane);
      }
    }
    return emitter.instructions.toMemory(result, element, lanes);
  }

  /// Writes what was fetched into registers.
  void put(List<String> values, String slot) {
    Ir ir = emitter.ir;
    String thread = Team.thread(ir);
    String type = Ir.memoryType(element, lanes);
    for (int pass = 0; pass < values.size(); pass++) {
      String target = place(pass, thread).target;
      if (element == DType.FLOAT32 && alongInner) {
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
