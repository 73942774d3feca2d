package org.teenygrad.engine.codegen;

import org.teenygrad.engine.runtime.Target;

/// How a processor adds products of four bytes to each of a vector of int32: those of one factor are unsigned, those of the other
/// signed. All ways give the same integers.
record ByteProducts(Ir ir, Target.Bytes bytes, int lanes) {
  private static final int BITS = 8;
  private static final int WORD_BITS = 32;

  /// @param sums int32
  /// @param unsigned words of four bytes
  /// @param signed words of four bytes
  String add(String sums, String unsigned, String signed) {
    return bytes == Target.Bytes.DOT_PRODUCTS ? dotProducts(sums, unsigned, signed) : widened(sums, unsigned, signed);
  }

  /// AVX-512's and AVX's `vpdpbusd` (Intel, "Software Developer's Manual" vol. 2, VPDPBUSD).
  private String dotProducts(String sums, String unsigned, String signed) {
    String type = Ir.vector("i32", lanes);
    String name = "@llvm.x86.avx512.vpdpbusd." + lanes * WORD_BITS;
    ir.declare("declare " + type + " " + name + "(" + type + ", " + type + ", " + type + ")");
    return ir.value("call " + type + " " + name + "(" + type + " " + sums + ", " + type + " " + unsigned + ", " + type + " " + signed + ")");
  }

  /// One byte after the other as int32.
  private String widened(String sums, String unsigned, String signed) {
    String type = Ir.vector("i32", lanes);
    String result = sums;
    for (int bit = 0; bit < WORD_BITS; bit += BITS) {
      String a = ir.value("and " + type + " " + ir.value("lshr " + type + " " + unsigned + ", splat (i32 " + bit + ")") + ", splat (i32 255)");
      String b = ir.value("ashr " + type + " " + ir.value("shl " + type + " " + signed + ", splat (i32 " + (WORD_BITS - BITS - bit) + ")") + ", splat (i32 " + (WORD_BITS - BITS) + ")");
      result = ir.value("add " + type + " " + result + ", " + ir.value("mul " + type + " " + a + ", " + b));
    }
    return result;
  }
}
