package org.teenygrad.state;

/// Dequantises one block with plain loops, as ggml's `dequantize_row_*` describe the layouts.
final class BlockReference {
  private BlockReference() {}

  static int code(GgmlType type) {
    return switch (type) {
      case Q4_0 -> 2;
      case Q4_1 -> 3;
      case Q5_0 -> 6;
      case Q5_1 -> 7;
      case Q8_0 -> 8;
      case Q2_K -> 10;
      case Q3_K -> 11;
      case Q4_K -> 12;
      case Q5_K -> 13;
      case Q6_K -> 14;
      default -> throw new IllegalArgumentException(type.name());
    };
  }

  /// Where a block has its float16s.
  static int[] halves(GgmlType type) {
    return switch (type) {
      case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
      case Q2_K -> new int[] {80, 82};
      case Q3_K -> new int[] {108};
      case Q6_K -> new int[] {208};
      default -> new int[] {0};
    };
  }

  static float[] read(GgmlType type, byte[] data, int at) {
    float[] y = new float[type.blockElements];
    int[] halves = halves(type);
    float d = half(data, at + halves[0]);
    float m = halves.length > 1 ? half(data, at + halves[1]) : 0;
    for (int i = 0; i < y.length; i++) {
      y[i] = switch (type) {
        case Q4_0 -> (nibble(data, at + 2, i) - 8) * d;
        case Q4_1 -> nibble(data, at + 4, i) * d + m;
        case Q5_0 -> (nibble(data, at + 6, i) + 16 * bit(data, at + 2, i) - 16) * d;
        case Q5_1 -> (nibble(data, at + 8, i) + 16 * bit(data, at + 4, i)) * d + m;
        case Q8_0 -> data[at + 2 + i] * d;
        case Q2_K -> {
          int scale = data[at + i / 16] & 255;
          yield d * (scale & 15) * (data[at + 16 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3) - m * (scale >> 4);
        }
        case Q3_K -> {
          int q = data[at + 32 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
          int high = data[at + i % 32] >> i / 32 & 1;
          yield d * (scale3(data, at + 96, i / 16) - 32) * (q - (high == 1 ? 0 : 4));
        }
        case Q4_K -> {
          int q = (data[at + 16 + i / 64 * 32 + i % 32] & 255) >> i % 64 / 32 * 4 & 15;
          yield d * scale6(data, at + 4, i / 32) * q - m * minimum6(data, at + 4, i / 32);
        }
        case Q5_K -> {
          int q = (data[at + 48 + i / 64 * 32 + i % 32] & 255) >> i % 64 / 32 * 4 & 15;
          q += 16 * (data[at + 16 + i % 32] >> i / 32 & 1);
          yield d * scale6(data, at + 4, i / 32) * q - m * minimum6(data, at + 4, i / 32);
        }
        case Q6_K -> {
          int part = i % 128 / 32;
          int q = (data[at + i / 128 * 64 + part % 2 * 32 + i % 32] & 255) >> part / 2 * 4 & 15;
          q |= (data[at + 128 + i / 128 * 32 + i % 32] >> part * 2 & 3) << 4;
          yield d * data[at + 192 + i / 16] * (q - 32);
        }
        default -> throw new IllegalArgumentException(type.name());
      };
    }
    return y;
  }

  private static float half(byte[] data, int at) {
    return Float.float16ToFloat((short) (data[at] & 255 | data[at + 1] << 8));
  }

  private static int nibble(byte[] data, int at, int i) {
    return (data[at + i % 16] & 255) >> i / 16 * 4 & 15;
  }

  private static int bit(byte[] data, int at, int i) {
    return data[at + i / 8] >> i % 8 & 1;
  }

  private static int scale3(byte[] data, int at, int i) {
    int low = (data[at + i % 8] & 255) >> i / 8 * 4 & 15;
    return low | (data[at + 8 + i % 4] >> i / 4 * 2 & 3) << 4;
  }

  private static int scale6(byte[] data, int at, int i) {
    return i < 4 ? data[at + i] & 63 : data[at + i + 4] & 15 | (data[at + i - 4] & 255) >> 6 << 4;
  }

  private static int minimum6(byte[] data, int at, int i) {
    return i < 4 ? data[at + i + 4] & 63 : (data[at + i + 4] & 255) >> 4 | (data[at + i] & 255) >> 6 << 4;
  }
}
