package org.teenygrad.engine.codegen;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.Float8;

/// The code that makes floats of 8 bits of float32, and float32 of them, by integer operations that all targets have.
record Float8Code(Ir ir, Float8 format, int lanes) {
  private static final int FRACTION_BITS = 23;
  private static final int BIAS = 127;

  /// Float32 as it is stored, rounded as [Float8] says.
  String toMemory(String value) {
    String bits = ir.value("bitcast " + floats() + " " + value + " to " + ints());
    String magnitude = binary("and", bits, 0x7FFFFFFF);
    // The sum's last bit is the smallest step of the format: the addition rounds to it.
    double magic = Math.scalb(format.step(), FRACTION_BITS);
    String sum = ir.value("fadd " + floats() + " " + ir.value("bitcast " + ints() + " " + magnitude + " to " + floats()) + ", " + Ir.constant(DType.FLOAT32, magic, lanes));
    String small = binary("sub", ir.value("bitcast " + floats() + " " + sum + " to " + ints()), Float.floatToRawIntBits((float) magic));
    int dropped = FRACTION_BITS - format.fractionBits();
    String odd = binary("and", binary("lshr", magnitude, dropped), 1);
    String half = binary("add", ir.value("add " + ints() + " " + magnitude + ", " + odd), (1 << dropped - 1) - 1 - (BIAS - format.bias() << FRACTION_BITS));
    String normal = select("ult", magnitude, format.smallestNormal(), small, binary("lshr", half, dropped));
    String finite = select("uge", magnitude, format.limit(), number(format.overflow()), normal);
    String code = select("ugt", magnitude, Double.POSITIVE_INFINITY, number(Float8.NAN), finite);
    String sign = binary("and", binary("lshr", bits, 24), 0x80);
    return ir.value("trunc " + ints() + " " + ir.value("or " + ints() + " " + sign + ", " + code) + " to " + Ir.vector("i8", lanes));
  }

  /// Stored floats as float32.
  String fromMemory(String value) {
    String bits = ir.value("zext " + Ir.vector("i8", lanes) + " " + value + " to " + ints());
    String code = binary("and", bits, 0x7F);
    int dropped = FRACTION_BITS - format.fractionBits();
    String shifted = binary("shl", code, dropped);
    // Of subnormal numbers, too, the exponent is off by the difference of the biases.
    String scaled = ir.value("fmul " + floats() + " " + ir.value("bitcast " + ints() + " " + shifted + " to " + floats()) + ", "
        + Ir.constant(DType.FLOAT32, Math.scalb(1.0, BIAS - format.bias()), lanes));
    String finite = ir.value("bitcast " + floats() + " " + scaled + " to " + ints());
    String isNan = ir.value("icmp ugt " + ints() + " " + code + ", " + number(format.overflow()));
    String special = !format.hasInfinity() ? finite : choose("icmp eq " + ints() + " " + code + ", " + number(format.overflow()), number(0x7F800000), finite);
    String magnitude = ir.value("select " + Ir.type(DType.BOOL, lanes) + " " + isNan + ", " + ints() + " " + number(0x7FC00000) + ", " + ints() + " " + special);
    String sign = binary("shl", binary("and", bits, 0x80), 24);
    return ir.value("bitcast " + ints() + " " + ir.value("or " + ints() + " " + sign + ", " + magnitude) + " to " + floats());
  }

  private String ints() {
    return Ir.type(DType.INT32, lanes);
  }

  private String floats() {
    return Ir.type(DType.FLOAT32, lanes);
  }

  private String number(int value) {
    return Ir.constant(DType.INT32, (long) value, lanes);
  }

  private String binary(String operation, String a, int b) {
    return ir.value(operation + " " + ints() + " " + a + ", " + number(b));
  }

  private String choose(String condition, String a, String b) {
    return ir.value("select " + Ir.type(DType.BOOL, lanes) + " " + ir.value(condition) + ", " + ints() + " " + a + ", " + ints() + " " + b);
  }

  /// One of two by comparing magnitudes, whose bits are in the order of the numbers.
  private String select(String comparison, String magnitude, double bound, String a, String b) {
    return choose("icmp " + comparison + " " + ints() + " " + magnitude + ", " + number(Float.floatToRawIntBits((float) bound)), a, b);
  }
}
