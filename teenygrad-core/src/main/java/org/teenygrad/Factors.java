package org.teenygrad;

import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.linalg.Cholesky;
import org.teenygrad.linalg.Householder;
import org.teenygrad.linalg.SingularValues;
import org.teenygrad.linalg.Triangular;
import org.teenygrad.linalg.Tridiagonal;

/// Factors of matrices, for [LinearAlgebra]: values from the host, derivatives by first-order perturbation.
final class Factors {
  private Factors() {}

  static Tensor cholesky(Tensor a) {
    Matrices.requireMatrix("cholesky", a, true);
    int n = a.size(-1);
    Tensor lower = Matrices.map(a, List.of(Shape.of(n, n)), (m, results) -> Cholesky.lower(m, results.getFirst())).getFirst();
    if (!Matrices.isDifferentiated(a)) {
      return lower;
    }
    Tensor inverse = Triangles.inverse(lower, false);
    Tensor symmetric = a.add(Matrices.transposed(a)).mul(0.5);
    Tensor inner = inverse.matmul(symmetric).matmul(Matrices.transposed(inverse));
    Tensor half = inner.tril(0).add(inner.tril(-1)).mul(0.5); // the diagonal counts half
    return Matrices.withDerivative(lower, lower.matmul(half));
  }

  static QrFactors qr(Tensor a) {
    Matrices.requireMatrix("qr", a, false);
    int m = a.size(-2);
    int n = a.size(-1);
    int k = Math.min(m, n);
    List<Tensor> found = Matrices.map(a, List.of(Shape.of(m, k), Shape.of(k, n)), (x, results) -> {
      try (Householder factors = new Householder(x)) {
        factors.q(results.get(0));
        factors.r(results.get(1));
      }
    });
    Tensor q = found.get(0);
    Tensor r = found.get(1);
    if (!Matrices.isDifferentiated(a)) {
      return new QrFactors(q, r);
    }
    if (m < n) {
      // The first columns alone decide q.
      QrFactors square = qr(a.narrow(-1, 0, m));
      Tensor rest = Matrices.transposed(square.q()).matmul(a.narrow(-1, m, n - m));
      return new QrFactors(
          Matrices.withDerivative(q, square.q()), Matrices.withDerivative(r, Tensor.cat(List.of(square.r(), rest), -1)));
    }
    Tensor inverse = Matrices.map(r, List.of(Shape.of(n, n)), (x, results) -> {
      if (IntStream.range(0, n).anyMatch(i -> x.get(i, i) == 0)) {
        results.getFirst().clear();
      } else {
        Triangular.inverse(x, true, results.getFirst());
      }
    }).getFirst();
    Tensor turned = Matrices.transposed(q).matmul(a).matmul(inverse);
    Tensor below = turned.tril(-1);
    Tensor skew = below.sub(Matrices.transposed(below));
    Tensor qChange = q.matmul(skew.sub(turned)).add(a.matmul(inverse));
    return new QrFactors(
        Matrices.withDerivative(q, qChange), Matrices.withDerivative(r, turned.sub(skew).matmul(r)));
  }

  static Eigen eigh(Tensor a) {
    Matrices.requireMatrix("eigh", a, true);
    int n = a.size(-1);
    List<Tensor> found =
        Matrices.map(a, List.of(Shape.of(n), Shape.of(n, n)), (m, results) -> Tridiagonal.eigen(m, results.get(0), results.get(1)));
    Tensor values = found.get(0);
    Tensor vectors = found.get(1);
    if (!Matrices.isDifferentiated(a)) {
      return new Eigen(values, vectors);
    }
    Tensor symmetric = a.add(Matrices.transposed(a)).mul(0.5);
    Tensor inner = Matrices.transposed(vectors).matmul(symmetric).matmul(vectors);
    Tensor turning = inner.mul(gaps(values));
    return new Eigen(
        Matrices.withDerivative(values, inner.diagonal(0, -2, -1)),
        Matrices.withDerivative(vectors, vectors.matmul(turning)));
  }

  static Svd svd(Tensor a) {
    Matrices.requireMatrix("svd", a, false);
    int m = a.size(-2);
    int n = a.size(-1);
    if (m < n) {
      Svd turned = svd(Matrices.transposed(a));
      return new Svd(Matrices.transposed(turned.vt()), turned.s(), Matrices.transposed(turned.u()));
    }
    List<Tensor> found = Matrices.map(
        a, List.of(Shape.of(n), Shape.of(m, n), Shape.of(n, n)), (x, results) -> SingularValues.svd(x, results.get(0), results.get(1), results.get(2)));
    Tensor s = found.get(0);
    Tensor u = found.get(1);
    Tensor v = found.get(2);
    if (!Matrices.isDifferentiated(a)) {
      return new Svd(u, s, Matrices.transposed(v));
    }
    Tensor right = a.matmul(v);
    Tensor inner = Matrices.transposed(u).matmul(right);
    Tensor flipped = Matrices.transposed(inner);
    Tensor gaps = gaps(s.square());
    Tensor columnsTimes = s.unsqueeze(-2);
    Tensor rowsTimes = s.unsqueeze(-1);
    Tensor uTurning = inner.mul(columnsTimes).add(rowsTimes.mul(flipped)).mul(gaps);
    Tensor vTurning = rowsTimes.mul(inner).add(flipped.mul(columnsTimes)).mul(gaps);
    Tensor outside = right.sub(u.matmul(inner)).div(s.eq(0).where(1, s).unsqueeze(-2));
    return new Svd(
        Matrices.withDerivative(u, u.matmul(uTurning).add(outside)),
        Matrices.withDerivative(s, inner.diagonal(0, -2, -1)),
        Matrices.transposed(Matrices.withDerivative(v, v.matmul(vTurning))));
  }

  /// 1 / (x_j - x_i), and 0 where both are equal.
  private static Tensor gaps(Tensor x) {
    Tensor difference = x.unsqueeze(-2).sub(x.unsqueeze(-1));
    Tensor none = difference.eq(0);
    return none.where(0, none.where(1, difference).reciprocal());
  }
}
