package org.teenygrad.engine.codegen;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;

/// What is known of integers that are computed from loop counters, bytes and constants.
final class IntegerBounds {
  private static final long MOST_OF_BYTE = 255;

  /// Operations that are looked through, one below the other: those of a few bits of a byte.
  private static final int MOST_STEPS = 8;

  private IntegerBounds() {}

  /// What an integer is at most that is 0 at least; Long.MAX_VALUE where that is not known.
  static long most(OpNode node) {
    return most(node, MOST_STEPS);
  }

  private static long most(OpNode node, int steps) {
    long most = steps == 0 ? Long.MAX_VALUE : unwrapped(node, steps - 1);
    return most <= largest(node.dtype()) ? most : Long.MAX_VALUE;
  }

  private static long unwrapped(OpNode node, int steps) {
    return switch (node.op()) {
      case CONST -> node.payload() instanceof Long value && value >= 0 ? value : Long.MAX_VALUE;
      case RANGE -> node.payload(Range.class).size() - 1;
      case LOAD -> node.dtype() == DType.UINT8 ? MOST_OF_BYTE : Long.MAX_VALUE;
      case CAST -> node.input(0).dtype().isFloating() ? Long.MAX_VALUE : most(node.input(0), steps);
      case AND -> Math.min(most(node.input(0), steps), most(node.input(1), steps));
      case OR -> filled(Math.max(most(node.input(0), steps), most(node.input(1), steps)));
      case SHR -> most(node.input(0), steps);
      case SHL -> shifted(most(node.input(0), steps), most(node.input(1), steps));
      case ADD -> sum(most(node.input(0), steps), most(node.input(1), steps));
      case MUL -> product(most(node.input(0), steps), most(node.input(1), steps));
      default -> Long.MAX_VALUE;
    };
  }

  private static long largest(DType dtype) {
    return switch (dtype) {
      case UINT8 -> MOST_OF_BYTE;
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case INT64 -> Long.MAX_VALUE;
      default -> -1;
    };
  }

  private static long shifted(long most, long by) {
    return most <= MOST_OF_BYTE && by < Integer.SIZE ? most << by : Long.MAX_VALUE;
  }

  private static long sum(long a, long b) {
    return a <= Integer.MAX_VALUE && b <= Integer.MAX_VALUE ? a + b : Long.MAX_VALUE;
  }

  private static long product(long a, long b) {
    return a <= Integer.MAX_VALUE && b <= Integer.MAX_VALUE ? a * b : Long.MAX_VALUE;
  }

  /// The most that has no more bits.
  private static long filled(long most) {
    return most == 0 || most == Long.MAX_VALUE ? most : (Long.highestOneBit(most) << 1) - 1;
  }
}
