package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;

class LeNetTest {
  @TempDir private Path folder;

  @Test
  void learnsToReadFromAFewHundredDigits() throws IOException {
    Reading reading = Reading.of(new LeNet(900, 3, 20, 4e-3), folder);
    assertThat(reading.measured("test images read right (%)")).isBetween(75.0, 99.5);
    assertThat(reading.text()).contains("3,692,640");
    assertThat(reading.pictures()).contains(folder.resolve("lenet.svg"));
  }

  /// Exercise 2.4.1: a convolution moves with its input; a digit that is shifted by two pixels is shifted by one after the first pooling.
  @Test
  void featuresMoveWithTheDigit() {
    Tensor.manualSeed(1);
    LeNet.Network network = LeNet.Network.create();
    Tensor image = Tensor.zeros(1, 1, 28, 28).at("..., 9:19, 9:19").with(Tensor.rand(1, 1, 10, 10));
    Tensor features = network.firstFeatures(image.mul(255));
    Tensor shifted = network.firstFeatures(image.roll(2, 3).mul(255));
    assertThat(shifted.slice(3, 3, 12).allClose(features.slice(3, 2, 11))).isTrue();
  }

  @Test
  void digitsAreRowsAndWhatTheyWereReadAsColumns() {
    Tensor confused = LeNet.confused(Tensor.of(3L, 3L, 5L, 3L), Tensor.of(3L, 8L, 5L, 8L));
    assertThat(confused.select(0, 3).select(0, 8).itemLong()).isEqualTo(2);
    assertThat(confused.select(0, 5).select(0, 5).itemLong()).isEqualTo(1);
    assertThat(confused.sum().itemLong()).isEqualTo(4);
  }

  @Test
  void refusesTooFewDigits() {
    assertThatThrownBy(() -> new LeNet(10, 1, 1, 0.1)).hasMessageContaining("drawn");
  }
}
