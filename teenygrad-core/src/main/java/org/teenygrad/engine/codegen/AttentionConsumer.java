package org.teenygrad.engine.codegen;

import java.util.List;

/// What the groups of four warps of a [WarpSpecializedAttention] do with the tiles that come for each step, and in which order.
sealed interface AttentionConsumer permits SerialSteps, OverlappedSteps, TotalsSteps {
  /// Writes some steps of a block, whose rows are in place.
  /// @param first the turn of the first step
  /// @return the rows' states, the sums and the turn after the last step
  List<Ir.Carried> emit(String row, MaskedSteps.Interval steps, MbarrierRing.Turn first);
}
