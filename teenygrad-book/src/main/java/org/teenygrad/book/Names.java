package org.teenygrad.book;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.teenygrad.data.TextFile;
import org.teenygrad.state.FileException;

/// First names, the data of all programs that model them letter by letter: those that come with the book, or a reader's own.
public final class Names {
  private Names() {}

  /// The names of the page's data, else the book's own; lower case.
  /// @throws FileException if the file cannot be read, has no name, or one with another letter than a to z
  public static List<String> of(Page page) {
    List<String> names = page.data().map(TextFile::read).orElseGet(Names::own).lines().map(String::strip).filter(name -> !name.isEmpty())
        .toList();
    Path file = page.data().orElse(Path.of("names.txt"));
    if (names.isEmpty()) {
      throw FileException.malformed(file, "a list of names", "it has none");
    }
    names.stream().filter(name -> !name.matches("[a-z]+")).findFirst().ifPresent(name -> {
      throw FileException.malformed(file, "a list of names",
          "'" + name + "' is none: a name stands on a line of its own and has letters from a to z only");
    });
    return names;
  }

  private static String own() {
    try (InputStream in = Objects.requireNonNull(Names.class.getResourceAsStream("names.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
