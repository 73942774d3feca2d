package org.teenygrad.data;

import java.nio.charset.StandardCharsets;

/// A token is a byte.
enum ByteTokenizer implements Tokenizer {
  INSTANCE;

  @Override
  public int vocabularySize() {
    return 256;
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      tokens[i] = bytes[i] & 0xFF;
    }
    return tokens;
  }

  @Override
  public byte[] decodeBytes(int... tokens) {
    byte[] bytes = new byte[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] > 255) {
        throw new IllegalArgumentException("the token " + tokens[i] + " is not a byte");
      }
      bytes[i] = (byte) tokens[i];
    }
    return bytes;
  }

  @Override
  public String decode(int... tokens) {
    return new String(decodeBytes(tokens), StandardCharsets.UTF_8);
  }
}
