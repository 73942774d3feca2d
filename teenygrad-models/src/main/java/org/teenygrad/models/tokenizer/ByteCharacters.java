package org.teenygrad.models.tokenizer;

import java.nio.charset.StandardCharsets;

/// GPT-2's character of each byte: printable ones of Latin-1 are themselves, the others are those from U+0100 on.
final class ByteCharacters {
  private static final char[] CHARACTERS = new char[256];
  private static final short[] BYTES = new short[0x200]; // by character; -1 for none

  static {
    java.util.Arrays.fill(BYTES, (short) -1);
    char spare = 0x100;
    for (char b = 0; b < CHARACTERS.length; b++) {
      boolean isPrintable = b > 0x20 && b < 0x7F || b > 0xA0 && b != 0xAD;
      CHARACTERS[b] = isPrintable ? b : spare++;
      BYTES[CHARACTERS[b]] = (short) b;
    }
  }

  private ByteCharacters() {}

  /// A text's bytes in UTF-8, each as its character.
  static String of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder characters = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      characters.append(of(b));
    }
    return characters.toString();
  }

  static char of(byte b) {
    return CHARACTERS[b & 0xFF];
  }

  /// The bytes of characters; those of the text in UTF-8 where one of them is no byte's.
  static byte[] bytes(String characters) {
    byte[] bytes = new byte[characters.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = characters.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return characters.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }
}
