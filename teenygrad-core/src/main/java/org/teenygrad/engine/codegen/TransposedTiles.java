package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// Elementwise kernels on a GPU whose loads and stores are contiguous along different loops: the copy of a transpose, a sum with
/// one, NCHW to NHWC.
///
/// A block computes a tile of two loops: the columns, along which stores are contiguous, and the rows, along which the transposed
/// operands are. It reads each of these along the rows in 16-byte vectors into shared memory and, after a barrier, along the
/// columns one element after the other: memory sees whole lines on both sides. A tile's lines in shared memory run along the rows.
/// Their 16-byte chunks are swizzled by the number of the vector of columns, so that the threads of a warp, which read different
/// columns, find them in different banks.
final class TransposedTiles implements LoopNest {
  private static final int CHUNK = 16;

  /// What memory transfers at once: a tile's lines are no shorter if the loops are not.
  private static final int LINE = 128;

  /// Bytes of a tile of the widest operand: four vectors for each thread.
  private static final int TILE = 16 << 10;

  private static final int MOST_THREADS = 256;

  /// What a block may use of shared memory, so that a multiprocessor has several.
  static final int MOST_BYTES = 64 << 10;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode row;
  private final OpNode column;
  private final List<OpNode> others;
  private final List<Operand> operands;
  private final int rows;
  private final int columns;
  private final int lanes;
  private final int threads;

  /// A load that lies across.
  ///
  /// @param lanes of the vectors in which it is read along the rows
  /// @param offset of its tile in shared memory
  private record Operand(OpNode load, int lanes, int offset) {
    int bytes() {
      return load.dtype().bytes();
    }
  }

  TransposedTiles(Emitter emitter, Plan.Transposition plan) {
    this.emitter = emitter;
    row = plan.row();
    column = plan.column();
    List<OpNode> loads = plan.across();
    analysis = emitter.analysis;
    others = analysis.outer.stream().filter(range -> range != row && range != column).toList();
    lanes = Blocks.lanes(analysis, column, Blocks.MOST_LANES, Analysis.size(column));
    int widest = loads.stream().mapToInt(load -> load.dtype().bytes()).max().orElseThrow();
    int narrowest = loads.stream().mapToInt(load -> load.dtype().bytes()).min().orElseThrow();
    int tile = TILE / widest;
    // Long lines first, then whatever fills the tile.
    int line = Math.max(LINE / narrowest, Threads.WARP * 2);
    int height = Math.min(line, atLeast(Analysis.size(row)));
    columns = Math.toIntExact(Math.min(tile / height, atLeast(Analysis.size(column))));
    rows = Math.toIntExact(Math.min(tile / columns, Math.max(height, atLeast(Analysis.size(row)))));
    List<Operand> placed = new ArrayList<>();
    int vector = lanes;
    for (OpNode load : loads) {
      int offset = placed.isEmpty() ? 0 : placed.getLast().offset + bytes(placed.getLast());
      Operand operand = new Operand(load, lanes(load), offset);
      if (offset + bytes(operand) <= MOST_BYTES) {
        placed.add(operand);
        vector = Math.max(vector, operand.lanes);
      }
    }
    operands = List.copyOf(placed);
    threads = Math.min(MOST_THREADS, rows * columns / vector);
  }

  private int lanes(OpNode load) {
    int most = CHUNK / load.dtype().bytes();
    while (Analysis.size(row) % most != 0 || !emitter.analysis.isAligned(load, row, most)) {
      most /= 2;
    }
    return most;
  }

  private static int atLeast(long number) {
    return (int) Math.min(TILE, Long.highestOneBit(2 * number - 1));
  }

  private int bytes(Operand operand) {
    return rows * columns * operand.bytes();
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return analysis.kind();
  }

  @Override
  public Program.Launch launch() {
    long tiles = Analysis.count(others) * Math.ceilDiv(Analysis.size(row), rows) * Math.ceilDiv(Analysis.size(column), columns);
    return new Program.Launch(tiles, threads, operands.getLast().offset + bytes(operands.getLast()));
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    SharedTile.declare(ir);
    String block = Threads.block(ir);
    long across = Math.ceilDiv(Analysis.size(column), columns);
    long down = Math.ceilDiv(Analysis.size(row), rows);
    String firstColumn = ir.value("mul i64 " + ir.remainder(block, across) + ", " + columns);
    String rest = ir.quotient(block, across);
    String firstRow = ir.value("mul i64 " + ir.remainder(rest, down) + ", " + rows);
    emitter.unflatten(ir.quotient(rest, down), others, () -> {
      fill(firstRow, firstColumn);
      Threads.barrier(ir);
      for (int pass = 0; pass < rows * columns / lanes / threads; pass++) {
        compute(firstRow, firstColumn, pass);
      }
    });
  }

