package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Factors multiply back to the matrix, and derivatives are those of differences.
class LinearAlgebraTest {
  private static Tensor matrix(int seed, int... shape) {
    Random random = new Random(seed);
    double[] values = random.doubles(Shape.of(shape).elements(), -1, 1).toArray();
    return Tensor.of(values, shape);
  }

  private static void assertClose(Tensor ours, Tensor theirs) {
    double[] a = ours.toDoubleArray();
    double[] b = theirs.toDoubleArray();
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).as("element " + i).isCloseTo(b[i], within(1e-10 * Math.max(1, Math.abs(b[i]))));
    }
  }

  @Test
  void factorsMultiplyBackToTheMatrix() {
    for (int[] shape : new int[][] {{5, 3}, {3, 5}, {4, 4}, {2, 4, 3}, {1, 1}}) {
      Tensor a = matrix(1, shape);
      QrFactors qr = a.qr();
      assertClose(qr.q().matmul(qr.r()), a);
      Svd svd = a.svd();
      assertClose(svd.u().mul(svd.s().unsqueeze(-2)).matmul(svd.vt()), a);
    }
    Tensor square = matrix(2, 2, 5, 5);
    Tensor symmetric = square.add(square.transpose(-1, -2));
    Eigen eigen = symmetric.eigh();
    assertClose(symmetric.matmul(eigen.vectors()), eigen.vectors().mul(eigen.values().unsqueeze(-2)));
    Tensor positive = square.matmul(square.transpose(-1, -2));
    Tensor lower = positive.cholesky();
    assertClose(lower.matmul(lower.transpose(-1, -2)), positive);
    assertClose(square.inv().matmul(square), Tensor.eye(5).toDouble().broadcastTo(square.shape()).contiguous());
  }

  @Test
  void vanishingSingularValuesStillHaveOrthonormalVectors() {
    Svd svd = Tensor.of(new double[] {1, 2, 2, 4, 3, 6}, 3, 2).svd();
    assertThat(svd.s().toDoubleArray()[1]).isCloseTo(0, within(1e-12));
    assertClose(svd.u().transpose(0, 1).matmul(svd.u()), Tensor.eye(2).toDouble());
  }

  @Test
  void largeMatricesAreFactoredAsExactly() {
    Tensor a = matrix(8, 120, 80);
    Svd svd = a.svd();
    assertClose(svd.u().mul(svd.s().unsqueeze(-2)).matmul(svd.vt()), a);
    assertClose(svd.u().t().matmul(svd.u()), Tensor.eye(80).toDouble());
    Tensor symmetric = a.t().matmul(a).sub(matrix(9, 1, 1));
    Eigen eigen = symmetric.eigh();
    assertClose(eigen.vectors().mul(eigen.values().unsqueeze(-2)).matmul(eigen.vectors().t()), symmetric);
    assertClose(eigen.vectors().t().matmul(eigen.vectors()), Tensor.eye(80).toDouble());
    assertThat(eigen.values().toDoubleArray()).isSorted();
    QrFactors qr = a.qr();
    assertClose(qr.q().matmul(qr.r()), a);
    assertClose(qr.r().tril(-1), Tensor.zeros(DType.FLOAT64, 80, 80));
  }

  /// Of several blocks, and of rows and columns that do not fill the last ones.
  @Test
  void blocksAreSolvedAsExactly() {
    for (int n : new int[] {33, 64, 101, 150}) {
      Tensor a = matrix(n, n, n).add(Tensor.eye(n).toDouble());
      Tensor b = matrix(n + 1, n, 5);
      assertClose(a.matmul(a.solve(b)), b);
      assertClose(a.inv().matmul(a), Tensor.eye(n).toDouble());
      assertClose(a.slogdet().logAbs(), a.svdvals().log().sum());
      Tensor positive = a.matmul(a.t());
      Tensor lower = positive.cholesky();
      assertClose(lower.matmul(lower.t()), positive);
      assertClose(lower.triu(1), positive.zerosLike());
      for (int m : new int[] {n, n + 70}) {
        Tensor tall = matrix(n + 2, m, n);
        Tensor x = matrix(n + 3, n, 5);
        assertClose(tall.lstsq(tall.matmul(x)), x);
        QrFactors qr = tall.qr();
        assertClose(qr.q().matmul(qr.r()), tall);
        assertClose(qr.q().t().matmul(qr.q()), Tensor.eye(n).toDouble());
        QrFactors wide = tall.t().qr();
        assertClose(wide.q().matmul(wide.r()), tall.t());
        LuFactors lu = tall.lu();
        assertClose(lu.p().matmul(lu.l()).matmul(lu.u()), tall);
      }
    }
  }

  /// So large that all threads take part, also in rotations.
  @Test
  void eigenvaluesOfLargeMatrices() {
    Tensor a = matrix(11, 300, 300);
    Tensor symmetric = a.add(a.t());
    Eigen eigen = symmetric.eigh();
    assertClose(eigen.vectors().mul(eigen.values()).matmul(eigen.vectors().t()), symmetric);
    Svd svd = a.svd();
    assertClose(svd.u().mul(svd.s()).matmul(svd.vt()), a);
    assertClose(a.inv().matmul(a), Tensor.eye(300).toDouble());
  }

  /// Matrices of several blocks on which rotations converge in unusual ways.
  @Test
  void singularValuesOfAwkwardMatrices() {
    int n = 70;
    Tensor random = matrix(1, n, n);
    Tensor falling = Tensor.full(Shape.SCALAR, 10, DType.FLOAT64).pow(Tensor.arange(n).toDouble().div(-4));
    Tensor ones = Tensor.ones(n, n).toDouble();
    for (Tensor a : new Tensor[] {random, random.mul(falling), random.mul(falling.flip(0)), random.narrow(1, 0, 5).matmul(random.narrow(0, 0, 5)), ones,
        Tensor.eye(n).toDouble(), ones.zerosLike(), ones.triu(1).neg().add(Tensor.eye(n).toDouble()), random.mul(1e200), random.mul(1e-200)}) {
      Svd svd = a.svd();
      double unit = Math.max(svd.s().max().itemDouble(), Double.MIN_NORMAL);
      assertClose(svd.u().mul(svd.s().div(unit)).matmul(svd.vt()), a.div(unit));
      assertClose(svd.u().t().matmul(svd.u()), Tensor.eye(n).toDouble());
      assertClose(svd.vt().matmul(svd.vt().t()), Tensor.eye(n).toDouble());
      assertThat(svd.s().neg().toDoubleArray()).isSorted();
      Tensor symmetric = a.div(unit).add(a.t().div(unit));
      Eigen eigen = symmetric.eigh();
      assertClose(eigen.vectors().mul(eigen.values()).matmul(eigen.vectors().t()), symmetric);
      assertClose(eigen.vectors().t().matmul(eigen.vectors()), Tensor.eye(n).toDouble());
    }
  }

  @Test
  void repeatedAndVanishingEigenvalues() {
    for (double scale : new double[] {1, 1e-200, 1e200}) {
      Tensor a = Tensor.of(new double[] {2 * scale, 0, 0, 0, 2 * scale, 0, 0, 0, 0}, 3, 3);
      assertThat(a.eigh().values().div(scale).toDoubleArray()).containsExactly(0, 2, 2);
      assertThat(a.svdvals().div(scale).toDoubleArray()).containsExactly(2, 2, 0);
    }
    assertThat(Tensor.ones(4, 4).eigvalsh().toDoubleArray()[3]).isCloseTo(4, within(1e-6));
    assertClose(Tensor.zeros(DType.FLOAT64, 3, 3).eigh().vectors(), Tensor.eye(3).toDouble());
  }

  @Test
  void leastSquaresOfAnyRankHaveTheLeastNorm() {
    Tensor tall = matrix(1, 5, 2);
    Tensor b = matrix(2, 5, 3);
    for (Tensor a : new Tensor[] {tall, matrix(3, 5, 7), tall.matmul(matrix(4, 2, 3)), Tensor.zeros(DType.FLOAT64, 5, 2)}) {
      Tensor inverse = a.pinv();
      assertClose(a.matmul(inverse).matmul(a), a);
      assertClose(inverse.matmul(a).matmul(inverse), inverse);
      assertClose(a.matmul(inverse).t(), a.matmul(inverse));
      assertClose(inverse.matmul(a).t(), inverse.matmul(a));
      assertClose(a.lstsq(b), inverse.matmul(b));
    }
    Tensor nearly = Tensor.of(new float[] {1, 1, 1, 1 + 1e-7f, 1, 1}, 3, 2); // rank 1 to float32's digits
    assertThat(nearly.lstsq(Tensor.of(2f, 2f, 2f)).toFloatArray()).containsExactly(new float[] {1, 1}, within(1e-5f));
  }

  /// Wampler's first problem (1970): 1 + x + ... + x^5 at 0 to 20. Its condition number, 6e6, costs a QR in plain double precision six digits.
  @Test
  void leastSquaresAreRefinedToTheLastDigits() {
    Tensor x = Tensor.arange(21).toDouble();
    Tensor powers = Tensor.stack(List.of(x.onesLike(), x, x.pow(2), x.pow(3), x.pow(4), x.pow(4).mul(x)), 1);
    assertThat(powers.lstsq(powers.sum(1)).toDoubleArray()).containsExactly(new double[] {1, 1, 1, 1, 1, 1}, within(1e-14));
  }

  @Test
  void theDeterminantOfASingularMatrixHasADerivative() {
    Tensor a = Tensor.of(new double[] {1, 2, 2, 4}, 2, 2).requiresGrad();
    a.det().backward();
    assertClose(a.grad(), Tensor.of(new double[] {4, -2, -2, 1}, 2, 2));
  }

  @Test
  void derivativesAreThoseOfDifferences() {
    Tensor b = matrix(4, 4, 2);
    assertGradient(a -> a.inv().square());
    assertGradient(a -> a.det().exp());
    assertGradient(a -> a.solve(b).square());
    assertGradient(a -> a.slice(1, 0, 3).lstsq(b).square());
    assertGradient(a -> a.slice(0, 0, 3).lstsq(b.slice(0, 0, 3)).square());
    assertGradient(a -> a.slice(1, 0, 3).pinv().mul(matrix(5, 3, 4)));
    assertGradient(a -> a.slice(0, 0, 3).pinv().mul(matrix(5, 4, 3)));
    assertGradient(a -> a.qr().r().square().mul(matrix(5, 4, 4)));
    assertGradient(a -> a.qr().q().square().mul(matrix(5, 4, 4)));
    assertGradient(a -> a.svdvals().mul(matrix(6, 4)));
    assertGradient(a -> a.svd().u().square().mul(matrix(5, 4, 4)));
    assertGradient(a -> a.svd().vt().square().mul(matrix(5, 4, 4)));
    assertGradient(a -> a.add(a.t()).eigh().vectors().square().mul(matrix(5, 4, 4)));
    assertGradient(a -> a.add(a.t()).eigvalsh().square().mul(matrix(6, 4)));
    assertGradient(a -> a.matmul(a.t()).cholesky().mul(matrix(5, 4, 4)));
  }

  private static void assertGradient(UnaryOperator<Tensor> function) {
    double step = 1e-5;
    Tensor point = matrix(3, 4, 4);
    Tensor direction = matrix(7, 4, 4);
    Tensor a = matrix(3, 4, 4).requiresGrad();
    double slope = Gradient.of(function.apply(a).sum(), a).mul(direction).sum().itemDouble();
    double ahead = function.apply(point.add(direction.mul(step))).sum().itemDouble();
    double behind = function.apply(point.sub(direction.mul(step))).sum().itemDouble();
    double expected = (ahead - behind) / (2 * step);
    assertThat(slope).isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
  }

  @Test
  void refusesWhatHasNoAnswer() {
    assertThatThrownBy(() -> Tensor.zeros(2, 2).inv()).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("singular");
    assertThatThrownBy(() -> Tensor.zeros(2, 3).det()).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("square");
    assertThatThrownBy(() -> Tensor.of(new double[] {1, 0, Double.NaN, 1}, 2, 2).eigh()).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> Tensor.of(new double[] {1, 0, Double.POSITIVE_INFINITY, 1}, 2, 2).svd())
        .isInstanceOf(IllegalArgumentException.class).hasMessage("svd: a matrix holds NaN or infinities");
    assertThatThrownBy(() -> Tensor.eye(2).neg().cholesky()).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("positive definite");
  }
}
