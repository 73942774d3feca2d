package org.teenygrad.book.part2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;
import org.teenygrad.engine.runtime.Target.Rung;

class GpuLadderTest {
  @TempDir private Path folder;

  @Test
  void eachRungIsWrittenAsItsNameSays() throws IOException {
    Reading reading = Reading.of(new GpuLadder(1024, Rung.WARP), folder).holds();
    assertThat(reading.text()).contains("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32");
    assertThat(Files.readString(reading.pictures().getFirst())).contains(">A x, naive<", "tma<", ">a + b<");
  }

  /// Exercise 1: of the rungs without tensor cores the naive one is bound by memory, and 32 x 32 sums of a block are enough not to be.
  @Test
  void exerciseTheFirstTileUnderTheFlatRoof() throws IOException {
    String text = Reading.of(new GpuLadder(2048, Rung.NAIVE), folder).text();
    assertThat(text).containsPattern("naive .* 1x1 .* 0\\.5000 +2\\.4000").containsPattern("shared .* 32x32 .* 16 +67 ");
  }

  @Test
  void refusesSizesWithRemainders() {
    assertThatThrownBy(() -> new GpuLadder(1000, Rung.NAIVE)).hasMessageContaining("256");
  }
}
