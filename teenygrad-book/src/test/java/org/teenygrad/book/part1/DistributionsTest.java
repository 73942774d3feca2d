package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class DistributionsTest {
  @TempDir private Path folder;

  @Test
  void samplesAreOfTheirDistributionsAndGradientsFindTheClosedForms() throws IOException {
    Reading reading = Reading.of(new Distributions(2_000, 10, 300), folder).holds();
    assertThat(reading.claims()).hasSize(3);
    assertThat(reading.pictures()).hasSize(1);
    assertThat(reading.measured("samples: largest Kolmogorov-Smirnov statistic")).isGreaterThan(0.4); // of four right samplers it is about 1.2
  }

  @Test
  void aClimbThatStopsEarlyIsNotAtTheTop() throws IOException {
    Reading reading = Reading.of(new Distributions(200, 10, 5), folder);
    assertThat(reading.measured("maximum likelihood: largest difference from the closed forms")).isGreaterThan(1e-3);
    assertThat(reading.measured("maximum a posteriori: largest difference from the closed forms")).isGreaterThan(1e-3);
  }

  @Test
  void refusesMoreFewThanMany() {
    assertThatThrownBy(() -> new Distributions(10, 20, 1)).hasMessageContaining("few <= samples");
  }
}
