package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.nn.BatchNorm;
import org.teenygrad.nn.Conv2d;
import org.teenygrad.nn.ConvTranspose2d;
import org.teenygrad.nn.GroupNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.MaxPool2d;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Sequential;
import org.teenygrad.state.State;

/// What a training is made of, against PyTorch. The scripts in `src/test/python` write these files.
class TrainingGoldenTest {
  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void optimizersStepAsInPyTorch(Device device) {
    everyCasePasses("optimizers", device);
  }

  /// Twelve steps each.
  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void otherOptimizersStepAsInPyTorch(Device device) {
    everyCasePasses("optimizers-more", device);
  }

  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void layersTakeTheStateAndGiveTheAnswersOfPyTorch(Device device) {
    everyCasePasses("layers", device);
  }

  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void otherLayersTakeTheStateAndGiveTheAnswersOfPyTorch(Device device) {
    everyCasePasses("layers-more", device);
  }

  /// The numbers of the modules are PyTorch's, those without state included.
  @Test
  void aNetworkThatPyTorchSavedGoesOnHere() {
    Map<String, Tensor> saved = new LinkedHashMap<>(State.load(GoldenTest.resource("/golden/network.pt")));
    Tensor x = Objects.requireNonNull(saved.remove("x"));
    Tensor y = Objects.requireNonNull(saved.remove("y"));
    var net = Sequential.of(
        Conv2d.of(2, 4, Window.DEFAULT.samePadding(), 3),
        BatchNorm.of(4),
        Tensor::relu,
        MaxPool2d.of(2),
        ConvTranspose2d.of(4, 3, false, Window.DEFAULT.stride(2), 2),
        GroupNorm.of(3, 3),
        Tensor::gelu,
        inner -> inner.flatten(1, -1),
        Linear.of(108, 5));
    net.loadStateDict(saved);
    Tensor ours = Mode.EVALUATION.call(() -> net.forward(x));
    assertThat(Tolerance.of("layer", DType.FLOAT32).difference("y", ours, y)).isNull();
  }

  private static void everyCasePasses(String name, Device device) {
    GoldenCount count = GoldenCount.of(GoldenTest.kept(name), device);
    assertThat(count.failed() + count.unsupported()).isZero();
    assertThat(count.passed()).isPositive();
  }
}
