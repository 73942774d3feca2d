package org.teenygrad.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Turns each character of a text into a number and back.
///
/// A character is a Unicode code point; its number is its place in the sorted vocabulary. [#vocabulary()] is the whole state:
/// [#of] makes the same tokenizer of it again.
public final class CharTokenizer implements Tokenizer {

  private final int[] vocabulary;

  private CharTokenizer(int[] vocabulary) {
    this.vocabulary = vocabulary;
  }

  /// The tokenizer whose vocabulary is the distinct characters of `text`.
  /// @throws IllegalArgumentException if the text is empty
  public static CharTokenizer of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an empty text has no vocabulary");
    }
    return new CharTokenizer(text.codePoints().sorted().distinct().toArray());
  }

  /// The number of distinct characters; tokens are smaller.
  @Override
  public int vocabularySize() {
    return vocabulary.length;
  }

  /// Every character once, in the order of their tokens.
  public String vocabulary() {
    return new String(vocabulary, 0, vocabulary.length);
  }

  /// The token of each character.
  /// @throws IllegalArgumentException if a character is not in the vocabulary
  @Override
  public int[] encode(String text) {
    return text.codePoints().map(this::token).toArray();
  }

  private int token(int character) {
    int token = Arrays.binarySearch(vocabulary, character);
    if (token < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the character %s is not in the vocabulary of %d characters",
              describe(character), vocabulary.length));
    }
    return token;
  }

  @Override
  public byte[] decodeBytes(int... tokens) {
    return decode(tokens).getBytes(StandardCharsets.UTF_8);
  }

  /// The character of each token.
  /// @throws IllegalArgumentException if a token is not in the vocabulary
  @Override
  public String decode(int... tokens) {
    return Arrays.stream(tokens)
        .map(this::character)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private int character(int token) {
    if (token < 0 || token >= vocabulary.length) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the token %d is not in the vocabulary of %d characters",
              token, vocabulary.length));
    }
    return vocabulary[token];
  }

  private static String describe(int character) {
    var code = String.format(Locale.ROOT, "U+%04X", character);
    return switch (Character.getType(character)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED,
          Character.PRIVATE_USE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> code;
      default -> "'" + Character.toString(character) + "' (" + code + ")";
    };
  }
}
