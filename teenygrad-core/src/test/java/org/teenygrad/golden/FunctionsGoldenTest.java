package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;

/// PyTorch 2.13's answers and gradients for counts, quantiles, distances, products and arrangements that the older files lack.
class FunctionsGoldenTest {
  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void everyFunctionAnswersAsPyTorch(Device device) {
    GoldenCount count = GoldenCount.of(GoldenTest.resource("/golden/functions"), device);
    assertThat(count.failed() + count.unsupported()).as("cases that failed or cannot be run").isZero();
    assertThat(count.passed()).isPositive();
  }

  /// A file for each family of functions: Fourier transforms, special functions, linear algebra, sampling of images, the rest. Each case makes
  /// kernels of its own: with `-Dgolden.device=cpu` they take a minute.
  @Test
  void everyFamilyAnswersAsPyTorch() {
    Device device = Device.of(System.getProperty("golden.device", "interpreter"));
    GoldenCount count = GoldenCount.of(GoldenTest.resource("/golden/families"), device);
    assertThat(count.failed() + count.unsupported()).as("cases that failed or cannot be run").isZero();
    assertThat(count.passed()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void transformsAnswerAsPyTorch(Device device) {
    GoldenCount count = GoldenCount.of(GoldenTest.resource("/golden/families/fourier.jsonl"), device);
    assertThat(count.failed() + count.unsupported()).as("cases that failed or cannot be run").isZero();
    assertThat(count.passed()).isPositive();
  }
}
