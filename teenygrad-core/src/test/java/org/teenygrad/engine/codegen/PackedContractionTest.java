package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Gradient;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

class PackedContractionTest {
  private static final int OUTPUTS = 100;
  private static final int MOST_ROWS = 130;

  /// A token that is read alone has the bits that it has in a text: also where sums are longer than what many rows add up at a time.
  @ParameterizedTest
  @ValueSource(ints = {64, 768, 1100, 2048, 34_000})
  void aRowDoesNotDependOnHowManyThereAre(int inputs) {
    Tensor.manualSeed(inputs);
    Tensor x = Tensor.randn(MOST_ROWS, inputs).realize();
    Tensor alongInputs = Tensor.randn(OUTPUTS, inputs).realize().transpose(0, 1);
    Tensor alongOutputs = Tensor.randn(inputs, OUTPUTS).realize();
    for (Tensor weight : new Tensor[] {alongInputs, alongOutputs}) {
      float[] all = x.matmul(weight).toFloatArray();
      for (int rows : new int[] {1, 2, 3, 4, 16, 47, 48, 64}) {
        Tensor some = x.slice(0, 0, rows).contiguous().realize().matmul(weight);
        assertThat(Profile.of(some::realize).launches()).singleElement().extracting(Profile.Launch::name).asString().startsWith("contract");
        assertThat(some.toFloatArray()).as("%d rows", rows).containsExactly(Arrays.copyOf(all, rows * OUTPUTS));
      }
    }
  }

  /// Windows reach beyond the edges of images; of few and of many channels and positions, whose loops differ: rows of images and of windows are shorter than vectors,
  /// or end inside of them.
  @ParameterizedTest
  @CsvSource({"8, 20, 18, 3, 1", "3, 32, 12, 3, 1", "24, 3, 17, 5, 1", "40, 8, 9, 7, 1", "2, 70, 20, 9, 1", "33, 13, 7, 3, 1", "3, 16, 45, 7, 2", "12, 40, 14, 3, 2", "9, 17, 23, 5, 3", "20, 24, 29, 1, 2", "16, 8, 28, 1, 1", "5, 9, 33, 1, 1"})
  void convolutionsAndTheirGradientsAreSumsOfProducts(int from, int to, int size, int window, int stride) {
    Tensor.manualSeed(from);
    int images = 3;
    int places = (size + 2 * (window / 2) - window) / stride + 1;
    Tensor x = Tensor.randn(images, from, size, size).realize();
    Tensor weight = Tensor.randn(to, from, window, window).realize();
    Tensor cotangent = Tensor.randn(images, to, places, places).realize();
    Tensor result = x.conv2d(weight, null, Window.DEFAULT.padding(window / 2).stride(stride));
    List<Tensor> gradients = Gradient.vjp(result, cotangent, List.of(x, weight));
    double[] xs = x.toDoubleArray();
    double[] weights = weight.toDoubleArray();
    double[] cotangents = cotangent.toDoubleArray();
    double[][] sums = {new double[cotangents.length], new double[xs.length], new double[weights.length]};
    for (int image = 0; image < images; image++) {
      for (int place = 0; place < to * from * places * places * window * window; place++) {
        int[] at = {place / (from * places * places * window * window), place / (places * places * window * window) % from, place / (places * window * window) % places,
          place / (window * window) % places, place / window % window, place % window};
        int row = at[2] * stride + at[4] - window / 2;
        int column = at[3] * stride + at[5] - window / 2;
        if (row >= 0 && row < size && column >= 0 && column < size) {
          int y = ((image * to + at[0]) * places + at[2]) * places + at[3];
          int source = ((image * from + at[1]) * size + row) * size + column;
          int factor = ((at[0] * from + at[1]) * window + at[4]) * window + at[5];
          sums[0][y] += xs[source] * weights[factor];
          sums[1][source] += cotangents[y] * weights[factor];
          sums[2][factor] += cotangents[y] * xs[source];
        }
      }
    }
    assertThat(distance(result, sums[0])).isLessThan(2e-3);
    assertThat(distance(gradients.get(0), sums[1])).isLessThan(2e-3);
    assertThat(distance(gradients.get(1), sums[2])).isLessThan(2e-3);
  }

  private static double distance(Tensor actual, double[] expected) {
    double[] values = actual.toDoubleArray();
    assertThat(values).hasSameSizeAs(expected);
    return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i] - expected[i])).reduce(0, Math::max);
  }

  /// A channel of an image has the bits that it has among other channels and images, also where sums of many channels are copied block by block.
  @ParameterizedTest
  @CsvSource({"40, 3", "130, 3", "300, 1", "1200, 1", "30, 7"})
  void aChannelDoesNotDependOnHowManyThereAre(int from, int window) {
    Tensor.manualSeed(from);
    int size = 9;
    int to = 56;
    Tensor x = Tensor.randn(3, from, size, size).realize();
    Tensor weight = Tensor.randn(to, from, window, window).realize();
    Window padded = Window.DEFAULT.padding(window / 2);
    float[] all = x.conv2d(weight, null, padded).toFloatArray();
    for (int channels : new int[] {2, 3, 17, 50}) {
      Tensor some = x.slice(0, 1, 2).contiguous().realize().conv2d(weight.slice(0, 0, channels).contiguous().realize(), null, padded);
      int begin = to * size * size;
      assertThat(Arrays.equals(some.toFloatArray(), Arrays.copyOfRange(all, begin, begin + channels * size * size))).as("%d channels", channels).isTrue();
    }
  }
}
