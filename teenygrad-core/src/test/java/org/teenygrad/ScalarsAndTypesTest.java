package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Scalars where vectors are expected, integers where floating numbers are, shapes that stretch: beside PyTorch 2.13's answers.
class ScalarsAndTypesTest {
  private final Tensor scalar = Tensor.of(1f);
  private final Tensor vector = Tensor.of(1.5f, -2, 0.25f);
  private final Tensor zero = Tensor.of(0);
  private final Tensor zeros = Tensor.of(new int[] {0}, 1);

  private static void same(Tensor actual, Shape shape, float... values) {
    assertThat(actual.shape()).isEqualTo(shape);
    assertThat(actual.toFloat().flatten().data()).containsExactly(values, within(1e-6f));
  }

  @Test
  void scalarsHaveTheAxes0AndMinus1() {
    for (Tensor index : List.of(zero, zeros)) {
      same(scalar.indexFill(0, index, 2), Shape.SCALAR, 2);
      same(scalar.indexSelect(-1, index), Shape.SCALAR, 1);
      same(scalar.indexAdd(0, index, Tensor.of(2f)), Shape.SCALAR, 3);
      same(scalar.indexCopy(0, index, Tensor.of(2f)), Shape.SCALAR, 2);
      same(scalar.scatter(0, index, Tensor.of(2f)), Shape.SCALAR, 2);
      same(scalar.gather(0, index), index.shape(), 1);
    }
    same(scalar.gather(-1, Tensor.of(0, 0, 0)), Shape.of(3), 1, 1, 1);
    same(scalar.indexCopy(0, zero, Tensor.of(new float[] {2}, 1)), Shape.SCALAR, 2);
    same(scalar.scatterAdd(0, zeros, Tensor.of(2f)), Shape.SCALAR, 3);
  }

  @Test
  void aPositionAloneIsAVectorOfOne() {
    Tensor one = Tensor.of(1);
    same(vector.gather(0, one), Shape.SCALAR, -2);
    same(vector.indexSelect(0, one), Shape.of(1), -2);
    same(vector.indexFill(0, one, 2), Shape.of(3), 1.5f, 2, 0.25f);
    same(vector.indexCopy(0, one, Tensor.of(2f)), Shape.of(3), 1.5f, 2, 0.25f);
    same(vector.indexAdd(0, one, Tensor.of(new float[] {2}, 1)), Shape.of(3), 1.5f, 0, 0.25f);
    same(Tensor.ones(2, 2).indexFill(-1, one, 2), Shape.of(2, 2), 1, 2, 1, 2);
    same(Tensor.ones(2, 3).indexSelect(0, one), Shape.of(1, 3), 1, 1, 1);
  }

  @Test
  void integersStayIntegers() {
    Tensor x = Tensor.of(-3, 0, 2, 9).toLong();
    for (Tensor y : List.of(x.relu6(), x.hardtanh(-1.5, 1.5), x.threshold(1.5, 7.9), x.pad(new int[][] {{1, 0}}, 1.7))) {
      assertThat(y.dtype()).isEqualTo(DType.INT64);
    }
    same(x.relu6(), Shape.of(4), 0, 0, 2, 6);
    same(x.hardtanh(-1.5, 1.5), Shape.of(4), -1, 0, 1, 1);
    same(x.threshold(1.5, 7.9), Shape.of(4), 7, 7, 2, 9);
    same(x.pad(new int[][] {{1, 1}}, 1.7), Shape.of(6), 1, -3, 0, 2, 9, 1);
    assertThat(Tensor.of(false).reshape(1).pad(new int[][] {{1, 0}}, 1.0).dtype()).isEqualTo(DType.BOOL);
    assertThat(x.cast(DType.FLOAT16).relu6().dtype()).isEqualTo(DType.FLOAT16);
  }

  @Test
  void averagesOfIntegersAreTruncated() {
    Tensor x = Tensor.of(new int[][] {{-1, -2, 4}, {-3, 7, 9}}).toLong().unsqueeze(0);
    Tensor y = x.avgPool2d(Window.DEFAULT.stride(1), 2);
    assertThat(y.dtype()).isEqualTo(DType.INT64);
    same(y, Shape.of(1, 1, 2), 0, 4);
    Tensor row = Tensor.of(3, -4, 5).toLong().unsqueeze(0);
    same(row.avgPool1d(Window.DEFAULT.stride(1).padding(1), 2), Shape.of(1, 4), 1, 0, 0, 2);
    same(row.avgPool1d(Window.DEFAULT.stride(1).padding(1).countIncludePad(false), 2), Shape.of(1, 4), 3, 0, 0, 5);
  }

  @Test
  void oneVariableHasAScalarVariance() {
    Tensor x = Tensor.of(new float[][] {{1, 2, 4}});
    same(x.cov(1), Shape.SCALAR, 7 / 3f);
    same(x.corrcoef(), Shape.SCALAR, 1);
  }

