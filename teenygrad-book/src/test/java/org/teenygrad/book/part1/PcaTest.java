package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;
import org.teenygrad.state.FileException;

class PcaTest {
  @TempDir private Path folder;

  @Test
  void eigenvectorsAndSingularVectorsAreTheSameDirections() throws IOException {
    Reading reading = Reading.of(new Pca(60, 3), folder).holds();
    assertThat(reading.claims()).hasSize(4);
    assertThat(reading.pictures()).hasSize(1);
  }

  /// Exercise: three measurements of which the third is the sum of the others. How much does the third direction hold?
  @Test
  void aSumOfTwoMeasurementsAddsNoDirection() throws IOException {
    Path data = Files.writeString(folder.resolve("sum.csv"), IntStream.range(0, 30)
        .mapToObj(i -> i + "," + i * i % 7 + "," + (i == 3 ? "" : i + i * i % 7) + "," + (i % 2 == 0 ? "even" : "odd")).collect(Collectors.joining("\n", "a,b,c,kind\n", "\n")));
    Reading reading = Reading.of(new Pca(10, 2), Files.createDirectory(folder.resolve("out")), Optional.of(data)).holds();
    assertThat(reading.text()).contains("29 objects, 3 measurements of each, classes: even, odd").containsPattern("(?m)^ +3 +-?[0-9.]+e-1[5-9] +1(\\.0000)?$");
  }

  @Test
  void refusesATableWithoutMeasurements() throws IOException {
    Path data = Files.writeString(folder.resolve("kinds.csv"), "kind,a\neven,1\nodd,2\n");
    assertThatThrownBy(() -> Reading.of(new Pca(), folder, Optional.of(data))).isInstanceOf(FileException.class).hasMessageContaining("two columns of numbers");
  }

  @Test
  void refusesOneDirection() {
    assertThatThrownBy(() -> new Pca(10, 1)).hasMessageContaining("2 directions");
  }
}
