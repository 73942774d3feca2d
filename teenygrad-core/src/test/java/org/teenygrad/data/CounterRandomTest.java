package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterRandomTest {

  /// The known answers that the algorithm's authors publish, words in their order.
  @ParameterizedTest
  @CsvSource({
    "00000000, 00000000, 00000000, 00000000, 6b200159, 99ba4efe",
    "ffffffff, ffffffff, ffffffff, ffffffff, 1cb996fc, bb002be7",
    "243f6a88, 85a308d3, 13198a2e, 03707344, c4923a9c, 483df7a0"
  })
  void agreesWithTheKnownAnswersOfThreefry(
      String counter0, String counter1, String key0, String key1, String x0, String x1) {
    assertThat(CounterRandom.threefry(word(counter0, counter1), word(key0, key1)))
        .isEqualTo(word(x0, x1));
  }

  private static long word(String low, String high) {
    return Long.parseUnsignedLong(high + low, 16);
  }

  @Test
  void drawsOneWordAtATime() {
    var random = CounterRandom.of(new CounterRandom.State(0x0370734413198a2eL, 0x85a308d3243f6a88L));
    assertThat(random.nextLong()).isEqualTo(0x483df7a0c4923a9cL);
    random.nextInt(3);
    random.nextDouble();
    random.nextLong(5);
    assertThat(random.state().counter()).isEqualTo(0x85a308d3243f6a88L + 4);
  }

  @Test
  void goesOnFromASavedState() {
    var random = CounterRandom.of(1337);
    random.nextLong();
    var state = random.state();
    var expected = random.nextLong();
    assertThat(CounterRandom.of(state).nextLong()).isEqualTo(expected);
  }

  @Test
  void boundedNumbersAreUniform() {
    var random = CounterRandom.of(7);
    var counts = new int[10];
    IntStream.range(0, 100_000).forEach(i -> counts[random.nextInt(10)]++);
    // Five standard deviations of a binomial count.
    assertThat(Arrays.stream(counts)).allSatisfy(count -> assertThat(count).isCloseTo(10_000, within(475)));
  }

  @Test
  void doublesAreInTheUnitInterval() {
    var random = CounterRandom.of(-1);
    double sum = 0;
    for (int i = 0; i < 100_000; i++) {
      double x = random.nextDouble();
      assertThat(x >= 0 && x < 1).isTrue();
      sum += x;
    }
    assertThat(sum / 100_000).isCloseTo(0.5, within(0.005));
  }

  @Test
  void refusesAnEmptyRange() {
    assertThatThrownBy(() -> CounterRandom.of(0).nextInt(0)).hasMessageContaining("below 0");
  }
}
