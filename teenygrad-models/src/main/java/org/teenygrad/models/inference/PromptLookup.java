package org.teenygrad.models.inference;

import java.util.Arrays;

/// Guesses how a text goes on: as it did where its last tokens stood before (Saxena, *Prompt lookup decoding*, 2023). Where it
/// repeats itself or its prompt, as quotations, code and tables do, several tokens are right at once.
final class PromptLookup {
  /// So many last tokens are looked for, or fewer, but no single one: the more are found again, the likelier is the guess.
  private static final int LONGEST = 4;

  private static final int SHORTEST = 2;

  private PromptLookup() {}

  /// @param most tokens of a draft
  /// @return what may follow; empty where the text's end is new
  static int[] draft(int[] text, int most) {
    for (int length = Math.min(LONGEST, text.length - 1); length >= SHORTEST && most > 0; length--) {
      int end = text.length - length;
      for (int from = end - 1; from >= 0; from--) {
        if (Arrays.equals(text, from, from + length, text, end, text.length)) {
          return continued(text, from + length, most);
        }
      }
    }
    return new int[0];
  }

  /// The tokens from a place on; at the text's end those that were just guessed, as it goes round in a circle there.
  private static int[] continued(int[] text, int from, int count) {
    int[] all = Arrays.copyOf(text, text.length + count);
    for (int i = 0; i < count; i++) {
      all[text.length + i] = all[from + i];
    }
    return Arrays.copyOfRange(all, text.length, all.length);
  }
}
