package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Unpacks what deflate has packed, one stream after the other.
///
/// Mapped bytes are copied before native code sees them: where a file has become shorter, Java throws an error, and
/// native code ends the process.
final class Inflation implements AutoCloseable {
  /// What deflate can make of a byte, at best.
  static final long MAX_RATIO = 1032;

  private static final int FIRST_INPUT_BYTES = 1 << 8;
  private static final int MAX_INPUT_BYTES = 1 << 14;
  private static final int MAX_OUTPUT_BYTES = 1 << 16;

  private final Inflater inflater = new Inflater(true);
  private final byte[] input;
  private final byte[] output;

  /// @param packed the longest stream
  /// @param wanted how much of it is looked at
  Inflation(long packed, long wanted) {
    input = new byte[(int) Math.min(MAX_INPUT_BYTES, packed)];
    output = new byte[Math.clamp(wanted, 1, MAX_OUTPUT_BYTES)];
  }

  /// Takes what is unpacked.
  interface Sink {
    /// @param bytes where it is, from index 0 on, until this method returns
    /// @return whether it wants more
    boolean take(byte[] bytes, int length);
  }

  /// Unpacks a stream to its end, or until the sink has enough.
  /// @return how many of the packed bytes belong to it
  /// @throws IllegalArgumentException if it is damaged
  long inflate(MemorySegment packed, Sink sink) {
    inflater.reset();
    long in = 0;
    int chunk = Math.min(FIRST_INPUT_BYTES, input.length); // streams may be tiny, and many
    try {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          int length = (int) Math.min(chunk, packed.byteSize() - in);
          if (length == 0) {
            throw new IllegalArgumentException("ends too early");
          }
          MemorySegment.copy(packed, ValueLayout.JAVA_BYTE, in, input, 0, length);
          inflater.setInput(input, 0, length);
          in += length;
          chunk = Math.min(input.length, 2 * chunk);
        }
        int made = inflater.inflate(output);
        if (inflater.needsDictionary()) {
          throw new IllegalArgumentException("is damaged: it needs a dictionary");
        }
        if (made > 0 && !sink.take(output, made)) {
          break;
        }
      }
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("is damaged", e);
    }
    return in - inflater.getRemaining();
  }

  static int crc(MemorySegment bytes) {
    CRC32 crc = new CRC32();
    byte[] part = new byte[Math.clamp(bytes.byteSize(), 1, MAX_OUTPUT_BYTES)];
    for (long at = 0; at < bytes.byteSize(); at += part.length) {
      int length = (int) Math.min(part.length, bytes.byteSize() - at);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, part, 0, length);
      crc.update(part, 0, length);
    }
    return (int) crc.getValue();
  }

  @Override
  public void close() {
    inflater.close();
  }
}
