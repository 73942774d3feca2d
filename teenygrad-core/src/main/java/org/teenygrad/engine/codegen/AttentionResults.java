package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Which rows of a [FusedAttention] a block has, and what follows the last of its steps: sums go to shared memory, and what is made of them
/// from there to where it belongs ([Epilogue]), as are the rows' own results.
final class AttentionResults {
  /// Of the second-level cache, for what blocks that run at a time read and add to.
  private static final long CACHED_BYTES = 32 << 20;

  private final Emitter emitter;
  private final Ir ir;
  private final AttentionProducts work;
  private final AttentionMatrices matrices;
  private final @Nullable Epilogue epilogue;
  private final long rowCount;

  AttentionResults(Emitter emitter, AttentionProducts work, AttentionMatrices matrices) {
    this.emitter = emitter;
    this.work = work;
    this.matrices = matrices;
    ir = emitter.ir;
    FusedAttention attention = matrices.attention;
    rowCount = Analysis.count(attention.rows());
    List<OpNode> folds = attention.sums().stream().map(FusedAttention.Sum::fold).toList();
    epilogue = folds.isEmpty() ? null : new Epilogue(emitter, folds, attention.rowFold(), attention.rows(), attention.columns(), work.tile);
  }

  private long tiles() {
    return Math.ceilDiv(rowCount, work.tile.rows());
  }

  long blocks() {
    return Analysis.count(matrices.attention.grid()) * tiles();
  }

  /// Writes `body` for a block's first row; the loops of the grid are open.
  void at(String block, Consumer<String> body) {
    if (matrices.attention.total() != null) {
      // Blocks that add up wait for the blocks before: the first rows first, of some parts of the grid, whose factors and sums the second-level cache holds.
      long grid = Analysis.count(matrices.attention.grid());
      long together = together(grid);
      String first = ir.quotient(block, together);
      String number = ir.value("mul i64 " + ir.remainder(first, tiles()) + ", " + work.tile.rows());
      String part = ir.value("add i64 " + ir.value("mul i64 " + ir.quotient(first, tiles()) + ", " + together) + ", " + ir.remainder(block, together));
      emitter.unflatten(part, matrices.attention.grid(), () -> body.accept(number));
      return;
    }
    // The last rows first: under a causal mask they are the longest.
    String row = ir.value("mul i64 " + ir.value("sub i64 " + (tiles() - 1) + ", " + ir.remainder(block, tiles())) + ", " + work.tile.rows());
    emitter.unflatten(ir.quotient(block, tiles()), matrices.attention.grid(), () -> body.accept(row));
  }

  /// How many parts of the grid are worked on at a time: a divisor of their number.
  private long together(long grid) {
    long elements = Analysis.count(matrices.attention.steps()) * work.tile.columns();
    long most = Math.max(1, CACHED_BYTES / (elements * (Float.BYTES + (long) matrices.attention.inner().size() * matrices.attention.element().bytes())));
    return LongStream.rangeClosed(1, Math.min(most, grid)).filter(count -> grid % count == 0).max().orElse(1);
  }

  /// Brings the sums to shared memory, and computes and stores what follows them.
  /// @param reduced the rows' states, then the sums
  /// @param barrier waits for all threads that have sums
  void finish(String row, List<Ir.Carried> reduced, Runnable barrier) {
    List<String> values = reduced.stream().map(Ir.Carried::value).toList();
    if (epilogue == null) {
      Objects.requireNonNull(matrices.rowStates).finish(values).forEach(half -> matrices.storeRow(row, half, false));
      return;
    }
    barrier.run();
    List<RowStates.Half> halves = matrices.rowStates == null ? List.of() : matrices.rowStates.finish(values);
    int first = matrices.rowStates == null ? 0 : matrices.rowStates.count();
    int across = work.tile.columns() / MatrixUnit.COLUMNS;
    for (int s = 0; s < work.thirds.size(); s++) {
      for (int i = 0; i < work.parts * across; i++) {
        List<String> four = new ArrayList<>(values.subList(first, first + 4));
        if (!halves.isEmpty()) {
          for (int e = 0; e < 4; e++) {
            four.set(e, emitter.instructions.binary(OpCode.MUL, DType.FLOAT32, 1, four.get(e), halves.get(i / across * 2 + e / 2).scale()));
          }
        }
        String part = ir.plus(AttentionMatrices.ownRow(emitter, "0", work.parts), (long) (i / across) * MatrixUnit.ROWS);
        WarpMatrix.store(ir, four, part, Integer.toString(i % across * MatrixUnit.COLUMNS), epilogue.pitch(), epilogue.offset(s));
        first += 4;
      }
    }
    for (RowStates.Half half : halves) {
      String own = ir.plus(matrices.laneRow("0"), half.number() * 8L);
      emitter.branch(half.leader(), () -> epilogue.putRow(own, half.value()));
      matrices.storeRow(row, half, true);
    }
    barrier.run();
    List<OpNode> ofRows = matrices.stores(true);
    Set<OpNode> stored = new HashSet<>(Graph.topological(emitter.analysis.stores()));
    epilogue.emit(row, "0", emitter.analysis.nodes.stream().filter(node -> stored.contains(node) && !ofRows.contains(node)).toList());
  }
}
