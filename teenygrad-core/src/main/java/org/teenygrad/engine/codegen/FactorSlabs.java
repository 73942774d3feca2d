package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// What comes to a slot of shared memory for each step of [PersistentTiles]: a slab of the left factor, then one of each right
/// factor.
///
/// @param left what brings the left factor; null where a [Prologue] computes it
/// @param leftStage the STAGE of the left factor
/// @param rightStages those of the right ones
record FactorSlabs(@Nullable BulkTile left, List<BulkTile> rights, OpNode leftStage, List<OpNode> rightStages) {
  static FactorSlabs of(MatmulTiling plan) {
    BulkTile left = plan.contraction().reducesRows() ? null : plan.maps().getFirst();
    List<BulkTile> rights = plan.maps().subList(left == null ? 0 : 1, plan.maps().size());
    return new FactorSlabs(left, rights, plan.leftStage(), plan.rightStages());
  }

  /// Of the left factor in a slot.
  int leftBytes() {
    return left == null ? 0 : left.bytes();
  }

  /// Of a slot.
  long bytes() {
    return leftBytes() + rights.stream().mapToLong(BulkTile::bytes).sum();
  }

  List<Program.TensorMap> maps() {
    return Stream.concat(Stream.ofNullable(left), rights.stream()).map(BulkTile::map).toList();
  }

  /// How the factors' parts of a tile are fetched, or one's alone.
  WarpSpecializedPipeline.Fetch fetch(Emitter emitter, String row, String column, boolean fetchesLeft, boolean fetchesRight) {
    Ir ir = emitter.ir;
    String run = Threads.row(ir);
    return (stage, step, turn, slot, counter) -> {
      if (stage == leftStage && fetchesLeft && left != null) {
        left.fetch(emitter, row, step, slot, 0, run, counter);
      } else if (stage != leftStage && fetchesRight) {
        int number = rightStages.indexOf(stage);
        String own = ir.plus(slot, leftBytes() + (long) number * rights.getFirst().bytes());
        rights.get(number).fetch(emitter, column, step, own, maps().size() - rights.size() + number, run, counter);
      }
    };
  }
}
