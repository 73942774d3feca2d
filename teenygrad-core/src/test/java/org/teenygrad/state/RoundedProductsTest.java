package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Products with quantised weights where the other factor may be rounded to blocks of 8 bits: [MatmulPrecision#LOW].
class RoundedProductsTest {
  private static final int INPUTS = 512;
  private static final int[] ROWS = {1, 2, 13, 70};

  private static Tensor weight(GgmlType type, int outputs) {
    byte[] data = GgufFileTest.blocks(type, outputs * INPUTS / type.blockElements);
    Tensor blocks = Tensor.ofMemory(MemorySegment.ofArray(data), DType.UINT8, Shape.of(data.length / type.blockBytes, type.blockBytes));
    return Objects.requireNonNull(type.dequantization).apply(blocks).reshape(outputs, INPUTS);
  }

  /// Neighbours that a format has one scale for, or unpacks together: what is rounded with one factor.
  private static int span(GgmlType type) {
    return switch (type) {
      case Q8_0, Q4_K, Q5_K -> 32;
      default -> 16;
    };
  }

  private static float[] numbers(int rows) {
    Random random = new Random(rows);
    float[] numbers = new float[rows * INPUTS];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
    }
    return numbers;
  }

  private static Tensor product(float[] x, Tensor weight) {
    return Tensor.of(x, x.length / INPUTS, INPUTS).realize().linear(weight, null);
  }

  private static float[] rounded(float[] x, Tensor weight) {
    return MatmulPrecision.LOW.call(() -> product(x, weight).toFloatArray());
  }

  @ParameterizedTest
  @EnumSource(value = GgmlType.class, names = {"Q4_0", "Q4_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
  void theSumsAreThoseOfRoundedNumbers(GgmlType type) {
    int outputs = 37;
    Tensor weight = weight(type, outputs);
    float[] weights = weight(type, outputs).toFloatArray();
    for (int rows : ROWS) {
      float[] x = numbers(rows);
      float[] sums = rounded(x, weight);
      for (int row = 0; row < rows; row++) {
        double[] left = roundedRow(x, row, span(type));
        for (int column = 0; column < outputs; column++) {
          double sum = 0;
          double size = 0;
          for (int i = 0; i < INPUTS; i++) {
            sum += left[i] * weights[column * INPUTS + i];
            size += Math.abs(left[i] * weights[column * INPUTS + i]);
          }
          assertThat((double) sums[row * outputs + column]).as("row %d of %d, column %d", row, rows, column).isCloseTo(sum, offset(1e-5 * size));
        }
      }
    }
  }

  private static double[] roundedRow(float[] x, int row, int span) {
    double[] rounded = new double[INPUTS];
    for (int block = 0; block < INPUTS; block += span) {
      float largest = 0;
      for (int i = 0; i < span; i++) {
        largest = Math.max(largest, Math.abs(x[row * INPUTS + block + i]));
      }
      for (int i = 0; i < span; i++) {
        float scaled = x[row * INPUTS + block + i] * (127 / largest);
        rounded[block + i] = Math.rint(scaled) * (largest / 127);
      }
    }
    return rounded;
  }

  /// Texts that are read together, and those that are continued alone, get the same bits: one tile of rows or less, whole tiles of 12, a part
  /// of one behind them. Columns that are no whole vectors are beside one row, a tile and many tiles.
  @ParameterizedTest
  @EnumSource(value = GgmlType.class, names = {"Q4_0", "Q8_0", "Q4_K", "Q6_K"})
  void aRowDoesNotDependOnHowManyThereAre(GgmlType type) {
    for (int outputs : new int[] {96, 101}) {
      Tensor weight = weight(type, outputs);
      float[] x = numbers(400);
      float[] all = rounded(x, weight);
      for (int rows : outputs == 96 ? new int[] {1, 3, 8, 12, 13, 65, 399} : new int[] {1, 12, 399}) {
        float[] some = Arrays.copyOf(x, rows * INPUTS);
        assertThat(rounded(some, weight)).as("%d rows", rows).containsExactly(Arrays.copyOf(all, rows * outputs));
      }
    }
  }

  @Test
  void oneKernelMultipliesAndWhatFollowsIsComputedThere() {
    Tensor weight = weight(GgmlType.Q4_K, 96);
    for (int rows : ROWS) {
      Tensor bias = Tensor.randn(96).realize();
      Tensor residual = Tensor.randn(rows, 96).realize();
      float[] plain = rounded(numbers(rows), weight);
      Tensor y = product(numbers(rows), weight).add(bias).relu().add(residual);
      Profile profile = MatmulPrecision.LOW.call(() -> Profile.of(y::realize));
      assertThat(profile.launches()).as("%d rows", rows).singleElement().extracting(launch -> launch.name().split("_", -1)[0]).isEqualTo("quantized");
      float[] expected = Tensor.of(plain, rows, 96).add(bias).relu().add(residual).toFloatArray();
      assertThat(y.toFloatArray()).usingComparatorWithPrecision(1e-4f).containsExactly(expected);
    }
  }

  /// It is a permission for products with quantised weights; those of floats stay as they are.
  @Test
  void otherProductsAreNotRounded() {
    Tensor weight = weight(GgmlType.Q8_0, 96).realize();
    assertThat(rounded(numbers(70), weight)).containsExactly(product(numbers(70), weight).toFloatArray());
  }

  @Test
  void whatIsNotFiniteShowsInItsRowAlone() {
    Tensor weight = weight(GgmlType.Q8_0, 40);
    float[] x = numbers(4);
    float[] expected = rounded(x, weight);
    x[INPUTS + 100] = Float.NaN;
    x[2 * INPUTS + 3] = Float.NEGATIVE_INFINITY;
    float[] sums = rounded(x, weight);
    for (int i = 0; i < sums.length; i++) {
      if (i / 40 == 0 || i / 40 == 3) {
        assertThat(sums[i]).isEqualTo(expected[i]);
      } else {
        assertThat(Float.isFinite(sums[i])).as("sum %d", i).isFalse();
      }
    }
  }

  @Test
  void zerosAndTinyNumbersAreZeros() {
    Tensor weight = weight(GgmlType.Q4_K, 40);
    float[] x = new float[2 * INPUTS];
    Arrays.fill(x, INPUTS, 2 * INPUTS, Float.MIN_VALUE);
    assertThat(rounded(x, weight)).containsOnly(0f);
  }

  /// The derivative is that of the product, whose own products are not with blocks along their inner dimension.
  @Test
  void derivativesAreThoseOfTheProduct() {
    Tensor weight = weight(GgmlType.Q8_0, 64);
    Tensor x = Tensor.of(numbers(5), 5, INPUTS).requiresGrad();
    MatmulPrecision.LOW.run(() -> x.linear(weight, null).sum().backward());
    float[] expected = weight(GgmlType.Q8_0, 64).sum(0).toFloatArray();
    float[] found = MatmulPrecision.LOW.call(() -> Objects.requireNonNull(x.grad()).toFloatArray());
    assertThat(Arrays.copyOf(found, INPUTS)).usingComparatorWithPrecision(1e-3f).containsExactly(expected);
  }
}
