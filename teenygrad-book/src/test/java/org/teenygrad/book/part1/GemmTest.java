package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class GemmTest {
  @TempDir private Path folder;

  /// What is measured in time is not judged here. 320 columns are a block of 256 and a part of one.
  @Test
  void everyRungMultiplies() throws IOException {
    Reading reading = Reading.of(new Gemm(320, 0.01), folder);
    assertThat(reading.claims().getFirst().holds()).as(reading.text()).isTrue();
    assertThat(reading.claims().getFirst().measured()).isLessThan(40);
    assertThat(reading.text()).contains("three loops", "registers", "threads", "compiled");
    assertThat(reading.pictures()).hasSize(1);
  }

  @Test
  void refusesOddSizes() {
    assertThatThrownBy(() -> new Gemm(100, 1)).hasMessageContaining("multiple of 64");
  }
}
