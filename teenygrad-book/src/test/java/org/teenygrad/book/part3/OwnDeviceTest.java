package org.teenygrad.book.part3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.optim.AdamW;

class OwnDeviceTest {
  @TempDir private Path folder;

  @Test
  void computesWhatOthersDoAndCountsIt() throws IOException {
    Reading reading = Reading.of(new OwnDevice(7), folder).holds();
    assertThat(reading.text()).contains("b sorted");
    assertThat(reading.pictures()).hasSize(1);
  }

  /// Exercise 1: train on it: index tensors, cross entropy, gradients, and AdamW's updates in place.
  @Test
  void exerciseTraining() {
    float[] here = trained(Devices.defaultDevice());
    float[] there = trained(OwnDevice.DEVICE);
    for (int i = 0; i < here.length; i++) {
      assertThat(there[i]).isEqualTo(here[i], within(1e-5f));
    }
  }

  private static float[] trained(Device device) {
    Tensor x = Tensor.linspace(-1, 1, 12).reshape(4, 3).to(device).realize();
    Tensor labels = Tensor.of(0, 1, 2, 1).to(device).realize();
    Tensor w = Tensor.linspace(0, 1, 9).reshape(3, 3).to(device).realize().requiresGrad();
    AdamW optimizer = new AdamW(Map.of("w", w), 0.1);
    for (int step = 0; step < 3; step++) {
      optimizer.step(x.matmul(w).crossEntropy(labels));
    }
    return w.toFloatArray();
  }

  @Test
  void readsAndWritesEveryWidthAndFoldsFromTheRightStart() {
    Tensor negative = Tensor.of(-3f, -2f, -7f).to(OwnDevice.DEVICE).realize();
    assertThat(negative.max().item()).isEqualTo(-2);
    for (DType type : List.of(DType.INT8, DType.UINT8, DType.FLOAT16, DType.BFLOAT16, DType.INT32, DType.INT64, DType.FLOAT64)) {
      Tensor x = Tensor.of(1, 2, 5).cast(type).realize();
      assertThat(x.to(OwnDevice.DEVICE).mul(3).realize().toDouble().toDoubleArray()).as("%s", type).containsExactly(3, 6, 15);
    }
  }

  @Test
  void refusesNoSize() {
    assertThatThrownBy(() -> new OwnDevice(0)).hasMessageContaining("size");
  }
}
