package org.teenygrad.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Semantics;

/// What is known of a node's values before they are computed: bounds by interval arithmetic, and how far two right
/// devices may differ by forward error analysis.
///
/// @param lo no value is less
/// @param hi no value is greater
/// @param error how far a right value may be off
/// @param grain all values are exact multiples of 2^-grain, whatever the order of computation; -1 if they are not
record Known(double lo, double hi, double error, int grain) {
  /// Larger values than this, and larger errors, are not worth comparing.
  private static final double LARGEST = 1e4;

  private static final double LARGEST_ERROR = 0.1;

  /// Elementary functions may be off by this many units in the last place.
  private static final double FUNCTION_ULPS = 4;

  private static final double LN_2 = Math.log(2);

  static Known exact(double lo, double hi, int grain) {
    return new Known(lo, hi, 0, grain);
  }

  /// Anything of an integer type, or of bool.
  static Known any(DType dtype) {
    return exact(
        Semantics.toDouble(Semantics.identity(OpCode.MAX, dtype)), Semantics.toDouble(Semantics.identity(OpCode.MIN, dtype)), 0);
  }

  static Known constant(double value) {
    int grain = 0;
    while (grain <= 8 && value * (1 << grain) != Math.rint(value * (1 << grain))) {
      grain++;
    }
    return new Known(value, value, 0, grain <= 8 ? grain : -1);
  }

  boolean isExact() {
    return grain >= 0;
  }

  double magnitude() {
    return Math.max(Math.abs(lo), Math.abs(hi));
  }

  /// What follows for a node from its inputs; null where the result would be ill-conditioned.
  static @Nullable Known of(OpNode node, List<Known> inputs) {
    Known known =
        switch (node.op().group()) {
          case SOURCE ->
              switch (node.op()) {
                case CONST -> constant(Semantics.toDouble(node.payload(Object.class)));
                case ARANGE -> exact(0, Math.max(0, node.payload(Integer.class) - 1), 0);
                default -> throw new IllegalArgumentException("nothing is known of " + node);
              };
          case UNARY -> unary(node, inputs.getFirst());
          case BINARY -> binary(node, inputs.get(0), inputs.get(1));
          case TERNARY ->
              node.is(OpCode.WHERE)
                  ? union(inputs.get(1), inputs.get(2))
                  : add(multiply(inputs.get(0), inputs.get(1)), inputs.get(2));
          case MOVEMENT -> node.is(OpCode.PAD) ? union(inputs.getFirst(), constant(0)) : inputs.getFirst();
          case REDUCE -> reduce(node, inputs.getFirst());
          case ROW -> row(node, inputs.getFirst());
          case INDEX ->
              node.is(OpCode.GATHER) ? union(inputs.getFirst(), constant(0)) : scatter(node, inputs.get(0), inputs.get(2));
          case MEMORY -> inputs.getFirst();
          case COLLECTIVE, KERNEL, TILE -> throw new IllegalArgumentException("nothing is known of " + node);
        };
    return known == null ? null : known.storedAs(node.dtype());
  }

  /// After rounding to a floating type, or wrapping to an integer one.
  private @Nullable Known storedAs(DType dtype) {
    if (!dtype.isFloating()) {
      Known any = any(dtype);
      return lo >= any.lo && hi <= any.hi ? exact(lo, hi, 0) : any;
    }
    if (!(magnitude() <= LARGEST)) {
      return null;
    }
    if (isExact() && Math.scalb(magnitude(), grain) <= Math.scalb(1.0, precision(dtype))) {
      return exact(lo, hi, grain);
    }
    // Float16 is coarse near 0 too: its smallest step is 2^-24.
    double rounding = magnitude() * unit(dtype) + (dtype == DType.FLOAT16 ? 0x1p-25 : 0);
    double total = error + rounding;
    return total <= LARGEST_ERROR ? new Known(lo - total, hi + total, total, -1) : null;
  }

