package org.teenygrad.models.tokenizer;

import java.util.function.Supplier;

/// A text whose characters are counted as a regular expression looks at them: one that a file brings might go back and forth over
/// them without end.
final class CountedText implements CharSequence {
  /// The patterns of real tokenizers look at a character a dozen times.
  private static final long LOOKS_PER_CHARACTER = 1_000;

  private static final long LOOKS_AT_LEAST = 1_000_000;

  private final String text;
  private long left;

  CountedText(String text) {
    this.text = text;
    left = Math.max(LOOKS_AT_LEAST, LOOKS_PER_CHARACTER * text.length());
  }

  /// What a regular expression makes of a counted text.
  /// @throws IllegalArgumentException if it takes too long, or groups within groups more memory than a thread has
  static <T> T matching(Supplier<T> action) {
    try {
      return action.get();
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("a pattern of the tokenizer's takes more memory for a text than a thread has", e);
    }
  }

  @Override
  public int length() {
    return text.length();
  }

  /// @throws IllegalArgumentException if characters have been looked at too often
  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw new IllegalArgumentException("a pattern of the tokenizer's looks at each character of a text more than " + LOOKS_PER_CHARACTER + " times");
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
