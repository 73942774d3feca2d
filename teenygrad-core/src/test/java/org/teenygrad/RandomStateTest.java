package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;

class RandomStateTest {
  private static final int N = 20_000;

  @Test
  void theSameSeedDrawsTheSame() {
    assertThat(RandomState.of(7).randn(33).toFloatArray()).isEqualTo(RandomState.of(7).randn(33).toFloatArray());
    assertThat(RandomState.of(7).rand(33).toFloatArray()).isNotEqualTo(RandomState.of(8).rand(33).toFloatArray());
  }

  @Test
  void everyDrawIsAnother() {
    RandomState random = RandomState.of(7);
    assertThat(random.rand(9).toFloatArray()).isNotEqualTo(random.rand(9).toFloatArray());
  }

  @Test
  void aSavedStateGoesOnWhereItWas() {
    RandomState random = RandomState.of(7);
    random.rand(5);
    CounterRandom.State saved = random.state();
    float[] next = random.rand(9).toFloatArray();
    assertThat(RandomState.of(saved).rand(9).toFloatArray()).isEqualTo(next);
  }

  @Test
  void wordsDependOnTheirCounterAndKeyAlone() {
    CounterRandom seven = CounterRandom.of(7);
    CounterRandom eight = CounterRandom.of(8);
    long[] words = RandomState.words(Tensor.arange(3, DType.INT32), Tensor.of(new long[] {7, 8}, 2, 1)).toLongArray();
    for (int i = 0; i < 3; i++) {
      assertThat(words[i]).isEqualTo(seven.nextLong());
      assertThat(words[3 + i]).isEqualTo(eight.nextLong());
    }
  }

  @Test
  void manualSeedRestartsTheSharedSource() {
    Tensor.manualSeed(3);
    float[] first = Tensor.rand(4).toFloatArray();
    Tensor.manualSeed(3);
    assertThat(Tensor.rand(4).toFloatArray()).isEqualTo(first);
  }

