package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// What an instruction without memory computes, lane by lane, of bits: found by its name once, when a module is read.
final class Arithmetic {
  private Arithmetic() {}

  /// A lane of the value, of a lane of each operand.
  interface Lane {
    long of(long a, long b, long c);
  }

  static Step step(String name, Type type, Type more, Operand result, Operand[] operands) {
    int to = result.place();
    int a = operands[0].place();
    int lanes = operands[0].type().lanes();
    switch (name) {
      case "bitcast" -> {
        return bitcast(type, more, a, to);
      }
      case "insertelement" -> {
        int value = operands[1].place();
        int index = operands[2].place();
        return thread -> {
          System.arraycopy(thread.registers, a, thread.registers, to, lanes);
          thread.registers[to + (int) thread.registers[index]] = thread.registers[value];
        };
      }
      case "extractelement" -> {
        int index = operands[1].place();
        return thread -> thread.registers[to] = thread.registers[a + (int) thread.registers[index]];
      }
      case "shufflevector" -> {
        int b = operands[1].place();
        int mask = operands[2].place();
        return thread -> {
          for (int i = 0; i < result.type().lanes(); i++) {
            int from = (int) thread.registers[mask + i];
            thread.registers[to + i] = thread.registers[from < lanes ? a + from : b + from - lanes];
          }
        };
      }
      case "select" -> {
        int yes = operands[1].place();
        int no = operands[2].place();
        return thread -> {
          for (int i = 0; i < result.type().lanes(); i++) {
            thread.registers[to + i] = thread.registers[lanes == 1 ? a : a + i] != 0 ? thread.registers[yes + i] : thread.registers[no + i];
          }
        };
      }
      default -> {
        Step step = lanes == 1 && operands.length == 2 ? address(name, type.mask(), a, operands[1].place(), to) : null;
        return step != null ? step : lanes(lane(name, type, more), lanes, to, operands);
      }
    }
  }

  /// What most instructions are, which compute addresses, without a call for each lane; null for others.
  private static @Nullable Step address(String name, long mask, int a, int b, int to) {
    return switch (name) {
      case "add" -> thread -> thread.registers[to] = thread.registers[a] + thread.registers[b] & mask;
      case "mul" -> thread -> thread.registers[to] = thread.registers[a] * thread.registers[b] & mask;
      case "and" -> thread -> thread.registers[to] = thread.registers[a] & thread.registers[b];
      case "or" -> thread -> thread.registers[to] = thread.registers[a] | thread.registers[b];
      case "xor" -> thread -> thread.registers[to] = thread.registers[a] ^ thread.registers[b];
      case "lshr" -> thread -> thread.registers[to] = thread.registers[a] >>> thread.registers[b];
      default -> null;
    };
  }

  private static Step lanes(Lane lane, int lanes, int to, Operand[] operands) {
    int a = operands[0].place();
    int b = operands.length > 1 ? operands[1].place() : a;
    int c = operands.length > 2 ? operands[2].place() : a;
    if (lanes == 1) {
      return thread -> thread.registers[to] = lane.of(thread.registers[a], thread.registers[b], thread.registers[c]);
    }
    boolean several = operands.length > 1 && operands[1].type().lanes() == lanes;
    return thread -> {
      for (int i = 0; i < lanes; i++) {
        thread.registers[to + i] = lane.of(thread.registers[a + i], thread.registers[several ? b + i : b], thread.registers[several ? c + i : c]);
      }
    };
  }

  private static Step bitcast(Type from, Type to, int a, int result) {
    if (from.bits() == to.bits()) {
      return thread -> System.arraycopy(thread.registers, a, thread.registers, result, to.lanes());
    }
    return thread -> {
      Arrays.fill(thread.registers, result, result + to.lanes(), 0);
      int part = Math.min(from.bits(), to.bits());
      for (int bit = 0; bit < to.lanes() * to.bits(); bit += part) {
        long bits = thread.registers[a + bit / from.bits()] >>> bit % from.bits() & (1L << part) - 1;
        thread.registers[result + bit / to.bits()] |= bits << bit % to.bits();
      }
    };
  }

