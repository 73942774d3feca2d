package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class SunriseTest {
  @TempDir private Path folder;

  @Test
  void countingAndBayesGiveTheRuleOfSuccession() throws IOException {
    Reading reading = Reading.of(new Sunrise(3, 100_000, 100_000), folder).holds();
    assertThat(reading.measured("P(tomorrow | 3 sunrises) by counting")).isBetween(0.78, 0.82);
    assertThat(reading.text()).contains("0.8000");
    assertThat(reading.pictures()).singleElement().asString().endsWith("sunrise.svg");
  }

  @Test
  void aCoarseGridMissesTheRule() throws IOException {
    assertThat(Reading.of(new Sunrise(3, 10_000, 10), folder).claims().getLast().holds()).isFalse();
  }

  @Test
  void refusesNoDays() {
    assertThatThrownBy(() -> new Sunrise(0, 1, 1)).hasMessageContaining("days");
  }
}
