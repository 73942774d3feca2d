package org.teenygrad;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Linear equations, for [LinearAlgebra].
final class Equations {
  private Equations() {}

  static Tensor inverse(Tensor a) {
    Matrices.requireMatrix("inv", a, true);
    Tensor inverse = inverseValue("inv", a);
    return Matrices.withDerivative(inverse, inverse.matmul(a.matmul(inverse)).neg());
  }

  private static Tensor inverseValue(String name, Tensor a) {
    int n = a.size(-1);
    return Matrices.map(a, List.of(Shape.of(n, n)), (m, rows, columns) -> {
      Lu lu = new Lu(m, n);
      if (lu.singular()) {
        throw new IllegalArgumentException(name + ": a matrix of " + a.shape() + " is singular");
      }
      return List.of(lu.solve(identity(n), n));
    }).getFirst();
  }

  static Tensor determinant(Tensor a) {
    Matrices.requireMatrix("det", a, true);
    int n = a.size(-1);
    List<Tensor> values = Matrices.map(a, List.of(Shape.SCALAR, Shape.of(n, n)), (m, rows, columns) -> {
      Lu lu = new Lu(m, n);
      double det = lu.determinant();
      double[] slope = lu.singular() ? new double[n * n] : lu.solve(identity(n), n);
      return List.of(new double[] {det}, Arrays.stream(slope).map(x -> x * det).toArray());
    });
    return Matrices.withDerivative(values.get(0), Matrices.transposed(values.get(1)).mul(a).sum(-1, -2));
  }

  static Tensor solve(Tensor a, Tensor b) {
    Matrices.requireMatrix("solve", a, true);
    if (b.rank() == 1) {
      return solve(a, b.unsqueeze(1)).squeeze(-1);
    }
    requireRows("solve", a, b);
    int n = a.size(-1);
    int k = b.size(-1);
    Tensor both = sideBySide(a, b);
    Tensor x = Matrices.map(both, List.of(Shape.of(n, k)), (m, rows, columns) -> {
      Lu lu = new Lu(columns(m, n, columns, 0, n), n);
      if (lu.singular()) {
        throw new IllegalArgumentException("solve: a matrix of " + a.shape() + " is singular");
      }
      return List.of(lu.solve(columns(m, n, columns, n, columns), k));
    }).getFirst();
    return Matrices.withDerivative(x, inverseValue("solve", a).matmul(b.sub(a.matmul(x))));
  }

  static Tensor leastSquares(Tensor a, Tensor b) {
    Matrices.requireMatrix("lstsq", a, false);
    if (b.rank() == 1) {
      return leastSquares(a, b.unsqueeze(1)).squeeze(-1);
    }
    requireRows("lstsq", a, b);
    int m = a.size(-2);
    int n = a.size(-1);
    int k = b.size(-1);
    if (m < n) {
      throw new IllegalArgumentException("lstsq: " + a.shape() + " has fewer rows than columns");
    }
    // X, and G = (AᵀA)⁻¹ = R⁻¹ R⁻ᵀ for the derivative.
    List<Tensor> found = Matrices.map(sideBySide(a, b), List.of(Shape.of(n, k), Shape.of(n, n)), (both, rows, columns) -> {
      Householder qr = new Householder(columns(both, m, columns, 0, n), m, n);
      if (qr.rankDeficient()) {
        throw new IllegalArgumentException("lstsq: the columns of a matrix of " + a.shape() + " depend on each other");
      }
      double[] inverse = qr.solveUpper(identity(n), n);
      double[] gram = new double[n * n];
      for (int i = 0; i < n * n; i++) {
        for (int j = 0; j < n; j++) {
          gram[i] += inverse[i / n * n + j] * inverse[i % n * n + j];
        }
      }
      return List.of(qr.leastSquares(columns(both, m, columns, n, columns), k), gram);
    });
    Tensor x = found.get(0);
    Tensor fixed = Matrices.transposed(a.detach());
    Tensor residual = b.detach().sub(a.detach().matmul(x));
    Tensor change = Matrices.transposed(a).matmul(residual).add(fixed.matmul(b.sub(a.matmul(x))));
    return Matrices.withDerivative(x, found.get(1).matmul(change));
  }

  private static void requireRows(String name, Tensor a, Tensor b) {
    if (b.rank() < 2 || a.size(-2) != b.size(-2)) {
      throw new IllegalArgumentException(name + ": the right side " + b.shape() + " has not the rows of " + a.shape());
    }
  }

  /// (..., rows, columns of a and b), the batches broadcast.
  private static Tensor sideBySide(Tensor a, Tensor b) {
    Shape batch = Broadcasting.shape("solve", a.shape().with(-1, 1), b.shape().with(-1, 1));
    return Tensor.cat(-1, a.broadcastTo(batch.with(-1, a.size(-1))), b.broadcastTo(batch.with(-1, b.size(-1))));
  }

  static double[] columns(double[] matrix, int rows, int columns, int begin, int end) {
    int width = end - begin;
    return IntStream.range(0, rows * width).mapToDouble(i -> matrix[i / width * columns + begin + i % width]).toArray();
  }

  static double[] identity(int n) {
    return IntStream.range(0, n * n).mapToDouble(i -> i / n == i % n ? 1 : 0).toArray();
  }
}
