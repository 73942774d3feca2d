package org.teenygrad;

import java.util.List;
import java.util.Objects;

/// Powers and exponentials of square matrices, as products on the device.
final class MatrixPowers {
  private static final int BLOCK = 4;

  private MatrixPowers() {}

  static Tensor power(Tensor a, int n) {
    Matrices.requireMatrix("matrixPower", a, true);
    if (n < 0) {
      return power(a.inv(), -n);
    }
    Tensor result = null;
    Tensor square = a;
    for (int rest = n; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result = result == null ? square : result.matmul(square);
      }
      square = rest > 1 ? square.matmul(square) : square;
    }
    return result == null ? Matrices.flat(identity(a), a) : result.alias();
  }

  static Tensor identity(Tensor a) {
    return Tensor.eye(a.size(-1)).cast(a.dtype()).broadcastTo(a.shape()).to(a.device()).contiguous();
  }

  /// Fifteen terms of the series, four at a time (M. S. Paterson and L. J. Stockmeyer, 1973), of a matrix so often halved that its
  /// norm is below 1/2; the result is squared as often.
  static Tensor exponential(Tensor a) {
    Matrices.requireMatrix("matrixExp", a, true);
    if (!a.dtype().isFloating()) {
      throw new IllegalArgumentException("matrixExp: is for floating matrices, not " + a.dtype());
    }
    if (a.numel() == 0) {
      return a.alias();
    }
    double norm = a.detach().abs().sum(-2).max().itemDouble();
    int halvings = Double.isFinite(norm) ? Math.max(0, Math.getExponent(norm) + 2) : 0;
    Tensor x = Precision.widen(a).mul(Math.scalb(1.0, -halvings));
    Tensor square = x.matmul(x);
    List<Tensor> powers = List.of(identity(x), x, square, square.matmul(x));
    Tensor step = square.matmul(square);
    Tensor sum = terms(powers, 3);
    for (int block = 2; block >= 0; block--) {
      sum = step.matmul(sum).add(terms(powers, block));
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.matmul(sum);
    }
    return sum.cast(a.dtype());
  }

  private static Tensor terms(List<Tensor> powers, int block) {
    Tensor sum = null;
    for (int i = 0; i < BLOCK; i++) {
      double factorial = 1;
      for (int k = 2; k <= BLOCK * block + i; k++) {
        factorial *= k;
      }
      Tensor term = powers.get(i).mul(1 / factorial);
      sum = sum == null ? term : sum.add(term);
    }
    return Objects.requireNonNull(sum);
  }
}
