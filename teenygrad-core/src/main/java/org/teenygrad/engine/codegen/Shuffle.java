package org.teenygrad.engine.codegen;

import org.teenygrad.DType;

/// Values of other threads of a warp. All of its threads must come there.
final class Shuffle {
  private Shuffle() {}

  /// That of the thread whose number differs in the bits of a mask.
  static String across(Ir ir, DType dtype, String value, int mask) {
    return shuffled(ir, "bfly", dtype, value, mask, Threads.WARP - 1);
  }

  /// That of the thread so many before; the first threads get their own.
  static String before(Ir ir, DType dtype, String value, int distance) {
    return shuffled(ir, "up", dtype, value, distance, 0);
  }

  /// That of one thread.
  static String of(Ir ir, DType dtype, String value, int lane) {
    return shuffled(ir, "idx", dtype, value, lane, Threads.WARP - 1);
  }

  private static String shuffled(Ir ir, String mode, DType dtype, String value, int lane, int clamp) {
    String type = Ir.type(dtype, 1);
    return switch (type) {
      case "i32" -> word(ir, mode, value, lane, clamp);
      case "float" -> ir.value("bitcast i32 " + word(ir, mode, ir.value("bitcast float " + value + " to i32"), lane, clamp) + " to float");
      case "double" -> ir.value("bitcast i64 " + pair(ir, mode, ir.value("bitcast double " + value + " to i64"), lane, clamp) + " to double");
      case "i64" -> pair(ir, mode, value, lane, clamp);
      default -> ir.value("trunc i32 " + word(ir, mode, ir.value("zext " + type + " " + value + " to i32"), lane, clamp) + " to " + type);
    };
  }

  private static String word(Ir ir, String mode, String value, int lane, int clamp) {
    ir.declare("declare i32 @llvm.nvvm.shfl.sync." + mode + ".i32(i32, i32, i32, i32)");
    return ir.value("call i32 @llvm.nvvm.shfl.sync." + mode + ".i32(i32 -1, i32 " + value + ", i32 " + lane + ", i32 " + clamp + ")");
  }

  private static String pair(Ir ir, String mode, String value, int lane, int clamp) {
    String words = ir.value("bitcast i64 " + value + " to <2 x i32>");
    String result = "poison";
    for (int i = 0; i < 2; i++) {
      String word = word(ir, mode, ir.value("extractelement <2 x i32> " + words + ", i64 " + i), lane, clamp);
      result = ir.value("insertelement <2 x i32> " + result + ", i32 " + word + ", i64 " + i);
    }
    return ir.value("bitcast <2 x i32> " + result + " to i64");
  }
}