  private static Lane lane(String name, Type type, Type to) {
    long mask = type.mask();
    Floating format = Floating.of(type.scalar());
    Floating result = Floating.of(to.scalar());
    return switch (name) {
      case "add" -> (a, b, c) -> a + b & mask;
      case "sub" -> (a, b, c) -> a - b & mask;
      case "mul" -> (a, b, c) -> a * b & mask;
      case "udiv" -> (a, b, c) -> Long.divideUnsigned(a, b) & mask;
      case "urem" -> (a, b, c) -> Long.remainderUnsigned(a, b) & mask;
      case "sdiv" -> (a, b, c) -> type.signed(a) / type.signed(b) & mask;
      case "srem" -> (a, b, c) -> type.signed(a) % type.signed(b) & mask;
      case "and" -> (a, b, c) -> a & b;
      case "or" -> (a, b, c) -> a | b;
      case "xor" -> (a, b, c) -> a ^ b;
      case "shl" -> (a, b, c) -> a << b & mask;
      case "lshr" -> (a, b, c) -> a >>> b;
      case "ashr" -> (a, b, c) -> type.signed(a) >> b & mask;
      case "zext" -> (a, b, c) -> a;
      case "sext" -> (a, b, c) -> type.signed(a) & to.mask();
      case "trunc" -> (a, b, c) -> a & to.mask();
      case "fpext", "fptrunc" -> (a, b, c) -> result.bits(format.value(a));
      case "sitofp" -> result == Floating.FLOAT ? (a, b, c) -> Float.floatToRawIntBits((float) type.signed(a)) & 0xFFFFFFFFL : (a, b, c) -> result.bits((double) type.signed(a));
      case "uitofp" -> (a, b, c) -> result.bits((double) a);
      case "fptosi", "fptoui" -> (a, b, c) -> (long) format.value(a) & to.mask();
      case "fadd" -> of(format, (a, b) -> a + b);
      case "fsub" -> of(format, (a, b) -> a - b);
      case "fmul" -> of(format, (a, b) -> a * b);
      case "fdiv" -> of(format, (a, b) -> a / b);
      case "fneg" -> (a, b, c) -> a ^ 1L << type.bits() - 1;
      case "ptrtoint" -> (a, b, c) -> a & to.mask();
      default -> name.startsWith("@") ? intrinsic(name, type, to) : comparison(name, type, to);
    };
  }

  private static Lane of(Floating format, DoubleUnaryOperator function) {
    return (a, b, c) -> format.bits(function.applyAsDouble(format.value(a)));
  }

  private static Lane of(Floating format, DoubleBinaryOperator function) {
    return (a, b, c) -> format.bits(function.applyAsDouble(format.value(a), format.value(b)));
  }

  /// Comparisons, whose names have a second word, and what is written as PTX.
  private static Lane comparison(String name, Type type, Type to) {
    Floating format = Floating.of(type.scalar());
    if (name.startsWith("icmp")) {
      return compare(name.substring(5), type);
    }
    if (name.startsWith("fcmp")) {
      return compareFloats(name.substring(5), format);
    }
    if (name.startsWith("asm ex2")) {
      return of(format, a -> Math.pow(2, a));
    }
    if (name.startsWith("asm mov.b64")) {
      return (a, b, c) -> a;
    }
    if (name.startsWith("asm tanh")) {
      return of(format, Math::tanh);
    }
    if (name.startsWith("asm cvt.rn.bf16x2") || name.startsWith("asm cvt.rn.f16x2")) {
      Floating half = name.contains("bf16") ? Floating.BFLOAT : Floating.HALF;
      Floating from = Floating.of(to.scalar());
      return (a, b, c) -> half.bits(from.value(b)) << 16 | half.bits(from.value(a));
    }
    throw new IllegalArgumentException("no meaning is known of " + name);
  }

