package org.teenygrad.data;

import com.knuddels.jtokkit.api.EncodingType;

/// Turns text into numbers, tokens, and back.
///
/// ```java
/// int[] tokens = Tokenizer.gpt2().encode("Hello world!");   // [15496, 995, 0]
/// Tokenizer.gpt2().decode(tokens);                          // Hello world!
/// ```
public interface Tokenizer {

  /// A token for each character that occurs in `text`.
  static Tokenizer characters(String text) {
    return CharTokenizer.of(text);
  }

  /// A token for each byte of the text in UTF-8: 256 of them.
  static Tokenizer bytes() {
    return ByteTokenizer.INSTANCE;
  }

  /// The 50,257 tokens of GPT-2; OpenAI's `gpt2` and `r50k_base`.
  static Tokenizer gpt2() {
    return BytePairTokenizer.of(EncodingType.R50K_BASE);
  }

  /// The tokens of GPT-4; OpenAI's `cl100k_base`.
  static Tokenizer cl100k() {
    return BytePairTokenizer.of(EncodingType.CL100K_BASE);
  }

  /// The tokens of GPT-4o; OpenAI's `o200k_base`.
  static Tokenizer o200k() {
    return BytePairTokenizer.of(EncodingType.O200K_BASE);
  }

  /// Tokens are smaller than this.
  int vocabularySize();

  /// The tokens of a text. What looks like a special token, `<|endoftext|>`, is text like any other.
  /// @throws IllegalArgumentException if there are no tokens for some of it
  int[] encode(String text);

  /// The bytes that tokens stand for, in UTF-8: a token may be a part of a character.
  /// @throws IllegalArgumentException if there is no such token
  byte[] decodeBytes(int... tokens);

  /// The text that tokens stand for. What is not UTF-8 becomes U+FFFD.
  /// @throws IllegalArgumentException if there is no such token
  String decode(int... tokens);
}
