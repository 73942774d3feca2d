package org.teenygrad.book.part3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.book.Claim;
import org.teenygrad.book.Reading;

class FlashAttentionTest {
  @TempDir private Path folder;

  /// Exercise 1: the tile's size changes nothing but time, be it one key, a part that leaves a remainder, or all.
  @ParameterizedTest
  @ValueSource(ints = {1, 24, 4096})
  void exerciseTilesOfAnySizeGiveTheSame(int tile) throws IOException {
    assertThat(Reading.of(new FlashAttention(32, 16, tile), folder).claims().subList(0, 5)).allMatch(Claim::holds);
  }

  @Test
  void scoresTakeMemoryOfTheSquareOfTheLengthAndTilesDoNot() throws IOException {
    Reading reading = Reading.of(new FlashAttention(64, 64, 16), folder).holds();
    assertThat(reading.pictures()).hasSize(1);
  }

  @Test
  void refusesNoTile() {
    assertThatThrownBy(() -> new FlashAttention(64, 8, 0)).hasMessageContaining("tile");
  }
}
