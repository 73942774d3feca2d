package org.teenygrad.engine.runtime.cuda.simulated;

import org.teenygrad.engine.runtime.cuda.simulated.Module.Instruction;

/// What an instruction without memory computes, lane by lane, of bits.
final class Arithmetic {
  private Arithmetic() {}

  static long[] compute(Instruction instruction, long[][] operands) {
    Type type = instruction.type();
    switch (instruction.name()) {
      case "bitcast" -> {
        return bitcast(type, instruction.more(), operands[0]);
      }
      case "insertelement" -> {
        long[] lanes = operands[0].clone();
        lanes[(int) operands[2][0]] = operands[1][0];
        return lanes;
      }
      case "extractelement" -> {
        return new long[] {operands[0][(int) operands[1][0]]};
      }
      case "shufflevector" -> {
        long[] lanes = new long[operands[2].length];
        for (int i = 0; i < lanes.length; i++) {
          int from = (int) operands[2][i];
          lanes[i] = from < operands[0].length ? operands[0][from] : operands[1][from - operands[0].length];
        }
        return lanes;
      }
      case "select" -> {
        long[] lanes = operands[1].clone();
        for (int i = 0; i < lanes.length; i++) {
          lanes[i] = operands[0][operands[0].length == 1 ? 0 : i] != 0 ? operands[1][i] : operands[2][i];
        }
        return lanes;
      }
      default -> {
        long[] lanes = new long[operands[0].length];
        for (int i = 0; i < lanes.length; i++) {
          long a = operands[0][i];
          long b = operands.length > 1 && operands[1].length > i ? operands[1][i] : 0;
          long c = operands.length > 2 && operands[2].length > i ? operands[2][i] : 0;
          lanes[i] = lane(instruction, a, b, c);
        }
        return lanes;
      }
    }
  }

  private static long[] bitcast(Type from, Type to, long[] value) {
    long[] lanes = new long[to.lanes()];
    for (int bit = 0; bit < to.lanes() * to.bits(); bit++) {
      long set = value[bit / from.bits()] >>> bit % from.bits() & 1;
      lanes[bit / to.bits()] |= set << bit % to.bits();
    }
    return lanes;
  }

  private static long lane(Instruction instruction, long a, long b, long c) {
    Type type = instruction.type();
    String name = instruction.name();
    Type to = instruction.more();
    return switch (name) {
      case "add" -> a + b & type.mask();
      case "sub" -> a - b & type.mask();
      case "mul" -> a * b & type.mask();
      case "udiv" -> Long.divideUnsigned(a, b) & type.mask();
      case "urem" -> Long.remainderUnsigned(a, b) & type.mask();
      case "sdiv" -> type.signed(a) / type.signed(b) & type.mask();
      case "srem" -> type.signed(a) % type.signed(b) & type.mask();
      case "and" -> a & b;
      case "or" -> a | b;
      case "xor" -> a ^ b;
      case "shl" -> a << b & type.mask();
      case "lshr" -> a >>> b;
      case "ashr" -> type.signed(a) >> b & type.mask();
      case "zext" -> a;
      case "sext" -> type.signed(a) & to.mask();
      case "trunc" -> a & to.mask();
      case "fpext", "fptrunc" -> bits(to, floating(type, a));
      case "sitofp" -> to.scalar().equals("float") ? Float.floatToRawIntBits((float) type.signed(a)) & 0xFFFFFFFFL : bits(to, (double) type.signed(a));
      case "uitofp" -> bits(to, (double) a);
      case "fptosi", "fptoui" -> (long) floating(type, a) & to.mask();
      case "fadd" -> bits(type, floating(type, a) + floating(type, b));
      case "fsub" -> bits(type, floating(type, a) - floating(type, b));
      case "fmul" -> bits(type, floating(type, a) * floating(type, b));
      case "fdiv" -> bits(type, floating(type, a) / floating(type, b));
      case "fneg" -> a ^ 1L << type.bits() - 1;
      default -> name.startsWith("@") ? intrinsic(name, type, to, a, b, c) : comparison(name, type, to, a, b);
    };
  }

  /// Comparisons, whose names have a second word, and what is written as PTX.
  private static long comparison(String name, Type type, Type to, long a, long b) {
    if (name.startsWith("icmp")) {
      return compare(name.substring(5), type, a, b) ? 1 : 0;
    }
    if (name.startsWith("fcmp")) {
      return compareFloats(name.substring(5), floating(type, a), floating(type, b)) ? 1 : 0;
    }
    if (name.startsWith("asm ex2")) {
      return bits(type, Math.pow(2, floating(type, a)));
    }
    if (name.startsWith("asm tanh")) {
      return bits(type, Math.tanh(floating(type, a)));
    }
    if (name.startsWith("asm cvt.rn.bf16x2") || name.startsWith("asm cvt.rn.f16x2")) {
      Type half = Type.of(name.contains("bf16") ? "bfloat" : "half");
      return bits(half, floating(to, b)) << 16 | bits(half, floating(to, a));
    }
    throw new IllegalArgumentException("no meaning is known of it");
  }

