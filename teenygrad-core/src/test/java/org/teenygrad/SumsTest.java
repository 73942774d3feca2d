package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How exact sums, means and variances are, beside sums in float64. PyTorch 2.13's errors on the same kind of input are in the comments.
class SumsTest {
  private static final int ROWS = 64;
  private static final int COLUMNS = 768;

  /// Numbers whose standard deviation is 16 times the distance of neighbouring float32 numbers.
  private static final float[] NARROW = narrow();

  private static float[] narrow() {
    Random random = new Random(1);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * 1e-3 + 1000);
    }
    return values;
  }

  private static double mean(int row) {
    double sum = 0;
    for (int i = 0; i < COLUMNS; i++) {
      sum += NARROW[row * COLUMNS + i];
    }
    return sum / COLUMNS;
  }

  /// The sum of the squares of a row's differences to its mean.
  private static double squares(int row) {
    double mean = mean(row);
    double sum = 0;
    for (int i = 0; i < COLUMNS; i++) {
      sum += Math.pow(NARROW[row * COLUMNS + i] - mean, 2);
    }
    return sum;
  }

  private static Tensor narrowOn(String device) {
    return Tensor.of(NARROW).to(Device.of(device)).reshape(ROWS, COLUMNS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "interpreter"})
  void variancesAndNormsDoNotSufferFromTheMean(String device) {
    Tensor x = narrowOn(device);
    float[] means = x.mean(-1).data();
    float[] variances = x.var(-1).data();
    float[] normalized = x.layerNorm(COLUMNS).data();
    float[] groups = x.groupNorm(1, null, null, 1e-5).data();
    for (int row = 0; row < ROWS; row++) {
      assertThat((double) means[row]).as("mean; PyTorch 1.5e-4").isCloseTo(mean(row), within(1.5e-4));
      assertThat(variances[row] / (squares(row) / (COLUMNS - 1))).as("variance; PyTorch 6e-8").isCloseTo(1, within(2e-7));
      double deviation = Math.sqrt(squares(row) / COLUMNS + 1e-5);
      for (int i = 0; i < COLUMNS; i++) {
        int at = row * COLUMNS + i;
        double expected = (NARROW[at] - mean(row)) / deviation;
        assertThat((double) normalized[at]).as("layerNorm; PyTorch 2.8e-2").isCloseTo(expected, within(1e-6));
        assertThat((double) groups[at]).as("groupNorm; PyTorch 3.7e-2").isCloseTo(expected, within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "interpreter"})
  void derivativesOfNormsDoNotSufferEither(String device) {
    Tensor x = narrowOn(device).slice(0, 0, 4).realize();
    Tensor factors = Tensor.of(NARROW).to(Device.of(device)).reshape(ROWS, COLUMNS).slice(0, 4, 8).sub(1000).mul(1000).realize();
    float[] ours = Gradient.of(x.layerNorm(COLUMNS).mul(factors).sum(), x).data();
    Tensor wide = x.toDouble();
    double[] exact = Gradient.of(wide.layerNorm(COLUMNS).mul(factors.toDouble()).sum(), wide).toDoubleArray();
    for (int i = 0; i < exact.length; i++) {
      assertThat((double) ours[i]).isCloseTo(exact[i], within(1e-3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "interpreter"})
  void equalNumbersHaveNoVariance(String device) {
    assertThat(Tensor.full(Shape.of(3, 1000), 0.1f, DType.FLOAT32).to(Device.of(device)).var(-1).data()).containsOnly(0);
    assertThat(Tensor.of(1f, Float.POSITIVE_INFINITY).to(Device.of(device)).var().item()).isNaN();
  }

  /// One after the other, a million tenths are off by 1 %.
  @Test
  void longSumsAreMadeInBlocks() {
    Tensor tenth = Tensor.full(Shape.of(1), 0.1f, DType.FLOAT32).to(Device.of("cpu")).realize();
    double each = 0.1f;
    near(tenth.expand(1 << 20, 4).contiguous().sum(0), each * (1 << 20));
    near(tenth.expand(1_000_003, 3).contiguous().sum(0), each * 1_000_003);
    near(tenth.expand(2, (1 << 21) + 5).contiguous().sum(1), each * ((1 << 21) + 5));
    near(tenth.expand(1 << 18, 3, 3).contiguous().sum(0, 2), each * 3 * (1 << 18));
    near(tenth.expand(1 << 10, 3, 300).contiguous().sum(0, 2), each * 300 * (1 << 10));
    near(tenth.expand(4097, 5, 129).contiguous().sum(0, 2), each * 129 * 4097);
    near(tenth.expand(1_000_003).contiguous().sum(), each * 1_000_003);
    Tensor left = tenth.expand(8, 1 << 17).contiguous();
    near(left.matmul(tenth.expand(1 << 17, 32).contiguous()).flatten(), each * each * (1 << 17));
  }

  private static void near(Tensor sums, double expected) {
    for (float sum : sums.data()) {
      assertThat(sum / expected).isCloseTo(1, within(2e-5));
    }
  }

  private static Offset<Double> within(double difference) {
    return Offset.offset(difference);
  }
}