  /// Reads the tiles of all operands; all loads are under way before the first is waited for.
  private void fill(String firstRow, String firstColumn) {
    List<Runnable> writes = new ArrayList<>();
    for (Operand operand : operands) {
      for (int pass = 0; pass < rows * columns / operand.lanes / threads; pass++) {
        writes.add(read(operand, firstRow, firstColumn, pass));
      }
    }
    writes.forEach(Runnable::run);
  }

  /// Reads a vector along the rows.
  /// @return what writes it to shared memory
  private Runnable read(Operand operand, String firstRow, String firstColumn, int pass) {
    Ir ir = emitter.ir;
    int vectors = rows / operand.lanes;
    String vector = ir.plus(Threads.thread(ir), (long) pass * threads);
    String ownColumn = ir.quotient(vector, vectors);
    String ownRow = ir.value("mul i64 " + ir.remainder(vector, vectors) + ", " + operand.lanes);
    String type = Ir.memoryType(operand.load.dtype(), operand.lanes);
    // What lies behind the last row or column is some other that nobody looks at.
    String atRow = inside(row, rows, emitter.sum(firstRow, ownRow), operand.lanes);
    String atColumn = inside(column, columns, emitter.sum(firstColumn, ownColumn), 1);
    String value = emitter.within(column, atColumn, null, () -> emitter.within(row, atRow, Axis.ofLanes(List.of(row), operand.lanes), () ->
        ir.value("load " + type + ", ptr addrspace(1) " + emitter.memory.pointerTo(operand.load) + ", align " + operand.lanes * operand.bytes())));
    return () -> ir.effect("store " + type + " " + value + ", ptr addrspace(3) " + pointer(operand, ownColumn, ownRow) + ", align " + operand.lanes * operand.bytes());
  }

  private String inside(OpNode range, int tile, String at, int lanes) {
    long size = Analysis.size(range);
    return size % tile == 0 ? at : emitter.ir.smallest(at, Long.toString(size - lanes));
  }

  private void compute(String firstRow, String firstColumn, int pass) {
    Ir ir = emitter.ir;
    int vectors = columns / lanes;
    String vector = ir.plus(Threads.thread(ir), (long) pass * threads);
    String ownColumn = ir.value("mul i64 " + ir.remainder(vector, vectors) + ", " + lanes);
    String ownRow = ir.quotient(vector, vectors);
    String atColumn = emitter.sum(firstColumn, ownColumn);
    String atRow = emitter.sum(firstRow, ownRow);
    Axis axis = new Axis(column, 1, lanes, lanes);
    Runnable body = () -> emitter.within(row, atRow, null, () -> emitter.within(column, atColumn, axis, () -> {
      operands.forEach(operand -> emitter.memory.reuse(operand.load, axis, List.of(value(operand, ownColumn, ownRow))));
      emitter.emitReady(analysis.nodes);
      return true;
    }));
    String inRows = Analysis.size(row) % rows == 0 ? null : ir.value("icmp slt i64 " + atRow + ", " + Analysis.size(row));
    String inColumns = Analysis.size(column) % columns == 0 ? null : ir.value("icmp slt i64 " + atColumn + ", " + Analysis.size(column));
    String exists = inRows == null ? inColumns : inColumns == null ? inRows : ir.value("and i1 " + inRows + ", " + inColumns);
    if (exists == null) {
      body.run();
    } else {
      emitter.branch(exists, body);
    }
  }

  /// A vector along the columns, in registers.
  private String value(Operand operand, String ownColumn, String ownRow) {
    Ir ir = emitter.ir;
    String scalar = Ir.memoryType(operand.load.dtype(), 1);
    String type = Ir.memoryType(operand.load.dtype(), lanes);
    String value = "poison";
    for (int lane = 0; lane < lanes; lane++) {
      String one = ir.value("load " + scalar + ", ptr addrspace(3) " + pointer(operand, ir.plus(ownColumn, lane), ownRow) + ", align " + operand.bytes());
      value = lanes == 1 ? one : ir.value("insertelement " + type + " " + value + ", " + scalar + " " + one + ", i64 " + lane);
    }
    return emitter.instructions.fromMemory(value, operand.load.dtype(), lanes);
  }

  /// An element of an operand's tile.
  private String pointer(Operand operand, String ownColumn, String ownRow) {
    Ir ir = emitter.ir;
    int line = rows * operand.bytes();
    int chunks = Math.max(1, Math.min(LINE, line) / CHUNK);
    String along = ir.value("mul i64 " + ownRow + ", " + operand.bytes());
    String swizzle = ir.value("shl i64 " + ir.value("and i64 " + ir.value("udiv i64 " + ownColumn + ", " + lanes) + ", " + (chunks - 1)) + ", " + Integer.numberOfTrailingZeros(CHUNK));
    String place = ir.value("add i64 " + ir.value("mul i64 " + ownColumn + ", " + line) + ", " + ir.value("xor i64 " + along + ", " + swizzle));
    return ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + ir.plus(place, operand.offset));
  }
}