  private static @Nullable Known unary(OpNode node, Known x) {
    DType from = node.input(0).dtype();
    double ulps = FUNCTION_ULPS * unit(node.dtype());
    return switch (node.op()) {
      case NEG -> new Known(-x.hi, -x.lo, x.error, x.grain);
      case ABS -> new Known(x.lo > 0 ? x.lo : 0, x.magnitude(), x.error, x.grain);
      case SQRT -> x.lo < 0.01 ? null : inexact(Math.sqrt(x.lo), Math.sqrt(x.hi), x.error / Math.sqrt(x.lo));
      case EXP -> x.hi > 7 ? null : inexact(Math.exp(x.lo), Math.exp(x.hi), Math.exp(x.hi) * (1.1 * x.error + ulps));
      case EXP2 -> x.hi > 9 ? null : inexact(Math.pow(2, x.lo), Math.pow(2, x.hi), Math.pow(2, x.hi) * (x.error + ulps));
      case LOG -> x.lo < 0.05 ? null : inexact(Math.log(x.lo), Math.log(x.hi), x.error / x.lo + 10 * ulps);
      case LOG2 -> x.lo < 0.05 ? null : inexact(Math.log(x.lo) / LN_2, Math.log(x.hi) / LN_2, 2 * x.error / x.lo + 10 * ulps);
      case LOG10 -> x.lo < 0.05 ? null : inexact(Math.log10(x.lo), Math.log10(x.hi), x.error / x.lo + 10 * ulps);
      case SIN, COS, TANH, ERF -> x.magnitude() > 100 ? null : inexact(-1, 1, 1.2 * x.error + ulps);
      case FLOOR, CEIL, TRUNC, ROUND -> x.isExact() ? exact(Math.floor(x.lo), Math.ceil(x.hi), 0) : null;
      case NOT -> any(node.dtype());
      case CAST ->
          node.dtype().isFloating() || !from.isFloating()
              ? x
              : x.isExact() ? exact(Math.floor(x.lo), Math.ceil(x.hi), 0) : null;
      case BITCAST -> node.dtype().isFloating() || node.dtype() == DType.BOOL || from.isFloating() ? null : any(node.dtype());
      default -> throw new IllegalArgumentException("nothing is known of " + node);
    };
  }

  private static @Nullable Known binary(OpNode node, Known x, Known y) {
    boolean floating = node.dtype().isFloating();
    return switch (node.op()) {
      case ADD -> add(x, y);
      case SUB -> add(x, new Known(-y.hi, -y.lo, y.error, y.grain));
      case MUL -> {
        Known product = multiply(x, y);
        boolean square = node.input(0) == node.input(1);
        yield square ? new Known(0, product.hi, product.error, product.grain) : product;
      }
      case DIV -> {
        double least = y.lo > 0 ? y.lo : -y.hi;
        yield least < 1e-3 || y.error > 0.05 * least
            ? null
            : inexact(-x.magnitude() / least, x.magnitude() / least, (x.error + x.magnitude() * y.error / least) / least);
      }
      case MOD -> {
        if (!floating) {
          yield any(node.dtype());
        }
        boolean fits = x.isExact() && y.isExact() && (y.lo > 0 || y.hi < 0);
        double largest = Math.min(x.magnitude(), y.magnitude());
        yield fits ? exact(-largest, largest, Math.max(x.grain, y.grain)) : null;
      }
      case MAX -> new Known(Math.max(x.lo, y.lo), Math.max(x.hi, y.hi), Math.max(x.error, y.error), common(x, y));
      case MIN -> new Known(Math.min(x.lo, y.lo), Math.min(x.hi, y.hi), Math.max(x.error, y.error), common(x, y));
      case POW -> {
        if (x.lo < 0.1 || x.hi > 8 || y.magnitude() > 3) {
          yield null;
        }
        double largest = Math.pow(x.lo < 1 ? Math.max(x.hi, 1 / x.lo) : x.hi, y.magnitude());
        double relative = 3 * x.error / x.lo + 2.4 * y.error + 10 * FUNCTION_ULPS * unit(node.dtype());
        yield inexact(0, largest, largest * relative);
      }
      case LT, EQ, NE -> x.isExact() && y.isExact() ? exact(0, 1, 0) : null;
      case IDIV, AND, OR, XOR, SHL, SHR, THREEFRY -> any(node.dtype());
      default -> throw new IllegalArgumentException("nothing is known of " + node);
    };
  }