  private static Lane intrinsic(String name, Type type, Type from) {
    Floating format = Floating.of(type.scalar());
    if (name.startsWith("@llvm.fptosi.sat")) {
      long largest = type.mask() >>> 1;
      return (a, b, c) -> Math.clamp((long) Floating.of(from.scalar()).value(a), -largest - 1, largest) & type.mask();
    }
    String operation = name.substring(0, name.lastIndexOf('.'));
    return switch (operation) {
      case "@llvm.smax" -> (a, b, c) -> type.signed(a) > type.signed(b) ? a : b;
      case "@llvm.smin" -> (a, b, c) -> type.signed(a) < type.signed(b) ? a : b;
      case "@llvm.umax" -> (a, b, c) -> Long.compareUnsigned(a, b) > 0 ? a : b;
      case "@llvm.umin" -> (a, b, c) -> Long.compareUnsigned(a, b) < 0 ? a : b;
      case "@llvm.abs" -> (a, b, c) -> Math.abs(type.signed(a)) & type.mask();
      case "@llvm.ctpop" -> (a, b, c) -> Long.bitCount(a);
      case "@llvm.cttz" -> (a, b, c) -> Math.min(type.bits(), Long.numberOfTrailingZeros(a));
      case "@llvm.maximum" -> of(format, Math::max);
      case "@llvm.minimum" -> of(format, Math::min);
      case "@llvm.fma" -> format == Floating.DOUBLE ? (a, b, c) -> format.bits(Math.fma(format.value(a), format.value(b), format.value(c)))
          : (a, b, c) -> Float.floatToRawIntBits(Math.fma((float) format.value(a), (float) format.value(b), (float) format.value(c))) & 0xFFFFFFFFL;
      case "@llvm.fabs" -> of(format, Math::abs);
      case "@llvm.nvvm.lg2.approx" -> of(format, a -> Math.log(a) / Math.log(2));
      case "@llvm.nvvm.f2tf32" -> (a, b, c) -> a + 0x1000 & 0xFFFFE000L;
      case "@llvm.sqrt" -> of(format, Math::sqrt);
      case "@llvm.floor" -> of(format, Math::floor);
      case "@llvm.ceil" -> of(format, Math::ceil);
      case "@llvm.roundeven" -> of(format, Math::rint);
      case "@llvm.trunc" -> of(format, a -> a < 0 ? Math.ceil(a) : Math.floor(a));
      default -> throw new IllegalArgumentException("no meaning is known of " + name);
    };
  }

  private static Lane compare(String predicate, Type type) {
    return switch (predicate) {
      case "eq" -> (a, b, c) -> a == b ? 1 : 0;
      case "ne" -> (a, b, c) -> a != b ? 1 : 0;
      case "slt" -> (a, b, c) -> type.signed(a) < type.signed(b) ? 1 : 0;
      case "sle" -> (a, b, c) -> type.signed(a) <= type.signed(b) ? 1 : 0;
      case "sgt" -> (a, b, c) -> type.signed(a) > type.signed(b) ? 1 : 0;
      case "sge" -> (a, b, c) -> type.signed(a) >= type.signed(b) ? 1 : 0;
      case "ult" -> (a, b, c) -> Long.compareUnsigned(a, b) < 0 ? 1 : 0;
      case "ule" -> (a, b, c) -> Long.compareUnsigned(a, b) <= 0 ? 1 : 0;
      case "ugt" -> (a, b, c) -> Long.compareUnsigned(a, b) > 0 ? 1 : 0;
      case "uge" -> (a, b, c) -> Long.compareUnsigned(a, b) >= 0 ? 1 : 0;
      default -> throw new IllegalArgumentException("no meaning is known of icmp " + predicate);
    };
  }

  /// Whether two numbers compare so.
  private interface Order {
    boolean holds(double a, double b);
  }

  private static Lane compareFloats(String predicate, Floating format) {
    Order order = switch (predicate) {
      case "oeq" -> (a, b) -> a == b;
      case "une" -> (a, b) -> a != b;
      case "olt" -> (a, b) -> a < b;
      case "ole" -> (a, b) -> a <= b;
      case "ogt" -> (a, b) -> a > b;
      case "oge" -> (a, b) -> a >= b;
      case "uno" -> (a, b) -> Double.isNaN(a) || Double.isNaN(b);
      case "ord" -> (a, b) -> !Double.isNaN(a) && !Double.isNaN(b);
      default -> throw new IllegalArgumentException("no meaning is known of fcmp " + predicate);
    };
    return (a, b, c) -> order.holds(format.value(a), format.value(b)) ? 1 : 0;
  }
}
