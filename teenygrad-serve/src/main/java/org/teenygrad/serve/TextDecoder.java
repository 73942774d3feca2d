package org.teenygrad.serve;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Makes text of tokens' bytes as they come: a character whose bytes are in several tokens waits until it is whole.
final class TextDecoder {
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
      .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] pending = new byte[0];

  /// The characters that have become whole.
  String add(byte[] bytes) {
    return decode(bytes, false);
  }

  /// What is left: U+FFFD for a part of a character.
  String end() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] bytes, boolean isLast) {
    ByteBuffer all = ByteBuffer.allocate(pending.length + bytes.length).put(pending).put(bytes).flip();
    CharBuffer text = CharBuffer.allocate(all.remaining() + 1);
    decoder.decode(all, text, isLast);
    if (isLast) {
      decoder.flush(text);
      decoder.reset();
    }
    pending = new byte[all.remaining()];
    all.get(pending);
    return text.flip().toString();
  }
}
