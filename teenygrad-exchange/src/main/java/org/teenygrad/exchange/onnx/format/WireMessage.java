package org.teenygrad.exchange.onnx.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A message of protobuf's wire format, field after field. Content is kept as it is given until the whole is written.
///
/// ```java
/// byte[] bytes = new WireMessage().number(1, 10).text(2, "teenygrad").toBytes();
/// ```
public final class WireMessage {
  /// Bytes handed to a channel at once.
  private static final long CHUNK = 8L << 20;

  private final List<MemorySegment> done = new ArrayList<>();
  private final ByteArrayOutputStream last = new ByteArrayOutputStream();
  private long doneBytes;

  /// An empty message.
  public WireMessage() {}

  public WireMessage number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  public WireMessage text(int field, String value) {
    return content(field, value.getBytes(StandardCharsets.UTF_8));
  }

  public WireMessage message(int field, WireMessage value) {
    varint((long) field << 3 | 2);
    varint(value.size());
    value.done.forEach(this::append);
    last.writeBytes(value.last.toByteArray());
    return this;
  }

  public WireMessage content(int field, byte[] value) {
    varint((long) field << 3 | 2);
    varint(value.length);
    last.writeBytes(value);
    return this;
  }

  /// As [#content(int, byte[])], of memory that must stay what it is until this message is written.
  public WireMessage content(int field, MemorySegment value) {
    varint((long) field << 3 | 2);
    varint(value.byteSize());
    append(value);
    return this;
  }

  public WireMessage float32(int field, float value) {
    varint((long) field << 3 | 5);
    last.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    return this;
  }

  /// How many bytes this message has.
  public long size() {
    return doneBytes + last.size();
  }

  /// The whole in one array.
  /// @throws ArithmeticException if it is too long for one
  public byte[] toBytes() {
    byte[] bytes = new byte[Math.toIntExact(size())];
    long at = 0;
    for (MemorySegment part : parts()) {
      MemorySegment.copy(part, 0, MemorySegment.ofArray(bytes), at, part.byteSize());
      at += part.byteSize();
    }
    return bytes;
  }

  /// Writes the whole.
  /// @throws IOException if the channel takes no more
  public void writeTo(WritableByteChannel channel) throws IOException {
    for (MemorySegment part : parts()) {
      write(part, channel);
    }
  }

  /// Writes all bytes of some memory.
  static void write(MemorySegment bytes, WritableByteChannel channel) throws IOException {
    for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
      ByteBuffer chunk = bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer();
      while (chunk.hasRemaining()) {
        channel.write(chunk);
      }
    }
  }

  private List<MemorySegment> parts() {
    List<MemorySegment> parts = new ArrayList<>(done);
    parts.add(MemorySegment.ofArray(last.toByteArray()));
    return parts;
  }

  private void append(MemorySegment part) {
    if (last.size() > 0) {
      done.add(MemorySegment.ofArray(last.toByteArray()));
      doneBytes += last.size();
      last.reset();
    }
    done.add(part);
    doneBytes += part.byteSize();
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      last.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    last.write((int) rest);
  }
}
