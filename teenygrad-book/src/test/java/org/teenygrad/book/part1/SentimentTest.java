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
import org.teenygrad.state.FileException;

class SentimentTest {
  @TempDir private Path folder;

  @Test
  void pairsOfWordsTellWhatIsNotGood() throws IOException {
    Reading reading = Reading.of(new Sentiment(60, 20, 1e-5, 2, 1_000), folder).holds();
    assertThat(reading.claims()).hasSize(2);
    assertThat(reading.text()).containsPattern("Strongest for blame: .*not (bright|clever|moving|fresh|warm|daring|funny|tender|rich|subtle|lively|honest)");
    assertThat(reading.pictures()).hasSize(1);
  }

  /// Exercise: words alone cannot know what `not` turns around.
  @Test
  void wordsAloneJudgeWorse() throws IOException {
    double words = Reading.of(new Sentiment(60, 20, 1e-5, 1, 1_000), Files.createDirectory(folder.resolve("1"))).measured("accuracy in test");
    double pairs = Reading.of(new Sentiment(60, 20, 1e-5, 2, 1_000), Files.createDirectory(folder.resolve("2"))).measured("accuracy in test");
    assertThat(pairs).isGreaterThan(words + 0.05);
  }

  @Test
  void readsPolaritiesAndTables() throws IOException {
    Path polarity = Files.createDirectory(folder.resolve("polarity"));
    Files.writeString(polarity.resolve("rt-polarity.pos"), "a fine film\n".repeat(20));
    Files.writeString(polarity.resolve("rt-polarity.neg"), "a poor film\n".repeat(20));
    assertThat(Reading.of(new Sentiment(20, 20, 0, 1, 20), Files.createDirectory(folder.resolve("1")), Optional.of(polarity)).holds().text()).contains("32 reviews to learn from, 8 to test");
    Path table = Files.createDirectory(folder.resolve("table"));
    Files.writeString(table.resolve("train.tsv"), "a fine film\t1\na poor film\t0\n".repeat(10));
    Files.writeString(table.resolve("test.tsv"), "fine\t1\npoor\t0\n");
    assertThat(Reading.of(new Sentiment(20, 20, 0, 1, 20), Files.createDirectory(folder.resolve("2")), Optional.of(table)).holds().text()).contains("20 reviews to learn from, 2 to test");
    Files.writeString(table.resolve("test.tsv"), "fine\tpraise\n");
    assertThatThrownBy(() -> Reading.of(new Sentiment(), folder, Optional.of(table))).isInstanceOf(FileException.class).hasMessageContaining("with 0 or 1 behind it");
    assertThatThrownBy(() -> Reading.of(new Sentiment(), folder, Optional.of(folder.resolve("none")))).isInstanceOf(FileException.class);
  }
}