  @Test
  void shapesStretchFirst() {
    Tensor row = Tensor.of(new float[][] {{1, 2, 3}});
    Tensor column = Tensor.of(new float[][] {{2}, {1}, {3}});
    same(row.cosineSimilarity(column, -2, 1e-8), Shape.of(3), 0.9258201f, 0.9258201f, 0.9258201f);
    same(row.cosineSimilarity(column, -1, 1e-8), Shape.of(3), 0.9258201f, 0.9258201f, 0.9258201f);
    same(Tensor.arange(6).toFloat().reshape(2, 3).tensordot(Tensor.arange(4).toFloat().reshape(1, 4), new int[] {1}, new int[] {0}),
        Shape.of(2, 4), 0, 3, 6, 9, 0, 12, 24, 36);
    same(Tensor.of(new float[][] {{1}, {2}}).tensordot(Tensor.arange(6).toFloat().reshape(3, 2), new int[] {1}, new int[] {0}),
        Shape.of(2, 2), 6, 9, 12, 18);
    Tensor mask = Tensor.of(new boolean[] {true, false, true, false, true, true}, 2, 3);
    same(Tensor.zeros(3).maskedScatter(mask, Tensor.arange(5).toFloat()), Shape.of(2, 3), 0, 0, 1, 0, 2, 3);
    same(Tensor.zeros(2, 3).maskedScatter(Tensor.of(new boolean[] {true, false}, 2, 1), Tensor.arange(3).toFloat()),
        Shape.of(2, 3), 0, 1, 2, 0, 0, 0);
  }

  @Test
  void solvesAndPowersInBatches() {
    Tensor a = Tensor.of(new float[] {2, 0, 0, 4, 1, 1, 0, 1}, 2, 2, 2);
    same(a.solve(Tensor.of(new float[][] {{2, 4}, {3, 1}})), Shape.of(2, 2), 1, 1, 2, 1);
    same(a.lstsq(Tensor.of(new float[][] {{2, 4}, {3, 1}})), Shape.of(2, 2), 1, 1, 2, 1);
    same(a.solve(Tensor.of(2f, 4f)), Shape.of(2, 2), 1, 1, -2, 4);
    same(Tensor.of(new int[][] {{2, 3}, {4, 5}}).vander(3, true), Shape.of(2, 2, 3), 1, 2, 4, 1, 3, 9, 1, 4, 16, 1, 5, 25);
  }

  @Test
  void normsOfNothingAreNothing() {
    same(Tensor.zeros(0, 4, 2).groupNorm(2, null, null, 1e-5), Shape.of(0, 4, 2));
    same(Tensor.zeros(2, 4, 0).groupNorm(2, null, null, 1e-5), Shape.of(2, 4, 0));
    same(Tensor.zeros(2, 0, 3).groupNorm(2, null, null, 1e-5), Shape.of(2, 0, 3));
  }

  @Test
  void wideQrHasADerivative() {
    Tensor a = Tensor.of(new double[] {1, 2, 3, 4, 5, 7}, 2, 3).requiresGrad();
    QrFactors factors = a.qr();
    // The signs of rows are a matter of taste: PyTorch's first row of r begins with a negative number.
    Tensor signs = factors.r().detach().diagonal(0, 0, 1).sign().neg();
    Tensor q = factors.q().mul(signs);
    Tensor r = factors.r().mul(signs.unsqueeze(1));
    Tensor weights = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 6);
    q.flatten().mul(weights.slice(0, 0, 4)).sum().add(r.flatten().mul(weights).sum()).backward();
    assertThat(a.grad().flatten().toDoubleArray()).containsExactly(
        new double[] {16.421088495107014, -5.335783750799326, -6.548461875980991, -5.136048530181167, -0.7276068751089996, -1.4552137502179987},
        within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
      "1e30, 7, 1, 1, -6", "3.4e38, 1.4e-45, 0, 0, 0", "-1e38, 3e-20, -1.716231103750754e-20, 1.2837688010458136e-20, -1.716231103750754e-20",
      "1e35, 1e-3, 0.0003429315984249115, 0.0003429315984249115, -0.0006570684490725398"})
  void remaindersOfLargeQuotientsAreExact(float x, float y, float fmod, float remainder, float ofNegative) {
    assertThat(Tensor.of(x).fmod(Tensor.of(y)).item()).isEqualTo(fmod);
    assertThat(Tensor.of(x).remainder(Tensor.of(y)).item()).isEqualTo(remainder);
    assertThat(Tensor.of(x).remainder(Tensor.of(-y)).item()).isEqualTo(ofNegative);
    assertThat(Tensor.of(1e60).fmod(Tensor.of(3.7)).itemDouble()).isEqualTo(1e60 % 3.7);
    assertThat(Tensor.of(1e300).to(Device.of("cpu")).fmod(Tensor.of(3e-300)).itemDouble()).as("too far for float64").isNaN();
  }

  @Test
  void rowsOfAMatrixAsDoubles() {
    assertThat(Tensor.arange(6).reshape(2, 3).transpose(0, 1).toDoubleMatrix()).isDeepEqualTo(new double[][] {{0, 3}, {1, 4}, {2, 5}});
    assertThat(Tensor.zeros(2, 0).toDoubleMatrix()).isDeepEqualTo(new double[2][0]);
    assertThatThrownBy(() -> Tensor.zeros(2, 3, 4).toDoubleMatrix()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("(2, 3, 4)");
  }
}
