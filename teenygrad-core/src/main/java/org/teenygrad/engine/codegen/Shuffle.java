package org.teenygrad.engine.codegen;

import org.teenygrad.DType;

/// Values of other threads of a warp. All of its threads must come there.
final class Shuffle {
  private Shuffle() {}

  /// That of the thread whose number differs in the bits of a mask.
  static String across(Ir ir, DType dtype, String value, int mask) {
    return shuffled(ir, GpuDialect.Exchange.BUTTERFLY, dtype, value, mask);
  }

  /// That of the thread so many before; the first threads get their own.
  static String before(Ir ir, DType dtype, String value, int distance) {
    return shuffled(ir, GpuDialect.Exchange.UP, dtype, value, distance);
  }

  /// That of one thread.
  static String of(Ir ir, DType dtype, String value, int lane) {
    return shuffled(ir, GpuDialect.Exchange.INDEXED, dtype, value, lane);
  }

  private static String shuffled(Ir ir, GpuDialect.Exchange mode, DType dtype, String value, int lane) {
    String type = Ir.type(dtype, 1);
    return switch (type) {
      case "i32" -> ir.gpu().exchange(mode, value, lane);
      case "float" -> ir.value("bitcast i32 " + ir.gpu().exchange(mode, ir.value("bitcast float " + value + " to i32"), lane) + " to float");
      case "double" -> ir.value("bitcast i64 " + pair(ir, mode, ir.value("bitcast double " + value + " to i64"), lane) + " to double");
      case "i64" -> pair(ir, mode, value, lane);
      default -> ir.value("trunc i32 " + ir.gpu().exchange(mode, ir.value("zext " + type + " " + value + " to i32"), lane) + " to " + type);
    };
  }

  private static String pair(Ir ir, GpuDialect.Exchange mode, String value, int lane) {
    String words = ir.value("bitcast i64 " + value + " to <2 x i32>");
    String result = "poison";
    for (int i = 0; i < 2; i++) {
      String word = ir.gpu().exchange(mode, ir.value("extractelement <2 x i32> " + words + ", i64 " + i), lane);
      result = ir.value("insertelement <2 x i32> " + result + ", i32 " + word + ", i64 " + i);
    }
    return ir.value("bitcast <2 x i32> " + result + " to i64");
  }
}
