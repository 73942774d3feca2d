package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;

/// Says in the user's words why operands do not fit.
final class Operands {
  private Operands() {}

  /// A scale of a matrix as it is multiplied with a product.
  /// @param size how many rows or columns the matrix has along `axis`, -2 or -1
  static Tensor checkScale(String whose, Tensor scale, int size, int axis) {
    boolean one = scale.rank() == 0;
    boolean each = scale.rank() == 2 && scale.size(axis) == size && scale.size(-3 - axis) == 1;
    if (!one && !each) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "scaledMatmul: the scale of %s is a scalar or %s, not %s",
          whose, axis == -1 ? "(1, " + size + ")" : "(" + size + ", 1)", scale.shape()));
    }
    return scale.cast(DType.FLOAT32);
  }

  static void checkMatmul(Tensor a, Tensor b) {
    String product = a.shape() + " x " + b.shape();
    if (a.rank() == 0 || b.rank() == 0) {
      throw new IllegalArgumentException("matmul: a scalar has no axis to sum over: " + product + "; use mul");
    }
    if (a.dtype() == DType.BOOL || b.dtype() == DType.BOOL) {
      throw new IllegalArgumentException("matmul: does not take bool: " + product + "; cast to a number type first");
    }
    if (a.size(-1) != b.size(b.rank() == 1 ? 0 : -2)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "matmul: inner dimensions differ: %s; the last axis of the left must equal the %s of the right",
              product, b.rank() == 1 ? "only axis" : "second-to-last"));
    }
    if (a.rank() > 2 && b.rank() > 2) {
      try {
        Broadcasting.shape("matmul", leading(a), leading(b));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "matmul: the leading axes of %s do not broadcast: %s against %s",
                product, leading(a), leading(b)), e);
      }
    }
  }

  private static Shape leading(Tensor x) {
    return Shape.of(Arrays.copyOf(x.shape().toArray(), x.rank() - 2));
  }
}
