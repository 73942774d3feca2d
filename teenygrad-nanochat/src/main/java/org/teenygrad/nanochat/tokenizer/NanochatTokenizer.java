package org.teenygrad.nanochat.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.data.Tokenizer;

/// Byte-pair encoding with nanochat's split pattern and special tokens. Safe for use by several threads.
///
/// Tokens 0 to 255 are bytes, then come the merged ones in the order in which they were learned, then the [SpecialToken]s.
///
/// ```java
/// NanochatTokenizer tokenizer = TokenizerFiles.read(Path.of("tokenizer.json"));
/// tokenizer.decode(tokenizer.encode("Hello world!"));   // Hello world!
/// ```
public final class NanochatTokenizer implements Tokenizer {
  static final int BYTES = 256;

  /// An entry's index is its value.
  private final SliceTable vocabulary;

  private final BytePairEncoder encoder;

  private NanochatTokenizer(SliceTable vocabulary) {
    this.vocabulary = vocabulary;
    this.encoder = new BytePairEncoder(vocabulary);
  }

  /// @param merged the tokens from 256 on, without the special ones
  /// @throws IllegalArgumentException if one is there twice
  static NanochatTokenizer ofMerged(List<byte[]> merged) {
    SliceTable vocabulary = new SliceTable();
    for (int token = 0; token < BYTES; token++) {
      vocabulary.add(new byte[] {(byte) token}, 0, 1, token);
    }
    for (byte[] string : merged) {
      int token = vocabulary.size();
      vocabulary.add(string, 0, string.length, token);
      if (vocabulary.size() == token) {
        throw new IllegalArgumentException("token " + token + " of the vocabulary is there before");
      }
    }
    return new NanochatTokenizer(vocabulary);
  }

  /// Tokens that stand for bytes; the special ones follow.
  int ordinarySize() {
    return vocabulary.size();
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size() + SpecialToken.values().length;
  }

  /// The token of a special token.
  public int token(SpecialToken special) {
    return vocabulary.size() + special.ordinal();
  }

  /// The tokens of a text. Special tokens in it are text like any other; halves of surrogate pairs become `?`.
  @Override
  public int[] encode(String text) {
    return encodeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// The tokens of any bytes, in UTF-8 or not: [#decodeBytes] gives them back.
  public int[] encodeBytes(byte[] bytes) {
    IntStream.Builder tokens = IntStream.builder();
    SplitPattern pattern = new SplitPattern(bytes, bytes.length);
    for (int begin = 0; begin < bytes.length; ) {
      int end = pattern.pieceEnd(begin);
      encoder.encode(bytes, begin, end, tokens);
      begin = end;
    }
    return tokens.build().toArray();
  }

  @Override
  public byte[] decodeBytes(int... tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int token : tokens) {
      bytes.writeBytes(bytes(token));
    }
    return bytes.toByteArray();
  }

  @Override
  public String decode(int... tokens) {
    return new String(decodeBytes(tokens), StandardCharsets.UTF_8);
  }

  /// The bytes each token stands for, by token, as bits per byte counts them: 0 for special tokens.
  public int[] tokenBytes() {
    return IntStream.range(0, vocabularySize()).map(token -> token < ordinarySize() ? vocabulary.length(token) : 0).toArray();
  }

  /// A special token's bytes are its text's.
  private byte[] bytes(int token) {
    if (token < 0 || token >= vocabularySize()) {
      throw new IllegalArgumentException("the token " + token + " is not one of the vocabulary's " + vocabularySize());
    }
    return token < ordinarySize()
        ? vocabulary.string(token)
        : SpecialToken.values()[token - ordinarySize()].text().getBytes(StandardCharsets.UTF_8);
  }

  /// Whether bytes are a token.
  boolean has(byte[] bytes, int begin, int end) {
    return vocabulary.get(bytes, begin, end) >= 0;
  }
}
