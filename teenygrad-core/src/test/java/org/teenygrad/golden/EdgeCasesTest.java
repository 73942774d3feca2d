package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;

/// PyTorch 2.13's answers, gradients and refusals where tensors have no elements or no axes, and for zeros, ties and NaN in running
/// products, extremes and norms.
class EdgeCasesTest {
  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void scalarsNothingZerosAndTiesAreAnsweredAsByPyTorch(Device device) {
    GoldenCount count = GoldenCount.of(GoldenTest.resource("/golden/edges"), device);
    assertThat(count.failed() + count.unsupported()).as("cases that failed or cannot be run").isZero();
    assertThat(count.passed()).isPositive();
  }
}
