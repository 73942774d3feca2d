package org.teenygrad.models.inference;

import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// Scores as integers that are in the same order: the k-th largest is found by a search over their bits, a pass each, without sorting.
///
/// @param order (rows, count), int32
record ScoreOrder(Tensor order) {
  /// @param scores (rows, count), float32
  static ScoreOrder of(Tensor scores) {
    Tensor bits = scores.contiguous().bitcast(DType.INT32);
    return new ScoreOrder(bits.lt(0).where(bits.xor(Integer.MAX_VALUE), bits).contiguous()); // a negative number's bits fall
  }

  /// Where scores are not below the highest threshold for which `enough` holds.
  /// @param enough given what is not below a threshold (rows, count), bool, says for each row whether that is enough (rows, 1),
  ///     bool; true of a subset only if it is of the whole
  /// @return (rows, count), bool
  Tensor top(UnaryOperator<Tensor> enough) {
    Tensor threshold = enough.apply(order.ge(0)).where(0, Tensor.full(order.shape().with(-1, 1), Integer.MIN_VALUE, DType.INT32));
    for (int bit = 1 << 30; bit > 0; bit >>= 1) {
      Tensor higher = threshold.add(bit);
      threshold = enough.apply(order.ge(higher)).where(higher, threshold);
    }
    return order.ge(threshold);
  }
}
