package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.book.Reading;
import org.teenygrad.state.FileException;

class HousePricesTest {
  @TempDir private Path folder;

  @Test
  void fiveWaysFindOneFit() throws IOException {
    Reading reading = Reading.of(new HousePrices(60, 2, 2_000, 1), folder).holds();
    assertThat(reading.claims()).hasSize(4);
    assertThat(reading.pictures()).hasSize(1);
  }

  /// Exercise: what do ten steps of descent miss?
  @Test
  void tenStepsOfDescentAreNotThere() throws IOException {
    Reading reading = Reading.of(new HousePrices(60, 1, 10, 0), folder);
    assertThat(reading.measured("gradient descent and QR: largest relative difference")).isGreaterThan(1e-3);
  }

  @Test
  void aPriceThatIsAPlaneIsFoundThroughTextAndGaps() throws IOException {
    Path data = Files.writeString(folder.resolve("plane.csv"), IntStream.range(0, 40)
        .mapToObj(i -> String.format(Locale.ROOT, "%d,%s,%s,%d", i, i == 7 ? "" : i * i % 11, i % 3 == 0 ? "sea" : "land", 3 * i - 2 * (i * i % 11) + (i % 3 == 0 ? 50 : 0)))
        .collect(Collectors.joining("\n", "a,b,where,price\n", "\n")));
    Reading reading = Reading.of(new HousePrices(20, 1, 2_000, 0), Files.createDirectory(folder.resolve("out")), Optional.of(data));
    assertThat(reading.text()).contains("31 houses to learn from, 8 to test with; features: a, b, ");
    assertThat(reading.text().lines().filter(line -> line.contains(" QR ")).findFirst().orElseThrow()).containsPattern("e-1[0-9] +[0-9.]+e-1[0-9]");
  }

  @Test
  void refusesATableWithoutFeatures() throws IOException {
    Path data = Files.writeString(folder.resolve("prices.csv"), "where,price\nsea,1\nland,2\n");
    assertThatThrownBy(() -> Reading.of(new HousePrices(), folder, Optional.of(data))).isInstanceOf(FileException.class).hasMessageContaining("for a feature");
  }

  @Test
  void refusesNoHouses() {
    assertThatThrownBy(() -> new HousePrices(5, 1, 1, 0)).hasMessageContaining("20 houses");
  }
}
