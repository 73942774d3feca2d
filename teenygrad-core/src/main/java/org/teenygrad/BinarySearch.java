package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Where values stand among rows in ascending order: binary search by a chain of gathers, one for each halving of the row.
///
/// As Khuong and Morin's branch-free search ("Array Layouts for Comparison-Based Searching", 2017): the place is one of `left`
/// behind `base`; each step looks at the middle and goes on with one of two overlapping halves of the same length. All that is
/// looked at lies within the row, and all values take the same steps, so that the chain is one elementwise kernel.
final class BinarySearch {
  private BinarySearch() {}

  /// @param rows (..., n), or (n) for values of any shape; NaN stand last, and count as larger than all others
  /// @param values (..., m)
  /// @param right whether places are behind equal elements, not in front of them
  /// @return int64 (..., m), 0 to n
  static Tensor places(Tensor rows, Tensor values, boolean right) {
    int n = rows.size(-1);
    boolean isFlat = rows.rank() == 1;
    Tensor wanted = isFlat ? values.reshape(-1) : values;
    Tensor base = Tensor.full(wanted.shape(), 0, DType.INT64).to(values.device());
    for (int left = n; left > 0 && values.numel() > 0; left = left == 1 ? 0 : left - left / 2) {
      int half = Math.max(1, left / 2);
      Tensor middle = Tensor.applyWith(OpCode.GATHER, wanted.rank() - 1, rows, base.add(half - 1));
      base = goesBehind(middle, wanted, right).where(base.add(half), base);
    }
    return base.reshape(values.shape());
  }

  /// Whether a value's place is behind an element. For numbers the comparisons with NaN are PyTorch's.
  private static Tensor goesBehind(Tensor element, Tensor value, boolean right) {
    Tensor behind = right ? element.le(value) : element.lt(value);
    if (!value.dtype().isFloating()) {
      return behind;
    }
    return behind.logicalOr(right ? value.isNan() : value.isNan().logicalAnd(element.isNan().logicalNot()));
  }
}
