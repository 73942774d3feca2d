package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class DoubleDescentTest {
  @TempDir private Path folder;

  @Test
  void thePeakStandsWhereParametersEqualSamples() throws IOException {
    Reading reading = Reading.of(new DoubleDescent(24, 6, 0.3, 8), folder).holds();
    assertThat(reading.measured("parameters at the peak of the test error")).isEqualTo(24);
    assertThat(reading.pictures()).hasSize(1);
  }

  @Test
  void refusesNoDraws() {
    assertThatThrownBy(() -> new DoubleDescent(20, 2, 0, 0)).hasMessageContaining("1 draw");
  }
}
