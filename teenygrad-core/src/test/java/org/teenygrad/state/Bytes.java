package org.teenygrad.state;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes small files byte by byte, for tests of what reads them.
final class Bytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteOrder order;

  private Bytes(ByteOrder order) {
    this.order = order;
  }

  static Bytes littleEndian() {
    return new Bytes(ByteOrder.LITTLE_ENDIAN);
  }

  static Bytes bigEndian() {
    return new Bytes(ByteOrder.BIG_ENDIAN);
  }

  byte[] toArray() {
    return out.toByteArray();
  }

  int size() {
    return out.size();
  }

  Bytes u8(int... values) {
    for (int value : values) {
      out.write(value);
    }
    return this;
  }

  Bytes i16(int value) {
    return raw(buffer(2).putShort((short) value));
  }

  Bytes i32(long value) {
    return raw(buffer(4).putInt((int) value));
  }

  Bytes i64(long value) {
    return raw(buffer(8).putLong(value));
  }

  Bytes f32(float... values) {
    for (float value : values) {
      raw(buffer(4).putFloat(value));
    }
    return this;
  }

  Bytes f64(double... values) {
    for (double value : values) {
      raw(buffer(8).putDouble(value));
    }
    return this;
  }

  Bytes f16(float value) {
    return i16(Float.floatToFloat16(value));
  }

  Bytes text(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Bytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  Bytes pad(int alignment) {
    while (out.size() % alignment != 0) {
      out.write(0);
    }
    return this;
  }

  private ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(order);
  }

  private Bytes raw(ByteBuffer buffer) {
    return raw(buffer.array());
  }

  /// A zip file of these entries.
  static byte[] zip(boolean deflated, Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (var named : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(named.getKey());
        entry.setMethod(deflated ? ZipEntry.DEFLATED : ZipEntry.STORED);
        CRC32 crc = new CRC32();
        crc.update(named.getValue());
        entry.setCrc(crc.getValue());
        entry.setSize(named.getValue().length);
        zip.putNextEntry(entry);
        zip.write(named.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// A NumPy array, as `numpy.save` writes it.
  static byte[] npy(String descr, boolean fortran, String shape, byte[] data) {
    String header = String.format(Locale.ROOT, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, fortran
        ? "True" : "False", shape);
    int padding = 63 - (10 + header.length()) % 64;
    String padded = header + " ".repeat(padding) + "\n";
    return littleEndian().u8(0x93).text("NUMPY").u8(1, 0).i16(padded.length()).text(padded).raw(data).toArray();
  }
}
