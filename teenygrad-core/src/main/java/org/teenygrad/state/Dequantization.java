package org.teenygrad.state;

import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// The numbers that llama.cpp's quantised blocks stand for, as expressions of their bytes, so that they are computed
/// inside the kernel that uses them.
///
/// A block has small integers of a few bits, and float16 factors; in the K formats also factors of its parts, which
/// are small integers, too. Every method takes blocks, uint8 (blocks, bytes), and returns float32 (blocks, elements).
/// The layouts are those of the `block_*` structures of ggml.
final class Dequantization {
  private Dequantization() {}

  /// Half d, 32 numbers of 4 bits less 8.
  static Tensor q40(Tensor blocks) {
    return numbers(nibbles(blocks, 2)).sub(8).mul(half(blocks, 0));
  }

  /// Halves d and m, 32 numbers of 4 bits.
  static Tensor q41(Tensor blocks) {
    return numbers(nibbles(blocks, 4)).mul(half(blocks, 0)).add(half(blocks, 2));
  }

  /// Half d, 32 fifth bits, 32 numbers of 4 bits; less 16.
  static Tensor q50(Tensor blocks) {
    return numbers(nibbles(blocks, 6).or(fifths(blocks, 2))).sub(16).mul(half(blocks, 0));
  }

  /// Halves d and m, 32 fifth bits, 32 numbers of 4 bits.
  static Tensor q51(Tensor blocks) {
    return numbers(nibbles(blocks, 8).or(fifths(blocks, 4))).mul(half(blocks, 0)).add(half(blocks, 2));
  }

  /// Half d, 32 signed bytes.
  static Tensor q80(Tensor blocks) {
    return numbers(part(blocks, 2, 32).bitcast(DType.INT8)).mul(half(blocks, 0));
  }

  /// 16 pairs of 4-bit scale and minimum, 256 numbers of 2 bits, halves d and dmin.
  static Tensor q2k(Tensor blocks) {
    int n = blocks.size(0);
    Tensor scales = part(blocks, 0, 16);
    Tensor q = numbers(bits(part(blocks, 16, 64).reshape(n, 2, 1, 32), 4, 2)).reshape(n, 16, 16);
    Tensor d = half(blocks, 80).mul(numbers(scales.and(15))).unsqueeze(2);
    Tensor minimum = half(blocks, 82).mul(numbers(scales.shiftRight(4))).unsqueeze(2);
    return d.mul(q).sub(minimum).reshape(n, 256);
  }

  /// 256 third bits, 256 numbers of 2 bits, 16 scales of 6 bits, half d.
  static Tensor q3k(Tensor blocks) {
    int n = blocks.size(0);
    Tensor low = bits(part(blocks, 32, 64).reshape(n, 2, 1, 32), 4, 2).reshape(n, 256);
    Tensor high = bits(part(blocks, 0, 32).reshape(n, 1, 32), 8, 1).reshape(n, 256);
    Tensor q = numbers(low.or(high.shiftLeft(2))).sub(4).reshape(n, 16, 16);
    Tensor scaleLow = bits(part(blocks, 96, 8).reshape(n, 1, 8), 2, 4).reshape(n, 16);
    Tensor scaleHigh = bits(part(blocks, 104, 4).reshape(n, 1, 4), 4, 2).reshape(n, 16);
    Tensor scales = numbers(scaleLow.or(scaleHigh.shiftLeft(4))).sub(32);
    return half(blocks, 108).mul(scales).unsqueeze(2).mul(q).reshape(n, 256);
  }

  /// Halves d and dmin, 8 pairs of 6-bit scale and minimum, 256 numbers of 4 bits.
  static Tensor q4k(Tensor blocks) {
    Tensor low = bits(part(blocks, 16, 128).reshape(blocks.size(0), 4, 1, 32), 2, 4);
    return scaledBy6Bits(blocks, numbers(low));
  }

