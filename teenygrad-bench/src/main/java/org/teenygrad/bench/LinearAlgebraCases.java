package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.Eigen;
import org.teenygrad.QrFactors;
import org.teenygrad.SlogDet;
import org.teenygrad.Svd;
import org.teenygrad.Tensor;

/// Factors of matrices in float64, and equations with 64 right-hand sides. What is right multiplies back to the matrix. Operations are
/// those of LAPACK's routines where they are known by a formula.
final class LinearAlgebraCases {
  private static final int SIZE = 512;
  private static final int RIGHT_SIDES = 64;

  private LinearAlgebraCases() {}

  static List<CpuCase> all() {
    double cube = Math.pow(SIZE, 3);
    List<CpuCase> cases = new ArrayList<>(List.of(
        square("cholesky", cube / 3, LinearAlgebraCases::positive, (a, b) -> List.of(a.cholesky()),
            (a, b, x) -> error(x.getFirst().matmul(x.getFirst().t()), a)),
        square("solve", 2 * cube / 3 + 2.0 * SIZE * SIZE * RIGHT_SIDES, a -> a, (a, b) -> List.of(a.solve(b)),
            (a, b, x) -> backwardError(a, x.getFirst(), b)),
        square("inv", 2 * cube, a -> a, (a, b) -> List.of(a.inv()),
            (a, b, x) -> backwardError(a, x.getFirst(), Tensor.eye(SIZE).toDouble())),
        square("slogdet", 2 * cube / 3, a -> a, (a, b) -> {
          SlogDet found = a.slogdet();
          return List.of(found.sign(), found.logAbs());
        }, (a, b, x) -> error(x.get(1), a.svdvals().log().sum())),
        square("eigh", 9 * cube, a -> a.add(a.t()), (a, b) -> {
          Eigen found = a.eigh();
          return List.of(found.values(), found.vectors());
        }, (a, b, x) -> error(x.get(1).mul(x.get(0)).matmul(x.get(1).t()), a))));
    for (int[] shape : new int[][] {{SIZE, SIZE}, {2048, 256}}) {
      int m = shape[0];
      int n = shape[1];
      double qr = 2.0 * n * n * (m - n / 3.0);
      cases.add(of("qr", m, n, 2 * qr, a -> a, (a, b) -> {
        QrFactors found = a.qr();
        return List.of(found.q(), found.r());
      }, (a, b, x) -> error(x.get(0).matmul(x.get(1)), a)));
      cases.add(of("lstsq", m, n, qr + 4.0 * m * n * RIGHT_SIDES, a -> a, (a, b) -> List.of(a.lstsq(b)), // the residual is orthogonal to A
          (a, b, x) -> backwardError(a.t().matmul(a), x.getFirst(), a.t().matmul(b))));
      cases.add(of("svd", m, n, 4.0 * m * n * n + 22 * Math.pow(n, 3), a -> a, (a, b) -> {
        Svd found = a.svd();
        return List.of(found.u(), found.s(), found.vt());
      }, (a, b, x) -> error(x.get(0).mul(x.get(1)).matmul(x.get(2)), a)));
    }
    return cases;
  }

  /// What is wrong with results.
  private interface Error {
    double of(Tensor a, Tensor b, List<Tensor> results);
  }

  private static CpuCase square(String routine, double flops, UnaryOperator<Tensor> form, Function function, Error error) {
    return of(routine, SIZE, SIZE, flops, form, function, error);
  }

  private interface Function {
    List<Tensor> of(Tensor a, Tensor b);
  }

  /// @param form makes the matrix of normally distributed numbers
  private static CpuCase of(String routine, int m, int n, double flops, UnaryOperator<Tensor> form, Function function, Error error) {
    return CpuCase.atOnce(String.format(Locale.ROOT, "%s_%dx%d", routine, m, n), flops, 16.0 * m * n,
        () -> List.of(form.apply(normal(m, n)).contiguous().realize(), normal(m, RIGHT_SIDES).realize()),
        x -> function.of(x.get(0), x.get(1)),
        (expression, inputs, results) -> error.of(inputs.get(0), inputs.get(1), results));
  }

  private static Tensor normal(int m, int n) {
    return Tensor.randn(m, n).cast(DType.FLOAT64);
  }

  private static Tensor positive(Tensor a) {
    return a.matmul(a.t()).add(Tensor.eye(SIZE).toDouble().mul(SIZE));
  }

  /// `|A X - B|` by `|A| |X|`: what would have to be changed of A, whatever its condition is.
  private static double backwardError(Tensor a, Tensor x, Tensor b) {
    return norm(a.matmul(x).sub(b)) / (norm(a) * norm(x));
  }

  private static double norm(Tensor x) {
    return Math.sqrt(x.square().sum().itemDouble());
  }

  private static double error(Tensor ours, Tensor reference) {
    return Reference.relativeError(ours.toDoubleArray(), reference.toDoubleArray());
  }
}
