package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class LowRankImageTest {
  @TempDir private Path folder;

  @Test
  void noMatrixOfTheRankIsNearer() throws IOException {
    Reading reading = Reading.of(new LowRankImage(64), folder).holds();
    assertThat(reading.claims()).hasSize(4);
    assertThat(reading.pictures()).hasSize(1);
  }

  @Test
  void refusesTinyImages() {
    assertThatThrownBy(() -> new LowRankImage(8)).hasMessageContaining("64");
  }
}
