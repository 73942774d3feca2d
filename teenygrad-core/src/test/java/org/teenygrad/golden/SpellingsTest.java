package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;

/// The golden runner knows PyTorch's functions, methods and operators in whatever form its users call them: by position or keyword,
/// with negative axes, tuples, lists, None, numbers on either side, types by any of their names, and in place.
class SpellingsTest {
  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void callsAreUnderstoodInEverySpelling(Device device) {
    GoldenCount count = GoldenCount.of(GoldenTest.resource("/golden/spellings"), device);
    assertThat(count.failed() + count.unsupported()).as("cases that failed or cannot be run").isZero();
    assertThat(count.passed()).isPositive();
  }
}
