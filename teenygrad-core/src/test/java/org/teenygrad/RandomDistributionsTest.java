package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.engine.ir.OpCode;

/// Random tensors have the distributions that they promise, by the tests of Kolmogorov and Smirnov and of Pearson at the 0.1% point,
/// and Threefry gives its known answers. `SameBitsTest` compares devices.
class RandomDistributionsTest {
  private static final int N = 50_000;

  /// The 0.1% point of the largest distance between the distribution of N numbers and what it should be.
  private static final double LARGEST_DISTANCE = 1.949 / Math.sqrt(N);

  /// Random123's known answers for Threefry-2x32 with 20 rounds, on every device: counter, key and result as two words each.
  @Test
  void threefryGivesItsKnownAnswers() {
    long[] counters = {words(0, 0), words(-1, -1), words(0x243f6a88, 0x85a308d3)};
    long[] keys = {words(0, 0), words(-1, -1), words(0x13198a2e, 0x03707344)};
    for (Device device : List.of(Device.of("interpreter"), Device.of("cpu"))) {
      Tensor counter = Tensor.of(counters, Shape.of(3), device);
      Tensor drawn = Tensor.apply(OpCode.THREEFRY, counter, Tensor.of(keys, Shape.of(3), device));
      assertThat(drawn.toLongArray()).containsExactly(
          words(0x6b200159, 0x99ba4efe), words(0x1cb996fc, 0xbb002be7), words(0xc4923a9c, 0x483df7a0));
    }
  }

  private static long words(int low, int high) {
    return (long) high << 32 | Integer.toUnsignedLong(low);
  }

  private static Tensor dropped(Tensor x, double probability) {
    Tensor.manualSeed(12);
    return x.dropout(probability, true);
  }

  @Test
  void randIsUniformAndRandnNormal() {
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(distance(RandomState.of(seed).rand(N), x -> x)).isLessThan(LARGEST_DISTANCE);
      assertThat(distance(RandomState.of(seed).uniform(-3, 5, N), x -> (x + 3) / 8)).isLessThan(LARGEST_DISTANCE);
      assertThat(distance(RandomState.of(seed).randn(N), RandomDistributionsTest::normal)).isLessThan(LARGEST_DISTANCE);
      assertThat(distance(RandomState.of(seed).normal(2, 3, N), x -> normal((x - 2) / 3))).isLessThan(LARGEST_DISTANCE);
    }
  }

  /// The test finds a sample whose mean is off by a fortieth of its deviation.
  @Test
  void aShiftedSampleIsFound() {
    assertThat(distance(RandomState.of(1).randn(N).add(0.025), RandomDistributionsTest::normal)).isGreaterThan(LARGEST_DISTANCE);
  }

  @Test
  void integersAreEquallyFrequent() {
    long[] drawn = RandomState.of(1).randint(-5, 15, N).toLongArray();
    assertFrequencies(Arrays.stream(drawn).mapToInt(i -> (int) i + 5).toArray(), DoubleStream.generate(() -> 1).limit(20).toArray());
    double[] wide = Arrays.stream(RandomState.of(2).randint(0, 1L << 31, N).toLongArray()).mapToDouble(i -> i).toArray();
    assertThat(distance(wide, x -> x * 0x1p-31)).isLessThan(LARGEST_DISTANCE);
  }

  @Test
  void bernoulliAndDropoutHaveTheirProbability() {
    for (double probability : new double[] {0.01, 0.3, 0.9}) {
      int[] ones = RandomState.of(1).bernoulli(Tensor.full(Shape.of(N), probability)).cast(DType.INT32).toIntArray();
      assertFrequencies(ones, 1 - probability, probability);
      int[] kept = dropped(Tensor.ones(N), probability).ne(0).cast(DType.INT32).toIntArray();
      assertFrequencies(kept, probability, 1 - probability);
    }
  }

  @Test
  void multinomialDrawsByWeight() {
    double[] weights = {1, 0.001, 4, 0.5, 10, 2.5};
    Tensor probabilities = Tensor.of(weights);
    assertFrequencies(ints(RandomState.of(1).multinomial(probabilities, N, true)), weights);
    Tensor rows = probabilities.unsqueeze(0).expand(N, weights.length);
    Tensor pairs = RandomState.of(2).multinomial(rows, 2, false);
    assertFrequencies(ints(pairs.slice(1, 0, 1)), weights);
    assertFrequencies(ints(pairs.slice(1, 1, 2)), second(weights));
  }

  /// How probable each is as the second that is drawn without replacement.
  private static double[] second(double[] weights) {
    double all = Arrays.stream(weights).sum();
    return IntStream.range(0, weights.length)
        .mapToDouble(i -> weights[i] * (sumOfOdds(weights, all) - weights[i] / (all - weights[i])))
        .toArray();
  }

  private static double sumOfOdds(double[] weights, double all) {
    return Arrays.stream(weights).map(weight -> weight / (all - weight)).sum();
  }

  /// All 24 orders of 4 numbers.
  @Test
  void permutationsAreEquallyFrequent() {
    RandomState random = RandomState.of(1);
    int[] orders = new int[1_000];
    for (int i = 0; i < orders.length; i++) {
      int[] order = ints(random.randperm(4));
      assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3);
      orders[i] = rank(order);
    }
    assertFrequencies(orders, DoubleStream.generate(() -> 1).limit(24).toArray());
  }

  /// Which of all orders this is, in 0..23.
  private static int rank(int[] order) {
    int rank = 0;
    for (int i = 0; i < order.length; i++) {
      int place = i;
      long smaller = IntStream.range(i + 1, order.length).filter(j -> order[j] < order[place]).count();
      rank = rank * (order.length - i) + (int) smaller;
    }
    return rank;
  }

  private static int[] ints(Tensor x) {
    return Arrays.stream(x.toLongArray()).mapToInt(Math::toIntExact).toArray();
  }

  /// Pearson's sum of squares, whose distribution is that of Wilson and Hilferty to a good approximation, is below its 0.1% point.
  private static void assertFrequencies(int[] drawn, double... weights) {
    double all = Arrays.stream(weights).sum();
    long[] counts = new long[weights.length];
    Arrays.stream(drawn).forEach(i -> counts[i]++);
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double expected = drawn.length * weights[i] / all;
      sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    double spread = 2.0 / (9 * (weights.length - 1));
    double normal = (Math.cbrt(sum / (weights.length - 1)) - (1 - spread)) / Math.sqrt(spread);
    assertThat(normal).as("%s for weights %s", Arrays.toString(counts), Arrays.toString(weights)).isLessThan(3.09);
  }

  private static double distance(Tensor sample, DoubleUnaryOperator distribution) {
    return distance(sample.toDoubleArray(), distribution);
  }

  /// The largest distance between the distribution of a sample and what it should be.
  private static double distance(double[] sample, DoubleUnaryOperator distribution) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    double largest = 0;
    for (int i = 0; i < sorted.length; i++) {
      double expected = distribution.applyAsDouble(sorted[i]);
      largest = Math.max(largest, Math.max(expected - (double) i / sorted.length, (i + 1.0) / sorted.length - expected));
    }
    return largest;
  }

  /// The normal distribution: Marsaglia's series (*Evaluating the Normal Distribution*, 2004).
  private static double normal(double x) {
    double sum = x;
    double term = x;
    for (int i = 3; Math.abs(term) > 1e-17; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
