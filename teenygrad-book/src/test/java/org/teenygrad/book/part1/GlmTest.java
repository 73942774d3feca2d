package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class GlmTest {
  @TempDir private Path folder;

  @Test
  void newtonAndTheGradientFindTheSameCoefficients() throws IOException {
    Reading reading = Reading.of(new Glm(200, 1_500), folder).holds();
    assertThat(reading.claims()).hasSize(3);
    assertThat(reading.pictures()).hasSize(1);
  }

  /// Exercise: Newton's method needs a dozen steps; what has the gradient after as many?
  @Test
  void aDozenStepsOfTheGradientAreNotThere() throws IOException {
    Reading reading = Reading.of(new Glm(200, 12), folder);
    assertThat(reading.measured("coefficients by IRLS and by gradient: largest difference")).isGreaterThan(1e-2);
    assertThat(reading.measured("multinomial coefficients by Newton and by gradient: largest difference")).isGreaterThan(1e-2);
  }

  @Test
  void refusesFewObservations() {
    assertThatThrownBy(() -> new Glm(10, 1)).hasMessageContaining("50 observations");
  }
}
