package org.teenygrad.state;

import java.nio.ByteBuffer;

/// Makes llama.cpp's quantised blocks of numbers: what [Dequantization] reads. The layouts are those of the `block_*` structures of ggml.
final class Quantization {
  private static final int BLOCK = 32;
  private static final int SUPERBLOCK = 256;
  private static final int MOST_6_BITS = 63;

  private Quantization() {}

  /// Rounded to nearest even.
  static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) (Float.isNaN(value) ? bits >>> 16 | 0x40 : bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }

  private static float inverse(float d) {
    return d == 0 ? 0 : 1 / d;
  }

  /// The largest magnitude becomes 127.
  static void q80(float[] values, int count, ByteBuffer out) {
    for (int at = 0; at < count; at += BLOCK) {
      float largest = 0;
      for (int i = 0; i < BLOCK; i++) {
        largest = Math.max(largest, Math.abs(values[at + i]));
      }
      float d = largest / 127;
      float inverse = inverse(d);
      out.putShort(Float.floatToFloat16(d));
      for (int i = 0; i < BLOCK; i++) {
        float scaled = values[at + i] * inverse;
        out.put((byte) Math.copySign(Math.floor(Math.abs(scaled) + 0.5f), scaled));
      }
    }
  }

  /// The number of the largest magnitude becomes -8.
  static void q40(float[] values, int count, ByteBuffer out) {
    for (int at = 0; at < count; at += BLOCK) {
      float largest = 0;
      for (int i = 0; i < BLOCK; i++) {
        largest = Math.abs(values[at + i]) > Math.abs(largest) ? values[at + i] : largest;
      }
      float d = largest / -8;
      float inverse = inverse(d);
      out.putShort(Float.floatToFloat16(d));
      for (int i = 0; i < BLOCK / 2; i++) {
        int low = Math.clamp((int) (values[at + i] * inverse + 8.5f), 0, 15);
        int high = Math.clamp((int) (values[at + i + BLOCK / 2] * inverse + 8.5f), 0, 15);
        out.put((byte) (low | high << 4));
      }
    }
  }

  /// Each part of 32 from its minimum, or 0, to its maximum.
  static void q4k(float[] values, int count, ByteBuffer out) {
    int parts = SUPERBLOCK / BLOCK;
    for (int at = 0; at < count; at += SUPERBLOCK) {
      float[] scales = new float[parts];
      float[] minima = new float[parts];
      float largestScale = 0;
      float largestMinimum = 0;
      for (int part = 0; part < parts; part++) {
        float least = 0;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < BLOCK; i++) {
          least = Math.min(least, values[at + part * BLOCK + i]);
          most = Math.max(most, values[at + part * BLOCK + i]);
        }
        scales[part] = Math.max(0, most - least) / 15;
        minima[part] = -least;
        largestScale = Math.max(largestScale, scales[part]);
        largestMinimum = Math.max(largestMinimum, minima[part]);
      }
      short d = Float.floatToFloat16(largestScale / MOST_6_BITS);
      short dmin = Float.floatToFloat16(largestMinimum / MOST_6_BITS);
      int[] scale = sixBits(scales, largestScale);
      int[] minimum = sixBits(minima, largestMinimum);
      out.putShort(d).putShort(dmin);
      for (int i = 0; i < 4; i++) {
        out.put((byte) (scale[i] | scale[i + 4] >> 4 << 6));
      }
      for (int i = 0; i < 4; i++) {
        out.put((byte) (minimum[i] | minimum[i + 4] >> 4 << 6));
      }
      for (int i = 0; i < 4; i++) {
        out.put((byte) (scale[i + 4] & 15 | (minimum[i + 4] & 15) << 4));
      }
      for (int pair = 0; pair < parts; pair += 2) {
        for (int i = 0; i < BLOCK; i++) {
          int low = fourBits(values[at + pair * BLOCK + i], d, scale[pair], dmin, minimum[pair]);
          int high = fourBits(values[at + (pair + 1) * BLOCK + i], d, scale[pair + 1], dmin, minimum[pair + 1]);
          out.put((byte) (low | high << 4));
        }
      }
    }
  }

  private static int[] sixBits(float[] values, float largest) {
    float inverse = largest == 0 ? 0 : MOST_6_BITS / largest;
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Math.clamp(Math.round(values[i] * inverse), 0, MOST_6_BITS);
    }
    return bits;
  }

  private static int fourBits(float value, short d, int scale, short dmin, int minimum) {
    float inverse = inverse(Float.float16ToFloat(d) * scale);
    return Math.clamp(Math.round((value + Float.float16ToFloat(dmin) * minimum) * inverse), 0, 15);
  }
}
