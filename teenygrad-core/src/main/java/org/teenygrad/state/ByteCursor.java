package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Reads a file's bytes one after the other. Whatever length it is given, it never reads past the end, and nothing is
/// allocated before it is known to be there.
final class ByteCursor {
  private final MemorySegment bytes;
  private final ByteOrder order;
  private long position;

  ByteCursor(MemorySegment bytes, ByteOrder order) {
    this.bytes = bytes;
    this.order = order;
  }

  long position() {
    return position;
  }

  long remaining() {
    return bytes.byteSize() - position;
  }

  int u8() {
    return bytes.get(ValueLayout.JAVA_BYTE, advance(1)) & 0xFF;
  }

  int u16() {
    return bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), advance(2)) & 0xFFFF;
  }

  int i32() {
    return bytes.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), advance(4));
  }

  long u32() {
    return Integer.toUnsignedLong(i32());
  }

  long i64() {
    return bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), advance(8));
  }

  /// An unsigned number that counts something; no file has more than 2^63 of anything.
  long count(String what) {
    long count = i64();
    if (count < 0) {
      throw new IllegalArgumentException(what + " is " + Long.toUnsignedString(count));
    }
    return count;
  }

  MemorySegment take(long length) {
    return bytes.asSlice(advance(length), length);
  }

  /// @param limit the longest that makes sense
  byte[] bytes(long length, int limit) {
    if (length > limit) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "at byte %d something of %s bytes begins, but at most %d make sense there",
              position, Long.toUnsignedString(length), limit));
    }
    return take(length).toArray(ValueLayout.JAVA_BYTE);
  }

  String utf8(long length, int limit) {
    long at = position;
    byte[] bytes = bytes(length, limit);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the text at byte " + at + " is not UTF-8", e);
    }
  }

  void skipTo(long target) {
    if (target < position || target > bytes.byteSize()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "it ends at byte %d, before byte %d", bytes.byteSize(), target));
    }
    position = target;
  }

  private long advance(long length) {
    if (length < 0 || length > remaining()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "at byte %d it should have %s more bytes, but has %d",
              position, Long.toUnsignedString(length), remaining()));
    }
    long at = position;
    position += length;
    return at;
  }
}
