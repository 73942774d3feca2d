package org.teenygrad.plot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// Writes PNG files of 8 bits a channel (ISO/IEC 15948), uninterlaced and unfiltered.
final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte INDEXED = 3;
  private static final byte RGBA = 6;

  private Png() {}

  /// @param pixels (height, width), row by row: for each a colour of the palette
  /// @param palette up to 256 colours 0xAARRGGBB
  static byte[] indexed(int width, byte[] pixels, int[] palette) {
    ByteBuffer colors = ByteBuffer.allocate(3 * palette.length);
    ByteBuffer alphas = ByteBuffer.allocate(palette.length);
    for (int color : palette) {
      colors.put((byte) (color >> 16)).put((byte) (color >> 8)).put((byte) color);
      alphas.put((byte) (color >>> 24));
    }
    return file(width, pixels.length / width, INDEXED, colors.array(), alphas.array(), pixels);
  }

  /// @param pixels (height, width), row by row, 0xAARRGGBB
  static byte[] argb(int width, int[] pixels) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length);
    for (int color : pixels) {
      bytes.putInt(color << 8 | color >>> 24);
    }
    return file(width, pixels.length / width, RGBA, new byte[0], new byte[0], bytes.array());
  }

  static String dataUri(byte[] png) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  private static byte[] file(int width, int height, byte type, byte[] palette, byte[] alphas, byte[] samples) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SIGNATURE);
    byte[] header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).put(type).array();
    chunk(file, "IHDR", header);
    if (palette.length > 0) {
      chunk(file, "PLTE", palette);
      chunk(file, "tRNS", alphas);
    }
    int row = samples.length / height;
    ByteBuffer rows = ByteBuffer.allocate(samples.length + height);
    for (int y = 0; y < height; y++) {
      rows.put((byte) 0).put(samples, y * row, row);
    }
    chunk(file, "IDAT", deflate(rows.array()));
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
    byte[] named = ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data).array();
    CRC32 sum = new CRC32();
    sum.update(named);
    file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    file.writeBytes(named);
    file.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }

  private static byte[] deflate(byte[] bytes) {
    try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
      deflater.setInput(bytes);
      deflater.finish();
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      byte[] part = new byte[8192];
      while (!deflater.finished()) {
        packed.write(part, 0, deflater.deflate(part));
      }
      return packed.toByteArray();
    }
  }
}
