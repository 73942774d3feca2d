package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;
import org.teenygrad.state.FileException;

class BigramsTest {
  private static final Bigrams SMALL = new Bigrams(300, 0.5, 2, 0.1);

  @TempDir private Path folder;

  @Test
  void bothWaysFindTheEntropyOfThreeNames() throws IOException {
    Path names = Files.writeString(folder.resolve("three.txt"), "ab\nab\nac\n");
    Reading reading = Reading.of(SMALL, Files.createDirectory(folder.resolve("out")), Optional.of(names)).holds();
    assertThat(reading.claims()).hasSize(3); // read backwards, the names cost as much: only the tables differ
    // Only what follows a is uncertain: b twice, c once, of nine pairs.
    double entropy = (2 * Math.log(1.5) + Math.log(3)) / 9;
    assertThat(reading.measured("negative log-likelihood by counting")).isCloseTo(entropy, within(1e-12));
    assertThat(reading.text()).contains("3 names are 9 pairs").contains("2        27");
    assertThat(reading.pictures()).hasSize(1);
  }

  @Test
  void descentThatStopsEarlyMissesTheTable() throws IOException {
    Reading reading = Reading.of(new Bigrams(2, 0.3, 0, 0.1), folder);
    assertThat(reading.claims().getFirst().holds()).isFalse();
    assertThat(reading.measured("negative log-likelihood by counting")).isCloseTo(2.3774, within(5e-5)); // the book's names, as numpy counts them
  }

  @Test
  void refusesWhatIsNoListOfNames() throws IOException {
    Path names = Files.writeString(folder.resolve("bad.txt"), "ann\nO'Hara\n");
    assertThatThrownBy(() -> Reading.of(SMALL, folder, Optional.of(names))).isInstanceOf(FileException.class).hasMessageContaining("O'Hara");
  }
}