  /// Halves d and dmin, 8 pairs of 6-bit scale and minimum, 256 fifth bits, 256 numbers of 4 bits.
  static Tensor q5k(Tensor blocks) {
    int n = blocks.size(0);
    Tensor low = bits(part(blocks, 48, 128).reshape(n, 4, 1, 32), 2, 4).reshape(n, 256);
    Tensor high = bits(part(blocks, 16, 32).reshape(n, 1, 32), 8, 1).reshape(n, 256);
    return scaledBy6Bits(blocks, numbers(low.or(high.shiftLeft(4))));
  }

  /// 256 numbers of 4 bits, 256 times 2 bits above them, 16 signed bytes as scales, half d; less 32.
  static Tensor q6k(Tensor blocks) {
    int n = blocks.size(0);
    Tensor low = bits(part(blocks, 0, 128).reshape(n, 2, 1, 64), 2, 4).reshape(n, 256);
    Tensor high = bits(part(blocks, 128, 64).reshape(n, 2, 1, 32), 4, 2).reshape(n, 256);
    Tensor q = numbers(low.or(high.shiftLeft(4))).sub(32).reshape(n, 16, 16);
    Tensor scales = numbers(part(blocks, 192, 16).bitcast(DType.INT8));
    return half(blocks, 208).mul(scales).unsqueeze(2).mul(q).reshape(n, 256);
  }

  /// d * scale * q - dmin * minimum, for eight parts of 32; the last four of each have two bits with the first four's.
  private static Tensor scaledBy6Bits(Tensor blocks, Tensor q) {
    int n = blocks.size(0);
    Tensor first = part(blocks, 4, 4).unsqueeze(1);
    Tensor second = part(blocks, 8, 4).unsqueeze(1);
    Tensor third = part(blocks, 12, 4).unsqueeze(1);
    Tensor isFirst = Tensor.arange(2).lt(1).unsqueeze(1); // where, not cat: both sides are read without asking
    Tensor scales = isFirst.where(first.and(63), third.and(15).or(first.shiftRight(6).shiftLeft(4))).reshape(n, 8);
    Tensor minima = isFirst.where(second.and(63), third.shiftRight(4).or(second.shiftRight(6).shiftLeft(4))).reshape(n, 8);
    Tensor d = half(blocks, 0).mul(numbers(scales)).unsqueeze(2);
    Tensor minimum = half(blocks, 2).mul(numbers(minima)).unsqueeze(2);
    return d.mul(q.reshape(n, 8, 32)).sub(minimum).reshape(n, 256);
  }

  /// 32 numbers of 4 bits in 16 bytes: the low halves, then the high ones.
  private static Tensor nibbles(Tensor blocks, int from) {
    int n = blocks.size(0);
    return bits(part(blocks, from, 16).reshape(n, 1, 16), 2, 4).reshape(n, 32);
  }

  /// 32 bits in four bytes, each worth 16.
  private static Tensor fifths(Tensor blocks, int from) {
    int n = blocks.size(0);
    return bits(part(blocks, from, 4).reshape(n, 4, 1), 8, 1).shiftLeft(4).reshape(n, 32);
  }

  /// The numbers of so many bits in bytes (..., 1, n), those of the lowest bits first: (..., count, n), or with n = 1
  /// before the last axis (..., count). In int32, since processors do not shift vectors of bytes.
  private static Tensor bits(Tensor bytes, int count, int width) {
    int axes = bytes.rank();
    Tensor shifts = Tensor.arange(count, DType.INT32).mul(width);
    boolean perByte = bytes.size(axes - 1) == 1;
    return bytes.cast(DType.INT32).shiftRight(perByte ? shifts : shifts.unsqueeze(1)).and((1 << width) - 1);
  }

  /// A float16 as float32 (blocks, 1).
  private static Tensor half(Tensor blocks, int at) {
    Tensor low = part(blocks, at, 1).cast(DType.INT16);
    Tensor high = part(blocks, at + 1, 1).cast(DType.INT16);
    return low.or(high.shiftLeft(8)).bitcast(DType.FLOAT16).toFloat();
  }

  private static Tensor part(Tensor blocks, int from, int bytes) {
    return blocks.slice(1, from, from + bytes);
  }

  private static Tensor numbers(Tensor integers) {
    return integers.toFloat();
  }
}
