package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Which rows of a [FusedAttention] a block has, and what follows the last of its steps: sums go to shared memory, and what is made of them
/// from there to where it belongs ([Epilogue]), as are the rows' own results.
final class AttentionResults {
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
    // The last rows first: under a causal mask they are the longest.
    String row = ir.value("mul i64 " + ir.value("sub i64 " + (tiles() - 1) + ", " + ir.remainder(block, tiles())) + ", " + work.tile.rows());
    emitter.unflatten(ir.quotient(block, tiles()), matrices.attention.grid(), () -> body.accept(row));
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
    epilogue.emit(row, "0", emitter.analysis.nodes.stream().filter(node -> !ofRows.contains(node)).toList());
  }
}
