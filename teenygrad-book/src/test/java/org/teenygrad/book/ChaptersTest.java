package org.teenygrad.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The answers that `docs/book` names are there. Its commands are read by the command line's own tests.
class ChaptersTest {
  private static final Path ROOT = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
  private static final Path BOOK = ROOT.resolve("docs/book");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  @Test
  void answersOfExercisesAreTests() throws IOException {
    Path tests = ROOT.resolve("teenygrad-book/src/test/java");
    for (Path page : pages()) {
      for (var answer : TEST.matcher(Files.readString(page)).results().toList()) {
        try (Stream<Path> files = Files.walk(tests)) {
          Path file = files.filter(path -> path.endsWith(answer.group(1) + ".java")).findFirst().orElseThrow(() -> new AssertionError(page + ": " + answer.group()));
          assertThat(Files.readString(file)).as("%s", page).contains("void " + answer.group(2) + "(");
        }
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(BOOK)) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }
}
