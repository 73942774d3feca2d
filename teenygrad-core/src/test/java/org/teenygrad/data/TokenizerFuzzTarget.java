package org.teenygrad.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What Jazzer calls with each text that it makes up: its tokens stand for it, and other tokens for something or nothing.
public final class TokenizerFuzzTarget {
  private static final List<Tokenizer> TOKENIZERS = List.of(Tokenizer.gpt2(), Tokenizer.cl100k(), Tokenizer.o200k());

  private TokenizerFuzzTarget() {}

  public static void fuzzerTestOneInput(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int[] numbers = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).asIntBuffer().get(numbers);
    for (Tokenizer tokenizer : TOKENIZERS) {
      int[] tokens = tokenizer.encode(text);
      require(tokenizer.decode(tokens).equals(text), "other text: " + Arrays.toString(tokens));
      require(IntStream.of(tokens).allMatch(token -> token >= 0 && token < tokenizer.vocabularySize()), "no token");
      for (int number : numbers) {
        decode(tokenizer, number);
        decode(tokenizer, number & 0x1FFFF);
      }
    }
  }

  private static void decode(Tokenizer tokenizer, int number) {
    try {
      tokenizer.decode(number);
      require(number >= 0 && number < tokenizer.vocabularySize(), number + " is no token");
    } catch (IllegalArgumentException e) {
      require(String.valueOf(e.getMessage()).contains(Integer.toString(number)), "which token? " + e.getMessage());
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
