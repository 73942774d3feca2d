package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;

/// What a training is made of, against PyTorch. The scripts in `src/test/python` write these files.
class TrainingGoldenTest {
  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void optimizersStepAsInPyTorch(Device device) {
    everyCasePasses("optimizers", device);
  }

  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void layersTakeTheStateAndGiveTheAnswersOfPyTorch(Device device) {
    everyCasePasses("layers", device);
  }

  private static void everyCasePasses(String name, Device device) {
    GoldenCount count = GoldenCount.of(GoldenTest.kept(name), device);
    assertThat(count.failed() + count.unsupported()).isZero();
    assertThat(count.passed()).isPositive();
  }
}
