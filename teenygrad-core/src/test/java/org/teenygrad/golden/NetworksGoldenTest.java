package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;

/// PyTorch 2.13's answers, gradients and refusals for what networks are made of and trained with.
class NetworksGoldenTest {
  static Stream<Arguments> setsAndDevices() {
    return Stream.of("losses", "layer-functions").flatMap(set -> GoldenTest.devices().map(device -> Arguments.of(set, device)));
  }

  @ParameterizedTest
  @MethodSource("setsAndDevices")
  void everyFunctionAnswersAsPyTorch(String set, Device device) {
    GoldenCount count = GoldenCount.of(GoldenTest.resource("/golden/" + set), device);
    assertThat(count.failed() + count.unsupported()).as("cases that failed or cannot be run").isZero();
    assertThat(count.passed()).isPositive();
  }
}
