package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Numbers in messages, files, pictures and kernels are the same for users of all languages: Germans write 1,5, Egyptians
/// other digits, and Turks have another lower case of I.
class LocaleTest {
  private static final String DEVICE = "cpu"; // its kernels are texts, too

  @TempDir static Path folder;

  private record Written(List<String> losses, String out, List<String> log, String picture, String config) {}

  private static @Nullable Written expected;

  @BeforeAll
  static void trainWithoutALanguage() throws IOException {
    expected = trained(Locale.ROOT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"de-DE", "ar-EG", "tr-TR"})
  void aTrainingWritesTheSame(String language) throws IOException {
    Written written = trained(Locale.forLanguageTag(language));
    assertThat(expected).isNotNull();
    assertThat(written.losses()).isNotEmpty().isEqualTo(expected.losses());
    assertThat(written.log()).isEqualTo(expected.log());
    assertThat(written.picture()).isEqualTo(expected.picture());
    assertThat(written.config()).isEqualTo(expected.config());
    assertThat(written.out()).doesNotContainPattern("[\\p{Nd}&&[^0-9]]").doesNotContainPattern("loss [0-9]+,[0-9]")
        .containsPattern("[0-9]\\.[0-9] ms a step").containsPattern("[0-9]\\.[0-9] s\\. Files in");
  }

  private static Written trained(Locale locale) throws IOException {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(locale);
      return train(Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT));
    } finally {
      Locale.setDefault(before);
    }
  }

  private static Written train(Path text) throws IOException {
    Path out = folder.resolve("out");
    Teenygrad.Result result = Teenygrad.run(Teenygrad.train(text, out, "--device", DEVICE, "--n-embd", "24"));
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out()).contains("device: " + DEVICE);
    return new Written(
        result.out().lines().filter(line -> line.contains("val loss ") || line.contains("parameters")).toList(),
        result.out(),
        Files.readAllLines(out.resolve("log.csv")).stream().map(LocaleTest::withoutMilliseconds).toList(),
        Files.readString(out.resolve("loss.svg")),
        Files.readString(out.resolve("config.json")));
  }

  private static String withoutMilliseconds(String row) {
    String[] cells = row.split(",", -1);
    assertThat(cells).hasSize(7);
    cells[3] = "";
    return String.join(",", cells);
  }
}
