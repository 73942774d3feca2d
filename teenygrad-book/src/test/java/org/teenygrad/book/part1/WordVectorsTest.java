package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;

class WordVectorsTest {
  @TempDir private Path folder;

  @Test
  void wordsOfAKindAreNeighbours() throws IOException {
    Reading reading = Reading.of(new WordVectors(300, 4, 40, 300_000), folder).holds();
    assertThat(reading.claims()).hasSize(3);
    assertThat(reading.pictures()).hasSize(1);
  }

  /// Exercise: two words that stand in the same places have the same row, though they never meet.
  @Test
  void wordsOfTheSameCompanyLieTogether() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "the cat drinks milk . the dog drinks milk . a car needs fuel . a bus needs fuel . ".repeat(20));
    Reading reading = Reading.of(new WordVectors(10, 1, 4, 1), Files.createDirectory(folder.resolve("out")), Optional.of(text)).holds();
    assertThat(reading.claims()).hasSize(2);
    assertThat(reading.text()).containsPattern("(?m)^ +(cat +dog|dog +cat|car +bus|bus +car)");
  }

  @Test
  void refusesMoreDimensionsThanWords() {
    assertThatThrownBy(() -> new WordVectors(5, 2, 10, 1)).hasMessageContaining("dimensions");
  }
}