  private static long intrinsic(String name, Type type, Type from, long a, long b, long c) {
    if (name.startsWith("@llvm.fptosi.sat")) {
      return (long) floating(from, a);
    }
    String operation = name.substring(0, name.lastIndexOf('.'));
    return switch (operation) {
      case "@llvm.smax" -> type.signed(a) > type.signed(b) ? a : b;
      case "@llvm.smin" -> type.signed(a) < type.signed(b) ? a : b;
      case "@llvm.umax" -> Long.compareUnsigned(a, b) > 0 ? a : b;
      case "@llvm.umin" -> Long.compareUnsigned(a, b) < 0 ? a : b;
      case "@llvm.abs" -> Math.abs(type.signed(a)) & type.mask();
      case "@llvm.ctpop" -> Long.bitCount(a);
      case "@llvm.cttz" -> Math.min(type.bits(), Long.numberOfTrailingZeros(a));
      case "@llvm.maximum" -> bits(type, Math.max(floating(type, a), floating(type, b)));
      case "@llvm.minimum" -> bits(type, Math.min(floating(type, a), floating(type, b)));
      case "@llvm.fma" -> type.scalar().equals("double") ? bits(type, Math.fma(floating(type, a), floating(type, b), floating(type, c)))
          : Float.floatToRawIntBits(Math.fma((float) floating(type, a), (float) floating(type, b), (float) floating(type, c))) & 0xFFFFFFFFL;
      case "@llvm.fabs" -> bits(type, Math.abs(floating(type, a)));
      case "@llvm.nvvm.lg2.approx" -> bits(type, Math.log(floating(type, a)) / Math.log(2));
      case "@llvm.nvvm.f2tf32" -> a + 0x1000 & 0xFFFFE000L;
      case "@llvm.sqrt" -> bits(type, Math.sqrt(floating(type, a)));
      case "@llvm.floor" -> bits(type, Math.floor(floating(type, a)));
      case "@llvm.ceil" -> bits(type, Math.ceil(floating(type, a)));
      case "@llvm.roundeven" -> bits(type, Math.rint(floating(type, a)));
      case "@llvm.trunc" -> bits(type, floating(type, a) < 0 ? Math.ceil(floating(type, a)) : Math.floor(floating(type, a)));
      default -> throw new IllegalArgumentException("no meaning is known of it");
    };
  }

  private static boolean compare(String predicate, Type type, long a, long b) {
    int order = predicate.charAt(0) == 'u' ? Long.compareUnsigned(a, b) : Long.compare(type.signed(a), type.signed(b));
    return switch (predicate) {
      case "eq" -> a == b;
      case "ne" -> a != b;
      case "slt", "ult" -> order < 0;
      case "sle", "ule" -> order <= 0;
      case "sgt", "ugt" -> order > 0;
      default -> order >= 0;
    };
  }

  private static boolean compareFloats(String predicate, double a, double b) {
    boolean unordered = Double.isNaN(a) || Double.isNaN(b);
    return switch (predicate) {
      case "oeq" -> a == b;
      case "une" -> a != b;
      case "olt" -> a < b;
      case "ole" -> a <= b;
      case "ogt" -> a > b;
      case "oge" -> a >= b;
      case "uno" -> unordered;
      case "ord" -> !unordered;
      default -> throw new IllegalArgumentException("no meaning is known of fcmp " + predicate);
    };
  }

  private static double floating(Type type, long bits) {
    return switch (type.scalar()) {
      case "double" -> Double.longBitsToDouble(bits);
      case "half" -> Float.float16ToFloat((short) bits);
      case "bfloat" -> Float.intBitsToFloat((int) bits << 16);
      default -> Float.intBitsToFloat((int) bits);
    };
  }

  private static long bits(Type type, double value) {
    return switch (type.scalar()) {
      case "double" -> Double.doubleToRawLongBits(value);
      case "half" -> Float.floatToFloat16((float) value) & 0xFFFFL;
      case "bfloat" -> {
        int single = Float.floatToRawIntBits((float) value);
        yield Float.isNaN((float) value) ? single >>> 16 | 0x40 : single + 0x7FFF + (single >>> 16 & 1) >>> 16;
      }
      default -> Float.floatToRawIntBits((float) value) & 0xFFFFFFFFL;
    };
  }
}
