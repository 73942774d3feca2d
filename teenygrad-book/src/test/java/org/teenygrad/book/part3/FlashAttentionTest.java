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

  /// Less the largest score, no exponential exceeds 1: exp(4000) is no float, but the row's softmax is the one value.
  @Test
  void largeScoresDoNotOverflow() {
    FlashAttention attention = new FlashAttention(32, 1, 2);
    float[][] q = {{1}};
    float[][] k = {{-4000}, {4000}, {0}};
    float[][] v = {{1}, {2}, {3}};
    assertThat(attention.naive(q, k, v)[0]).containsExactly(2);
    assertThat(attention.online(q, k, v)[0]).containsExactly(2);
  }

  @Test
  void refusesNoTile() {
    assertThatThrownBy(() -> new FlashAttention(64, 8, 0)).hasMessageContaining("tile");
  }
}
