package org.teenygrad.nanochat.tasks;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The number at the end of a solution, as GSM8K marks it: `#### 1,234`.
final class NumericAnswer {
  private static final Pattern MARKED = Pattern.compile("#### (-?[0-9.,]+)");

  private NumericAnswer() {}

  /// The first number that is marked, without commas. Numbers are compared as text: 4.0 is not 4.
  static Optional<String> in(String text) {
    Matcher marked = MARKED.matcher(text);
    return marked.find() ? Optional.of(marked.group(1).replace(",", "")) : Optional.empty();
  }

  /// @throws IllegalArgumentException if no number is marked
  static String required(String text) {
    return in(text).orElseThrow(() -> new IllegalArgumentException("the answer must end with #### and a number, but it is \"" + text + "\""));
  }
}
