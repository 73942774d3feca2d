package org.teenygrad.nanochat.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The tables that the package brings.
final class Lines {
  private Lines() {}

  /// The lines of a file beside this class.
  static List<String> of(String name) {
    try (InputStream bytes = Lines.class.getResourceAsStream(name)) {
      if (bytes == null) {
        throw new IllegalStateException("the file " + name + " is not in the program");
      }
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The parts of a text between separators, without blanks around them.
  static List<String> split(String text, char separator) {
    return Arrays.stream(text.split(String.valueOf(separator).equals("|") ? "\\|" : String.valueOf(separator), -1)).map(String::strip).toList();
  }
}
