package org.teenygrad;

import java.util.Locale;

/// Norms, condition numbers and ranks of matrices.
final class MatrixNorms {
  private MatrixNorms() {}

  /// The two axes of matrices at the end.
  private static Tensor matrices(String name, Tensor x, int first, int second) {
    if (x.rank() < 2 || x.shape().axis(first) == x.shape().axis(second)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: needs two axes for rows and columns, not %d and %d of %s", name, first, second, x.shape()));
    }
    int rows = x.shape().axis(first);
    int columns = x.shape().axis(second);
    Tensor last = x.movedim(columns, -1);
    return last.movedim(rows < columns ? rows : rows - 1, -2);
  }

  private static Tensor kept(Tensor x, Tensor result, int first, int second, boolean keepDim) {
    if (!keepDim) {
      return result;
    }
    return result.reshape(x.shape().with(first, 1).with(second, 1));
  }

  static Tensor norm(Tensor x, double p, int first, int second, boolean keepDim) {
    Tensor matrices = matrices("matrixNorm", x, first, second);
    double size = Math.abs(p);
    if (!x.dtype().isFloating() || size != 1 && size != 2 && size != Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "matrixNorm: of floating matrices by 1, 2, infinity or what is below 0 of them, not by " + p + " of " + x.dtype());
    }
    Tensor each = size == 2 ? matrices.svdvals() : matrices.abs().sum(size == 1 ? -2 : -1);
    return kept(x, p > 0 ? each.max(-1, false) : each.min(-1, false), first, second, keepDim);
  }

  static Tensor nuclear(Tensor x, int first, int second, boolean keepDim) {
    return kept(x, matrices("nuclearNorm", x, first, second).svdvals().sum(-1), first, second, keepDim);
  }

  static Tensor condition(Tensor x, double p) {
    Matrices.requireMatrix("cond", x, Math.abs(p) != 2);
    if (Math.abs(p) == 2) {
      Tensor s = x.svdvals();
      Tensor largest = s.select(-1, 0);
      Tensor least = s.select(-1, -1);
      return p > 0 ? largest.div(least) : least.div(largest);
    }
    return norm(x, p, -2, -1, false).mul(norm(x.inv(), p, -2, -1, false));
  }

  static Tensor rank(Tensor x, double absolute, double relative, boolean hermitian) {
    Matrices.requireMatrix("matrixRank", x, hermitian);
    Tensor s = hermitian ? x.detach().eigvalsh().abs() : x.detach().svdvals();
    if (s.size(-1) == 0) {
      return s.sum(-1).cast(DType.INT64);
    }
    Tensor bound = s.max(-1, true).mul(relative).clampMin(absolute);
    return s.gt(bound).sum(-1);
  }

  /// What rounding leaves uncertain of the largest singular value.
  static double tolerance(Tensor a) {
    return Math.max(a.size(-2), a.size(-1)) * (a.dtype() == DType.FLOAT64 ? 0x1p-52 : 0x1p-23);
  }
}
