package org.teenygrad.exchange.onnx.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Reads the fields of one message of protobuf's wire format, one after the other.
///
/// ```java
/// while (message.next()) {
///   switch (message.field()) {
///     case 1 -> name = message.text();
///     case 2 -> sizes.add(message.number());
///     default -> {}
///   }
/// }
/// ```
/// A field that is not read is skipped. Nothing is allocated before its bytes are known to be there; a file has [#MAX_MESSAGES]
/// messages at most, [#MAX_DEPTH] deep.
final class WireReader {
  static final int MAX_DEPTH = 64;
  static final int MAX_MESSAGES = 2_000_000;
  private static final int MAX_TEXT_BYTES = 1 << 24;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH = 2;
  private static final int FOUR_BYTES = 5;

  /// How many messages may still be read of a file.
  private static final class Budget {
    private int messages = MAX_MESSAGES;
  }

  private final MemorySegment bytes;
  private final int depth;
  private final Budget budget;
  private long position;
  /// Where the field's value begins and ends.
  private long begin;
  private int field;
  private int wireType;

  /// The message that a whole file is.
  WireReader(MemorySegment bytes) {
    this(bytes, 0, new Budget());
  }

  private WireReader(MemorySegment bytes, int depth, Budget budget) {
    this.bytes = bytes;
    this.depth = depth;
    this.budget = budget;
  }

  /// Goes to the next field; false at the end of the message.
  boolean next() {
    if (position >= bytes.byteSize()) {
      return false;
    }
    long tag = varint();
    if (tag >>> 3 < 1 || tag >>> 3 > 1 << 29) {
      throw new IllegalArgumentException("a field has the number " + Long.toUnsignedString(tag >>> 3));
    }
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    begin = position;
    switch (wireType) {
      case VARINT -> varint();
      case EIGHT_BYTES -> advance(8);
      case FOUR_BYTES -> advance(4);
      case LENGTH -> {
        long length = varint();
        begin = position;
        advance(length);
      }
      default -> throw new IllegalArgumentException(
          String.format(Locale.ROOT, "field %d has wire type %d, which ONNX does not use", field, wireType));
    }
    return true;
  }

  int field() {
    return field;
  }

  /// The field's value as an integer.
  long number() {
    require(VARINT);
    return varintAt(begin);
  }

  /// The field's value as one of 32 bits.
  float float32() {
    require(FOUR_BYTES);
    return bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), begin);
  }

  /// The field's bytes, which stay where they are.
  MemorySegment content() {
    require(LENGTH);
    return bytes.asSlice(begin, position - begin);
  }

  /// The field's bytes as text.
  String text() {
    MemorySegment content = content();
    if (content.byteSize() > MAX_TEXT_BYTES) {
      throw new IllegalArgumentException("field " + field + " is a text of " + content.byteSize() + " bytes, more than " + MAX_TEXT_BYTES);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content.toArray(ValueLayout.JAVA_BYTE))).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the text of field " + field + " is not UTF-8", e);
    }
  }

  /// The field's bytes as a message.
  WireReader message() {
    if (depth == MAX_DEPTH) {
      throw new IllegalArgumentException("messages are nested more than " + MAX_DEPTH + " deep");
    }
    if (--budget.messages < 0) {
      throw new IllegalArgumentException("it has more than " + MAX_MESSAGES + " parts");
    }
    return new WireReader(content(), depth + 1, budget);
  }

  /// Adds this field's numbers: it has one or, packed, any number of them.
  void numbers(Numbers into) {
    if (wireType == VARINT) {
      into.add(number());
      return;
    }
    WireReader packed = new WireReader(content(), depth, budget);
    while (packed.position < packed.bytes.byteSize()) {
      into.add(packed.varint());
    }
  }

  /// Adds the bits of this field's numbers of 32 bits.
  void fixed32(Numbers into) {
    MemorySegment content = wireType == FOUR_BYTES ? bytes.asSlice(begin, 4) : whole(4);
    for (long at = 0; at < content.byteSize(); at += 4) {
      into.add(content.get(INT, at));
    }
  }

  /// Adds the bits of this field's numbers of 64 bits.
  void fixed64(Numbers into) {
    MemorySegment content = wireType == EIGHT_BYTES ? bytes.asSlice(begin, 8) : whole(8);
    for (long at = 0; at < content.byteSize(); at += 8) {
      into.add(content.get(LONG, at));
    }
  }

  private MemorySegment whole(int size) {
    MemorySegment content = content();
    if (content.byteSize() % size != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "field %d has %d bytes, which is not a number of elements of %d", field, content.byteSize(), size));
    }
    return content;
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "field %d has wire type %d instead of %d", field, wireType, expected));
    }
  }

  private void advance(long length) {
    if (length < 0 || length > bytes.byteSize() - position) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "field %d should have %s more bytes, but there are %d",
              field, Long.toUnsignedString(length), bytes.byteSize() - position));
    }
    position += length;
  }

  private long varint() {
    long value = varintAt(position);
    while (bytes.get(ValueLayout.JAVA_BYTE, position) < 0) {
      position++;
    }
    position++;
    return value;
  }

  private long varintAt(long at) {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7, at++) {
      if (at >= bytes.byteSize()) {
        throw new IllegalArgumentException("a number does not end before its message does");
      }
      byte next = bytes.get(ValueLayout.JAVA_BYTE, at);
      value |= shift < 64 ? (next & 0x7FL) << shift : 0;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has more than ten bytes");
  }
}
