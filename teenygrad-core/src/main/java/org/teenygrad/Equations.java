package org.teenygrad;

import java.util.Arrays;
import java.util.List;
import org.teenygrad.linalg.Householder;
import org.teenygrad.linalg.Lu;
import org.teenygrad.linalg.Matrix;
import org.teenygrad.linalg.SingularValues;

/// Linear equations, for [LinearAlgebra].
final class Equations {
  private Equations() {}

  static Tensor inverse(Tensor a) {
    Matrices.requireMatrix("inv", a, true);
    Tensor inverse = inverseValue("inv", a);
    if (!Matrices.isDifferentiated(a)) {
      return inverse;
    }
    return Matrices.withDerivative(inverse, inverse.matmul(a.matmul(inverse)).neg());
  }

  private static Tensor inverseValue(String name, Tensor a) {
    int n = a.size(-1);
    return Matrices.map(a, List.of(Shape.of(n, n)), (m, results) -> {
      try (Lu lu = new Lu(m)) {
        if (lu.singular()) {
          throw new IllegalArgumentException(name + ": a matrix of " + a.shape() + " is singular");
        }
        lu.inverse(results.getFirst());
      }
    }).getFirst();
  }

  static Tensor determinant(Tensor a) {
    Matrices.requireMatrix("det", a, true);
    int n = a.size(-1);
    if (!Matrices.isDifferentiated(a)) {
      return Matrices.map(a, List.of(Shape.SCALAR), (m, results) -> {
        try (Lu lu = new Lu(m)) {
          results.getFirst().set(0, 0, lu.determinant());
        }
      }).getFirst();
    }
    List<Tensor> values = Matrices.map(a, List.of(Shape.SCALAR, Shape.of(n, n)), (m, results) -> {
      try (Lu lu = new Lu(m)) {
        double det = lu.determinant();
        results.get(0).set(0, 0, det);
        if (lu.singular()) {
          SingularValues.adjugate(m, results.get(1));
        } else {
          lu.inverse(results.get(1));
          results.get(1).scale(det);
        }
      }
    });
    return Matrices.withDerivative(values.get(0), Matrices.transposed(values.get(1)).mul(a).sum(-1, -2));
  }

  static Tensor solve(Tensor a, Tensor b) {
    Matrices.requireMatrix("solve", a, true);
    if (areVectors(a, b)) {
      return solve(a, b.unsqueeze(-1)).squeeze(-1);
    }
    requireRows("solve", a, b);
    int n = a.size(-1);
    int k = b.size(-1);
    Tensor both = sideBySide(a, b);
    Tensor x = Matrices.map(both, List.of(Shape.of(n, k)), (m, results) -> {
      try (Lu lu = new Lu(m.part(0, n, 0, n))) {
        if (lu.singular()) {
          throw new IllegalArgumentException("solve: a matrix of " + a.shape() + " is singular");
        }
        lu.solve(m.part(0, n, n, n + k), results.getFirst());
      }
    }).getFirst();
    if (!Matrices.isDifferentiated(a, b)) {
      return x;
    }
    return Matrices.withDerivative(x, inverseValue("solve", a).matmul(b.sub(a.matmul(x))));
  }

  static Tensor leastSquares(Tensor a, Tensor b) {
    Matrices.requireMatrix("lstsq", a, false);
    if (areVectors(a, b)) {
      return leastSquares(a, b.unsqueeze(-1)).squeeze(-1);
    }
    requireRows("lstsq", a, b);
    int m = a.size(-2);
    int n = a.size(-1);
    int k = b.size(-1);
    double tolerance = MatrixNorms.tolerance(a);
    boolean differentiated = Matrices.isDifferentiated(a, b);
    List<Shape> shapes = differentiated ? List.of(Shape.of(n, k), Shape.of(n, m)) : List.of(Shape.of(n, k));
    List<Tensor> found = Matrices.map(sideBySide(a, b), shapes, (both, results) -> {
      Matrix left = both.part(0, m, 0, n);
      Matrix right = both.part(0, m, n, n + k);
      if (m >= n) {
        try (Householder qr = new Householder(left)) {
          if (!qr.rankDeficient(tolerance)) {
            qr.leastSquares(right, results.getFirst());
            if (differentiated) {
              qr.pseudoInverse(results.get(1));
            }
            return;
          }
        }
      }
      SingularValues.leastSquares(left, right, tolerance, results.getFirst());
      if (differentiated) {
        SingularValues.pseudoInverse(left, 0, tolerance, results.get(1));
      }
    });
    Tensor x = found.get(0);
    if (!differentiated) {
      return x;
    }
    Tensor inverse = found.get(1);
    Tensor residual = b.detach().sub(a.detach().matmul(x));
    Tensor turned = Matrices.transposed(a).matmul(Matrices.transposed(inverse).matmul(x));
    Tensor change = inverse.matmul(b.sub(a.matmul(x)))
        .add(inverse.matmul(Matrices.transposed(inverse)).matmul(Matrices.transposed(a).matmul(residual)))
        .add(turned.sub(inverse.matmul(a.detach().matmul(turned))));
    return Matrices.withDerivative(x, change);
  }

  /// The derivative is Golub and Pereyra's, at constant rank; so is that of [#leastSquares].
  static Tensor pseudoInverse(Tensor a, double absolute, double relative) {
    Matrices.requireMatrix("pinv", a, false);
    int m = a.size(-2);
    int n = a.size(-1);
    Tensor inverse = Matrices.map(
            a, List.of(Shape.of(n, m)), (matrix, results) -> SingularValues.pseudoInverse(matrix, absolute, relative, results.getFirst()))
        .getFirst();
    if (!Matrices.isDifferentiated(a)) {
      return inverse;
    }
    Tensor fixed = a.detach();
    Tensor flipped = Matrices.transposed(inverse);
    Tensor left = inverse.matmul(flipped).matmul(Matrices.transposed(a));
    Tensor right = Matrices.transposed(a).matmul(flipped).matmul(inverse);
    Tensor change = left.sub(left.matmul(fixed).matmul(inverse))
        .add(right.sub(inverse.matmul(fixed.matmul(right))))
        .sub(inverse.matmul(a).matmul(inverse));
    return Matrices.withDerivative(inverse, change);
  }

  /// Whether the right side is a vector, or one for each matrix.
  private static boolean areVectors(Tensor a, Tensor b) {
    return b.rank() == 1 || b.rank() == a.rank() - 1 && Arrays.equals(b.shape().toArray(), a.shape().stream().limit(b.rank()).toArray());
  }

  private static void requireRows(String name, Tensor a, Tensor b) {
    if (b.rank() < 2 || a.size(-2) != b.size(-2)) {
      throw new IllegalArgumentException(name + ": the right side " + b.shape() + " has not the rows of " + a.shape());
    }
  }

  /// (..., rows, columns of a and b), the batches broadcast.
  private static Tensor sideBySide(Tensor a, Tensor b) {
    Shape batch = Broadcasting.shape("solve", a.shape().with(-1, 1), b.shape().with(-1, 1));
    return Tensor.cat(List.of(a.broadcastTo(batch.with(-1, a.size(-1))), b.broadcastTo(batch.with(-1, b.size(-1)))), -1);
  }
}