  private static @Nullable Known reduce(OpNode node, Known x) {
    long outputs = node.shape().elements();
    double n = outputs == 0 ? 0 : node.input(0).shape().elements() / (double) outputs;
    DType dtype = node.dtype();
    if (dtype == DType.BOOL) {
      return any(dtype);
    }
    if (node.is(OpCode.LOGSUMEXP)) {
      double error = x.error + Math.max(8, Math.sqrt(n)) * unit(dtype == DType.FLOAT64 ? dtype : DType.FLOAT32) * (2 + x.magnitude() + Math.log(n + 1));
      return n == 0 ? null : new Known(x.lo, x.hi + Math.log(n), error + unit(dtype) * (x.magnitude() + Math.log(n)), -1);
    }
    return switch (node.payload(Reduction.class).combine()) {
      case ADD -> {
        double accumulator = dtype == DType.FLOAT64 ? unit(dtype) : unit(DType.FLOAT32);
        yield new Known(n * x.lo, n * x.hi, n * (x.error + Math.max(4, Math.sqrt(n)) * accumulator * x.magnitude()), x.grain);
      }
      case MUL -> {
        if (!dtype.isFloating() || n == 0) {
          yield dtype.isFloating() ? constant(1) : any(dtype);
        }
        Known product = x;
        for (int i = 1; i < n && product.magnitude() <= LARGEST; i++) {
          product = multiply(product, x);
        }
        yield product;
      }
      default -> n > 0 || outputs == 0 ? x : dtype.isFloating() ? null : any(dtype);
    };
  }

  private static @Nullable Known row(OpNode node, Known x) {
    if (node.is(OpCode.SORT) || node.payload(Reduction.class).combine() != OpCode.ADD || node.dtype() == DType.BOOL) {
      return x;
    }
    int n = node.shape().size(node.payload(Reduction.class).axes().getFirst());
    double accumulator = node.dtype() == DType.FLOAT64 ? unit(DType.FLOAT64) : unit(DType.FLOAT32);
    return new Known(Math.min(x.lo, n * x.lo), Math.max(x.hi, n * x.hi), n * (x.error + Math.max(4, Math.sqrt(n)) * accumulator * x.magnitude()), x.grain);
  }

  private static @Nullable Known scatter(OpNode node, Known base, Known source) {
    Scatter scatter = node.payload(Scatter.class);
    if (scatter.combine() == OpCode.ADD) {
      int most = node.input(1).shape().size(scatter.axis());
      Known added =
          new Known(Math.min(0, most * source.lo), Math.max(0, most * source.hi), most * (source.error + source.magnitude() * unit(DType.FLOAT32)), source.grain);
      return add(base, added);
    }
    return scatter.combine() == OpCode.MUL ? (node.dtype().isFloating() ? null : any(node.dtype())) : union(base, source);
  }

  private static Known add(Known x, Known y) {
    return new Known(x.lo + y.lo, x.hi + y.hi, x.error + y.error, common(x, y));
  }

  private static Known multiply(Known x, Known y) {
    double a = x.lo * y.lo;
    double b = x.lo * y.hi;
    double c = x.hi * y.lo;
    double d = x.hi * y.hi;
    double error = x.magnitude() * y.error + y.magnitude() * x.error;
    return new Known(
        Math.min(Math.min(a, b), Math.min(c, d)),
        Math.max(Math.max(a, b), Math.max(c, d)),
        error,
        x.isExact() && y.isExact() ? x.grain + y.grain : -1);
  }

  private static Known union(Known x, Known y) {
    return new Known(Math.min(x.lo, y.lo), Math.max(x.hi, y.hi), Math.max(x.error, y.error), common(x, y));
  }

  private static int common(Known x, Known y) {
    return x.isExact() && y.isExact() ? Math.max(x.grain, y.grain) : -1;
  }

  private static Known inexact(double lo, double hi, double error) {
    return new Known(lo, hi, error, -1);
  }

  /// The bits of a floating type's significand.
  static int precision(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 53;
      case FLOAT32 -> 24;
      case FLOAT16 -> 11;
      default -> 8;
    };
  }

  /// How far rounding to a floating type is off, relatively.
  static double unit(DType dtype) {
    return dtype.isFloating() ? Math.scalb(1.0, -precision(dtype)) : 0;
  }
}
