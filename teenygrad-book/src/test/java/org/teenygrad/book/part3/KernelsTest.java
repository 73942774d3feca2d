package org.teenygrad.book.part3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;

class KernelsTest {
  @TempDir private Path folder;

  @Test
  void fusesReplaysAndSharesMemory() throws IOException {
    Reading reading = Reading.of(new Kernels(16, 64, 5), folder).holds();
    assertThat(reading.pictures()).hasSize(1);
    assertThat(reading.text()).contains("contract 16x64x64 + bias · tanh", "is 12 launches");
  }

  /// Exercise 1: mean and variance of each row, and what is made of them, are one kernel.
  @Test
  void exerciseNormalizedRowsAreOneKernel() {
    Tensor x = Tensor.rand(40, 72).realize();
    assertThat(Profile.of(() -> x.sub(x.mean(-1, true)).div(x.sub(x.mean(-1, true)).square().mean(-1, true).add(1e-5).sqrt()).realize()).launches()).hasSize(1);
  }

  /// Exercise 2: a value that is asked for is written, and what follows is computed along with it.
  @Test
  void exerciseTwoResultsOfOneKernel() {
    Tensor e = Tensor.rand(41, 72).realize().exp();
    assertThat(Profile.of(() -> Tensor.realize(e, e.add(1))).launches()).singleElement().extracting(Profile.Launch::description).asString().contains("x2 outputs");
  }

  @Test
  void refusesNoLayers() {
    assertThatThrownBy(() -> new Kernels(1, 1, 0)).hasMessageContaining("layers");
  }
}
