package org.teenygrad;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Vectors reduced bag by bag.
final class Bags {
  private Bags() {}

  /// A row of a table, counted from 0.
  static int row(String name, Tensor table, int index) {
    int rows = table.rank() == 0 ? 1 : table.size(0);
    if (index < -rows || index >= rows) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%s: the padding is one of %d rows, not %d", name, rows, index));
    }
    return index < 0 ? index + rows : index;
  }

  /// @param rows (bags, n, dim)
  /// @param counts (bags, n), false for what does not count, or null
  static Tensor ofRows(Tensor rows, @Nullable Tensor counts, BagReduction reduction) {
    if (rows.size(1) == 0) {
      return rows.sum(1);
    }
    Tensor counted = counts == null ? null : counts.unsqueeze(2);
    Tensor kept = counted == null ? rows : counted.where(rows, 0);
    return switch (reduction) {
      case SUM -> kept.sum(1);
      case MEAN -> counted == null ? rows.mean(1) : kept.sum(1).div(counted.cast(rows.dtype()).sum(1).clampMin(1));
      case MAX -> {
        Tensor most = (counted == null ? rows : counted.where(rows, Double.NEGATIVE_INFINITY)).max(1);
        yield counted == null ? most : counted.any(1).where(most, 0);
      }
    };
  }

  /// @param rows (n, dim), bag by bag
  /// @param offsets where each bag begins
  static Tensor ofVector(Tensor rows, @Nullable Tensor counts, Tensor offsets, BagReduction reduction) {
    int bags = offsets.size(0);
    Tensor zeros = Tensor.zeros(rows.dtype(), bags, rows.size(1));
    if (rows.size(0) == 0 || bags == 0) {
      return zeros;
    }
    Tensor ids = Tensor.arange(rows.size(0), DType.INT64);
    Tensor bag = offsets.cast(DType.INT64).searchsorted(ids, true).cast(DType.INT64).sub(1);
    Tensor kept = counts == null ? rows : counts.unsqueeze(1).where(rows, reduction == BagReduction.MAX ? Double.NEGATIVE_INFINITY : 0);
    Tensor number = zeros.select(1, 0).indexAdd(0, bag, (counts == null ? ids.ge(0) : counts).cast(rows.dtype())).unsqueeze(1);
    return switch (reduction) {
      case SUM -> zeros.indexAdd(0, bag, kept);
      case MEAN -> zeros.indexAdd(0, bag, kept).div(number.clampMin(1));
      case MAX -> {
        Tensor places = bag.unsqueeze(1).broadcastTo(rows.shape());
        yield number.gt(0).where(zeros.scatterReduce(0, places, kept, ScatterReduction.MAX, false), 0);
      }
    };
  }
}