  @Test
  void drawsInTheShapeTypeAndDeviceOfAnother() {
    Device interpreter = Device.of("interpreter");
    for (DType type : List.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64)) {
      Tensor x = Tensor.zeros(type, 100, 70).to(interpreter);
      for (Tensor drawn : List.of(x.randLike(), x.randnLike())) {
        assertThat(drawn.dtype()).isEqualTo(type);
        assertThat(drawn.shape()).isEqualTo(x.shape());
        assertThat(drawn.device()).isEqualTo(interpreter);
      }
      Tensor uniform = x.randLike();
      assertThat(uniform.max().itemDouble()).isLessThan(1);
      assertThat(uniform.min().itemDouble()).isNotNegative();
      assertThat(uniform.toDouble().mean().itemDouble()).isCloseTo(0.5, within(0.02));
      Tensor normal = x.randnLike().toDouble();
      assertThat(normal.mean().itemDouble()).isCloseTo(0, within(0.05));
      assertThat(normal.std().itemDouble()).isCloseTo(1, within(0.05));
    }
    assertThatThrownBy(() -> Tensor.zeros(DType.INT32, 2).randLike()).hasMessageContaining("randint");
  }

  @Test
  void oneDrawOfEachRowIsWhatIsLeftWithoutReplacement() {
    Tensor certain = Tensor.of(new float[][] {{0, 1, 0}, {0, 0, 5}});
    assertThat(certain.multinomial(1).toLongArray()).containsExactly(1, 2);
    assertThat(Tensor.ones(4).multinomial(4).sort(0, false).values().toLongArray()).containsExactly(0, 1, 2, 3);
  }

  /// A step that draws is replayed only if its graph is the same each time but for the buffers.
  @Test
  void keysAreDataAndNotConstants() {
    RandomState random = RandomState.of(7);
    assertThat(constants(random.rand(6))).isEqualTo(constants(random.rand(6)));
  }

  private static List<?> constants(Tensor x) {
    return Graph.topological(List.of(x.node())).stream().filter(n -> n.is(OpCode.CONST)).map(n -> n.payload()).toList();
  }

  @Test
  void bitsAreThreefryOfTheElementsNumber() {
    long key = CounterRandom.of(7).nextLong();
    CounterRandom words = CounterRandom.of(key);
    long first = words.nextLong();
    float[] drawn = RandomState.of(7).rand(2).toFloatArray();
    assertThat(drawn[0]).isEqualTo((first >>> 8 & 0xFFFFFF) * 0x1p-24f);
    assertThat(drawn[1]).isEqualTo((first >>> 40) * 0x1p-24f);
  }

  @Test
  void randIsUniform() {
    assertThat(kolmogorovSmirnov(RandomState.of(1).rand(N), x -> x)).isLessThan(1.63 / Math.sqrt(N)); // the 1% point
    assertThat(kolmogorovSmirnov(RandomState.of(2).uniform(-3, 5, N), x -> (x + 3) / 8)).isLessThan(1.63 / Math.sqrt(N));
  }

  @Test
  void randnIsNormal() {
    Tensor x = RandomState.of(1).randn(N);
    assertThat(kolmogorovSmirnov(x, RandomStateTest::normal)).isLessThan(1.63 / Math.sqrt(N));
    assertThat(x.mean().item()).isCloseTo(0, within(0.03f));
    assertThat(x.var().item()).isCloseTo(1, within(0.04f));
    float[] values = x.toFloatArray();
    double correlation = 0; // of the two coordinates of one point
    for (int i = 0; i < N; i += 2) {
      correlation += values[i] * values[i + 1];
    }
    assertThat(correlation / (N / 2)).isCloseTo(0, within(0.04));
  }

  private static double normal(double x) {
    double step = 0.001; // the density, summed from -8
    double sum = 0;
    for (double t = -8; t < x; t += step) {
      sum += Math.exp(-t * t / 2);
    }
    return sum * step / Math.sqrt(2 * Math.PI);
  }

  private static double kolmogorovSmirnov(Tensor sample, DoubleUnaryOperator distribution) {
    double[] values = sample.toDoubleArray();
    Arrays.sort(values);
    double distance = 0;
    for (int i = 0; i < values.length; i += 10) {
      double expected = distribution.applyAsDouble(values[i]);
      distance = Math.max(distance, Math.abs(expected - (double) i / values.length));
    }
    return distance;
  }

  @Test
  void randintCoversItsRangeEvenly() {
    long[] drawn = RandomState.of(1).randint(-2, 3, N).toLongArray();
    long[] counts = new long[5];
    for (long value : drawn) {
      counts[(int) value + 2]++;
    }
    for (long count : counts) {
      assertThat(count).isBetween(N / 5 - 250L, N / 5 + 250L);
    }
    assertThatThrownBy(() -> RandomState.of(1).randint(3, 3, 2)).hasMessageContaining("3 .. 3");
  }

  @Test
  void multinomialFollowsTheWeightsAndNeverDrawsZeroes() {
    long[] drawn = RandomState.of(1).multinomial(Tensor.of(1f, 0f, 3f), 4000, true).toLongArray();
    assertThat(Arrays.stream(drawn).filter(i -> i == 1).count()).isZero();
    assertThat(Arrays.stream(drawn).filter(i -> i == 2).count()).isBetween(2890L, 3110L);
  }

  @Test
  void multinomialWithoutReplacementDrawsEachOnce() {
    long[] drawn = RandomState.of(1).multinomial(Tensor.of(1f, 2f, 3f), 3, false).toLongArray();
    assertThat(drawn).containsExactlyInAnyOrder(0, 1, 2);
    assertThatThrownBy(() -> RandomState.of(1).multinomial(Tensor.of(1f, 2f), 3, false)).hasMessageContaining("without replacement");
  }

  @Test
  void dropoutKeepsTheMean() {
    Tensor.manualSeed(5);
    float[] dropped = Tensor.ones(N).dropout(0.25, true).toFloatArray();
    assertThat(Tensor.of(dropped).mean().item()).isCloseTo(1, within(0.02f));
    assertThat(dropped).containsOnly(0f, (float) (1 / 0.75));
    Tensor x = Tensor.ones(3);
    assertThat(x.dropout(0.5, false).toFloatArray()).containsOnly(1);
    assertThat(x.dropout(1, true).toFloatArray()).containsOnly(0);
  }

  @Test
  void dropoutGradientUsesTheSameMask() {
    Tensor x = Tensor.ones(50).requiresGrad();
    Tensor y = x.dropout(0.5, true);
    Tensor gradient = Gradient.of(y.sum(), x);
    Tensor.realize(y, gradient);
    assertThat(gradient.toFloatArray()).isEqualTo(y.toFloatArray());
  }
}
