package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class BiasVarianceTest {
  @TempDir private Path folder;

  @Test
  void theErrorIsBiasAndVarianceAndNoise() throws IOException {
    Reading reading = Reading.of(new BiasVariance(400, 20, 6, 0.3), folder).holds();
    assertThat(reading.claims()).hasSize(3);
    assertThat(reading.pictures()).hasSize(1);
  }

  /// Exercise: without noise more is never worse.
  @Test
  void withoutNoiseTheHighestDegreeErrsLeast() throws IOException {
    assertThat(Reading.of(new BiasVariance(2, 20, 5, 0), folder).text()).contains("Degree 5 errs least");
  }

  @Test
  void refusesMoreCoefficientsThanPoints() {
    assertThatThrownBy(() -> new BiasVariance(10, 5, 5, 0.1)).hasMessageContaining("more points than the degree");
  }
}
