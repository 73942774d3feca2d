package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;

/// Einsum's whole syntax against PyTorch.
class EinsumGoldenTest {
  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void everyEquationGivesTheAnswerOfPyTorch(Device device) {
    GoldenCount count = GoldenCount.of(GoldenTest.resource("/golden/einsum"), device);
    assertThat(count.failed() + count.unsupported()).isZero();
    assertThat(count.passed()).isPositive();
  }
}
