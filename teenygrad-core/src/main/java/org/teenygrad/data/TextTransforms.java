package org.teenygrad.data;

import java.util.Arrays;
import java.util.function.Function;

/// What is done to texts.
public final class TextTransforms {
  private TextTransforms() {}

  /// The first `length` tokens of a text, int32 (length), filled up with `padding` where there are fewer.
  /// ```java
  /// TextTransforms.tokens(Tokenizer.bytes(), 4, 0).apply("yes").toFloatArray();   // [121.0, 101.0, 115.0, 0.0]
  /// ```
  /// @throws IllegalArgumentException if the length is below 1
  public static Function<String, NdArray> tokens(Tokenizer tokenizer, int length, int padding) {
    if (length < 1) {
      throw new IllegalArgumentException("tokens: a length of " + length + "; it must be at least 1");
    }
    return text -> {
      int[] all = tokenizer.encode(text);
      int[] row = Arrays.copyOf(all, length);
      if (all.length < length) {
        Arrays.fill(row, all.length, length, padding);
      }
      return NdArray.of(row, length);
    };
  }
}
