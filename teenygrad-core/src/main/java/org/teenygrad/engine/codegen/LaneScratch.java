package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;

/// Where in scratch memory a work item of [LaneAttention] has what, in elements of float32.
final class LaneScratch {
  /// Factors that change with the rows alone.
  final List<Long> fixed = new ArrayList<>();

  /// Blocks of the inner sums' other factors, and of those that matrices are multiplied with.
  final List<Panel> firsts = new ArrayList<>();
  final List<Panel> thirds = new ArrayList<>();

  final List<Long> matrices = new ArrayList<>();
  final List<Long> sums = new ArrayList<>();
  final List<Long> results = new ArrayList<>();

  /// For each row its largest score, the sum of its exponentials, and what sums are to be multiplied with.
  final long largest;
  final long total;
  final long shrink;

  private final int lanes;
  private long elements;

  /// A block of a factor that changes with the steps: a row for each.
  ///
  /// @param copied null if it is another's
  record Panel(@Nullable OpNode copied, OpNode fold, OpNode across, long offset, long width) {}

  LaneScratch(AttentionLanes plan, int lanes) {
    this.lanes = lanes;
    FusedAttention attention = plan.attention();
    long rows = plan.rows();
    long steps = AttentionLanes.STEP;
    for (FusedAttention.Inner inner : attention.inner()) {
      OpNode along = Analysis.foldRanges(inner.fold()).getFirst();
      fixed.add(room(Analysis.size(along) * rows));
      firsts.add(new Panel(inner.y(), inner.fold(), along, room(steps * padded(along)), padded(along)));
    }
    for (FusedAttention.Sum sum : attention.sums()) {
      OpNode along = attention.columns().getFirst();
      FusedAttention.Inner same = attention.sharing(sum);
      thirds.add(same != null ? new Panel(null, sum.fold(), along, firsts.get(attention.inner().indexOf(same)).offset, padded(along))
          : new Panel(sum.third(), sum.fold(), along, room(steps * padded(along)), padded(along)));
      sums.add(room(padded(along) * rows));
      results.add(room(padded(along) * rows));
    }
    for (int i = 0; i < Math.max(attention.inner().size(), attention.sums().size()); i++) {
      matrices.add(room(steps * rows));
    }
    largest = room(rows);
    total = room(rows);
    shrink = room(rows);
  }

  private long room(long count) {
    long offset = elements;
    elements += Math.ceilDiv(count, lanes) * lanes;
    return offset;
  }

  /// A loop's size in whole vectors.
  private long padded(OpNode range) {
    return Math.ceilDiv(Analysis.size(range), lanes) * (long) lanes;
  }

  /// All of it.
  long bytes() {
    return elements * Float.BYTES;
  }
}
