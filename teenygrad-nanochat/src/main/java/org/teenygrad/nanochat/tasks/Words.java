package org.teenygrad.nanochat.tasks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A list of words to spell.
record Words(List<String> words) {
  /// Test examples are drawn with other seeds than training examples.
  private static final long TEST_SEEDS = 10_000_000;

  /// Reads a word a line.
  /// @throws IllegalArgumentException if there is no file, or no word in it
  static Words read(Path file) {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException("there is no file " + file + ": a list of words, one a line, is needed");
    }
    try {
      List<String> words = Files.readAllLines(file).stream().map(String::strip).filter(word -> !word.isEmpty()).toList();
      if (words.isEmpty()) {
        throw new IllegalArgumentException(file + " has no words");
      }
      return new Words(words);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  /// The random numbers of an example.
  static PythonRandom random(boolean test, int index) {
    return new PythonRandom(test ? TEST_SEEDS + index : index);
  }

  /// `c,a,t`: letters without blanks are tokens of their own.
  static String letters(String word) {
    return String.join(",", word.split(""));
  }
}
