package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// Arithmetic on loop counters and offsets that simplifies as it builds: INT64 scalars in, the simplest equal one out.
///
/// Expressions are kept as sums of terms with constant factors, ordered so that what belongs to outer loops (smaller
/// [Range] numbers) comes first and can be computed there. Division and remainder are by positive constants and use what
/// is known of the bounds: `(32 * h + d) / 32` with `d < 32` is `h`. Where a mask makes an index meaningless the
/// result is meaningless too: values below 0 divide towards minus infinity.
///
/// One instance serves one kernel: it remembers the bounds and terms of every expression that it has seen.
public final class IndexAlgebra {
  public static final OpNode ZERO = constant(0);
  public static final OpNode TRUE = OpNode.constant(true);
  public static final OpNode FALSE = OpNode.constant(false);

  private static final long UNKNOWN = 1L << 56;

  private final Map<OpNode, Interval> bounds = new IdentityHashMap<>();
  private final Map<OpNode, Sum> sums = new IdentityHashMap<>();
  private final Map<OpNode, Integer> lastRange = new IdentityHashMap<>();

  /// An algebra that knows no expression yet.
  public IndexAlgebra() {}

  /// The least and greatest value that an expression can take.
  public record Interval(long low, long high) {
    boolean within(long from, long below) {
      return low >= from && high < below;
    }
  }

  /// An expression as `constant + factor * term + ...`; a term is anything but a sum or a product with a constant.
  public record Sum(Map<OpNode, Long> factors, long constant) {
    /// The factor of a term: how many elements one step of a loop counter moves; 0 if it does not occur by itself.
    public long factor(OpNode term) {
      return factors.getOrDefault(term, 0L);
    }
  }

  public static OpNode constant(long value) {
    return OpNode.create(OpCode.CONST, DType.INT64, List.of(), value);
  }

  public static OpNode range(int id, long size) {
    return size == 1 ? ZERO : OpNode.create(OpCode.RANGE, DType.INT64, List.of(), new Range(id, size));
  }

  public OpNode add(OpNode a, OpNode b) {
    return build(plus(sum(a), sum(b), 1));
  }

  public OpNode add(OpNode a, long b) {
    return build(plus(sum(a), new Sum(Map.of(), b), 1));
  }

  public OpNode subtract(OpNode a, OpNode b) {
    return build(plus(sum(a), sum(b), -1));
  }

  public OpNode multiply(OpNode a, long factor) {
    return build(plus(new Sum(Map.of(), 0), sum(a), factor));
  }

  /// `a / divisor`, rounded down.
  public OpNode divide(OpNode a, long divisor) {
    return split(a, divisor, true);
  }

  /// `a - divisor * (a / divisor)`.
  public OpNode remainder(OpNode a, long divisor) {
    Sum sum = sum(a);
    Map<OpNode, Long> smaller = new LinkedHashMap<>();
    sum.factors.forEach((term, factor) -> smaller.put(term, nearest(factor, divisor)));
    Sum turned = new Sum(smaller, Math.floorMod(sum.constant, divisor));
    // Whole turns do not matter: `(i + 59 k) mod 58` is `i + k` where that is less than 58.
    return bounds(turned).within(0, divisor) ? build(turned) : split(a, divisor, false);
  }

  /// Of all numbers with a factor's remainder the one nearest to 0.
  private static long nearest(long factor, long divisor) {
    long rest = Math.floorMod(factor, divisor);
    return 2 * rest > divisor ? rest - divisor : rest;
  }

  private OpNode split(OpNode a, long divisor, boolean quotient) {
    if (divisor == 1) {
      return quotient ? a : ZERO;
    }
    Map<OpNode, Long> whole = new LinkedHashMap<>();
    Map<OpNode, Long> rest = new LinkedHashMap<>();
    Sum sum = sum(a);
    sum.factors.forEach((term, factor) -> (factor % divisor == 0 ? whole : rest).put(term, factor));
    Interval interval = bounds(new Sum(rest, sum.constant));
    long shift = Math.floorDiv(interval.low, divisor);
    Sum remaining = new Sum(rest, sum.constant - shift * divisor);
    OpNode low;
    OpNode high;
    if (interval.high - shift * divisor < divisor) {
      high = ZERO;
      low = build(remaining);
    } else {
      Sum coarse = coarser(remaining, divisor);
      long step = coarse == null ? 1 : Math.abs(gcd(coarse, divisor));
      if (coarse != null && step > 1) {
        Sum scaled = scale(coarse, step);
        Sum fine = plus(remaining, coarse, -1);
        high = split(build(scaled), divisor / step, true);
        low = build(plus(fine, sum(split(build(scaled), divisor / step, false)), step));
      } else {
        high = quotientNode(build(remaining), divisor);
        low = remainderNode(build(remaining), divisor);
      }
    }
    if (!quotient) {
      return low;
    }
    Map<OpNode, Long> scaledWhole = new LinkedHashMap<>();
    whole.forEach((term, factor) -> scaledWhole.put(term, factor / divisor));
    return build(plus(new Sum(scaledWhole, shift), sum(high), 1));
  }

  private OpNode quotientNode(OpNode a, long divisor) {
    if (a.is(OpCode.IDIV)) {
      return divide(a.input(0), Math.multiplyExact(divisor, Semantics.toLong(a.input(1).payload(Object.class))));
    }
    return OpNode.of(OpCode.IDIV, a, constant(divisor));
  }

  private OpNode remainderNode(OpNode a, long divisor) {
    if (a.is(OpCode.MOD) && Semantics.toLong(a.input(1).payload(Object.class)) % divisor == 0) {
      return remainder(a.input(0), divisor);
    }
    return OpNode.of(OpCode.MOD, a, constant(divisor));
  }

  /// The terms of a sum with factors divisible by some step that divides `divisor`, where all the others together stay
  /// in `0..step-1`; null if there is no such step.
  private @Nullable Sum coarser(Sum sum, long divisor) {
    long best = 1;
    Sum found = null;
    for (long candidate : sum.factors.values()) {
      long step = gcd(Math.abs(candidate), divisor);
      if (step > best) {
        Map<OpNode, Long> coarse = new LinkedHashMap<>();
        Map<OpNode, Long> fine = new LinkedHashMap<>();
        sum.factors.forEach((term, factor) -> (factor % step == 0 ? coarse : fine).put(term, factor));
        long constant = Math.floorDiv(sum.constant, step) * step;
        if (bounds(new Sum(fine, sum.constant - constant)).within(0, step)) {
          best = step;
          found = new Sum(coarse, constant);
        }
      }
    }
    return found;
  }

  private static long gcd(Sum sum, long with) {
    long result = gcd(with, sum.constant);
    for (long factor : sum.factors.values()) {
      result = gcd(result, factor);
    }
    return result;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? Math.abs(a) : gcd(b, a % b);
  }

  private static Sum scale(Sum sum, long divisor) {
    Map<OpNode, Long> scaled = new LinkedHashMap<>();
    sum.factors.forEach((term, factor) -> scaled.put(term, factor / divisor));
    return new Sum(scaled, sum.constant / divisor);
  }

  /// Whether `a < b`, decided where the bounds allow.
  public OpNode less(OpNode a, OpNode b) {
    if (!isKnown(a) || !isKnown(b)) {
      return OpNode.of(OpCode.LT, a, b);
    }
    Sum difference = plus(sum(a), sum(b), -1);
    Interval interval = bounds(difference);
    if (interval.high < 0) {
      return TRUE;
    }
    if (interval.low >= 0) {
      return FALSE;
    }
    long limit = -difference.constant;
    Sum left = new Sum(difference.factors, 0);
    for (long candidate : difference.factors.values()) {
      long step = Math.abs(candidate);
      Map<OpNode, Long> coarse = new LinkedHashMap<>();
      Map<OpNode, Long> fine = new LinkedHashMap<>();
      left.factors.forEach((term, factor) -> (factor % step == 0 ? coarse : fine).put(term, factor));
      if (step > 1 && limit % step == 0 && bounds(new Sum(fine, 0)).within(0, step)) {
        left = scale(new Sum(coarse, 0), step);
        limit /= step;
        break;
      }
    }
    return OpNode.of(OpCode.LT, build(left), constant(limit));
  }

  public OpNode and(OpNode a, OpNode b) {
    if (a == FALSE || b == FALSE) {
      return FALSE;
    }
    if (a == TRUE || a == b) {
      return b;
    }
    return b == TRUE ? a : OpNode.of(OpCode.AND, a, b);
  }

  /// Rebuilds an index node over simplified inputs; nodes that are no index arithmetic are made as they are.
  public OpNode rebuild(OpNode node) {
    if (node.dtype() == DType.INT64 && node.inputs().size() == 2) {
      OpNode a = node.input(0);
      OpNode b = node.input(1);
      boolean positive = b.is(OpCode.CONST) && Semantics.toLong(b.payload(Object.class)) > 0;
      switch (node.op()) {
        case ADD:
          return add(a, b);
        case SUB:
          return subtract(a, b);
        case MUL:
          if (b.is(OpCode.CONST)) {
            return multiply(a, Semantics.toLong(b.payload(Object.class)));
          }
          return a.is(OpCode.CONST) ? multiply(b, Semantics.toLong(a.payload(Object.class))) : node;
        case IDIV:
          return positive && isKnown(a) && bounds(a).low >= 0 ? divide(a, Semantics.toLong(b.payload(Object.class))) : node;
        case MOD:
          return positive && isKnown(a) && bounds(a).low >= 0 ? remainder(a, Semantics.toLong(b.payload(Object.class))) : node;
        default:
          return node;
      }
    }
    if (node.is(OpCode.LT) && node.input(0).dtype() == DType.INT64) {
      return less(node.input(0), node.input(1));
    }
    if (node.is(OpCode.AND) && node.dtype() == DType.BOOL) {
      return and(node.input(0), node.input(1));
    }
    if (node.is(OpCode.WHERE) && node.input(0).is(OpCode.CONST)) {
      return node.input(0) == TRUE ? node.input(1) : node.input(2);
    }
    return node;
  }

  /// Whether an expression cannot overflow, so that what holds for integers holds for it.
  private boolean isKnown(OpNode node) {
    Interval interval = bounds(node);
    return interval.low > -UNKNOWN && interval.high < UNKNOWN;
  }

  public Interval bounds(OpNode node) {
    Interval known = bounds.get(node);
    if (known == null) {
      known = computeBounds(node);
      bounds.put(node, known);
    }
    return known;
  }

  private Interval computeBounds(OpNode node) {
    switch (node.op()) {
      case CONST -> {
        long value = Semantics.toLong(node.payload(Object.class));
        return new Interval(value, value);
      }
      case RANGE -> {
        return new Interval(0, node.payload(Range.class).size() - 1);
      }
      case ADD, MUL -> {
        Sum sum = sum(node);
        if (!(sum.factors.size() == 1 && sum.factors.containsKey(node))) {
          return bounds(sum);
        }
      }
      case IDIV -> {
        Interval a = bounds(node.input(0));
        if (node.input(1).is(OpCode.CONST) && a.low >= 0) {
          long divisor = Semantics.toLong(node.input(1).payload(Object.class));
          if (divisor > 0) {
            return new Interval(a.low / divisor, a.high / divisor);
          }
        }
      }
      case MOD -> {
        if (node.input(1).is(OpCode.CONST) && bounds(node.input(0)).low >= 0) {
          return new Interval(0, Math.abs(Semantics.toLong(node.input(1).payload(Object.class))) - 1);
        }
      }
      case CAST -> {
        if (node.dtype() == DType.INT64 && !node.input(0).dtype().isFloating()) {
          return bounds(node.input(0));
        }
      }
      case WHERE -> {
        Interval a = bounds(node.input(1));
        Interval b = bounds(node.input(2));
        return new Interval(Math.min(a.low, b.low), Math.max(a.high, b.high));
      }
      default -> {}
    }
    return switch (node.dtype()) {
      case BOOL -> new Interval(0, 1);
      case UINT8 -> new Interval(0, 255);
      case INT8 -> new Interval(Byte.MIN_VALUE, Byte.MAX_VALUE);
      case INT16 -> new Interval(Short.MIN_VALUE, Short.MAX_VALUE);
      case INT32 -> new Interval(Integer.MIN_VALUE, Integer.MAX_VALUE);
      default -> new Interval(-UNKNOWN, UNKNOWN);
    };
  }

  private Interval bounds(Sum sum) {
    long low = sum.constant;
    long high = sum.constant;
    for (Map.Entry<OpNode, Long> term : sum.factors.entrySet()) {
      Interval interval = bounds(term.getKey());
      long factor = term.getValue();
      low = clamp(low, factor, factor > 0 ? interval.low : interval.high);
      high = clamp(high, factor, factor > 0 ? interval.high : interval.low);
    }
    return new Interval(low, high);
  }

  private static long clamp(long base, long factor, long value) {
    double exact = base + (double) factor * value;
    return exact > UNKNOWN ? UNKNOWN : exact < -UNKNOWN ? -UNKNOWN : base + factor * value;
  }

  /// The expression as a sum.
  public Sum sum(OpNode node) {
    Sum known = sums.get(node);
    if (known == null) {
      known = computeSum(node);
      sums.put(node, known);
    }
    return known;
  }

  private Sum computeSum(OpNode node) {
    if (node.is(OpCode.CONST)) {
      return new Sum(Map.of(), Semantics.toLong(node.payload(Object.class)));
    }
    if (node.dtype() == DType.INT64) {
      if (node.is(OpCode.ADD)) {
        return plus(sum(node.input(0)), sum(node.input(1)), 1);
      }
      if (node.is(OpCode.SUB)) {
        return plus(sum(node.input(0)), sum(node.input(1)), -1);
      }
      if (node.is(OpCode.MUL) && node.input(1).is(OpCode.CONST)) {
        return plus(new Sum(Map.of(), 0), sum(node.input(0)), Semantics.toLong(node.input(1).payload(Object.class)));
      }
    }
    return new Sum(Map.of(node, 1L), 0);
  }

  /// `a + factor * b`, with `n * (x / n) + x % n` put together again as `x`.
  private Sum plus(Sum a, Sum b, long factor) {
    Map<OpNode, Long> factors = new LinkedHashMap<>(a.factors);
    b.factors.forEach((term, f) -> factors.merge(term, f * factor, Long::sum));
    factors.values().removeIf(f -> f == 0);
    Sum sum = new Sum(factors, a.constant + b.constant * factor);
    for (Map.Entry<OpNode, Long> term : factors.entrySet()) {
      OpNode mod = term.getKey();
      if (mod.is(OpCode.MOD) && mod.input(1).is(OpCode.CONST)) {
        long n = Semantics.toLong(mod.input(1).payload(Object.class));
        if (n <= 0) {
          continue; // what a user may divide by, but no index
        }
        OpNode quotient = divide(mod.input(0), n);
        Sum parts = sum(quotient);
        long f = term.getValue();
        if (parts.factors.size() == 1 && parts.constant == 0) {
          Map.Entry<OpNode, Long> only = parts.factors.entrySet().iterator().next();
          Long present = factors.get(only.getKey());
          if (present != null && present == f * n * only.getValue()) {
            Map<OpNode, Long> rest = new LinkedHashMap<>(factors);
            rest.remove(mod);
            rest.remove(only.getKey());
            return plus(new Sum(rest, sum.constant), sum(mod.input(0)), f);
          }
        }
      }
    }
    return sum;
  }

  private OpNode build(Sum sum) {
    List<Map.Entry<OpNode, Long>> terms = new ArrayList<>(sum.factors.entrySet());
    terms.sort(Comparator.comparingInt(term -> lastRange(term.getKey())));
    OpNode result = null;
    for (Map.Entry<OpNode, Long> term : terms) {
      long factor = term.getValue();
      OpNode product = factor == 1 ? term.getKey() : OpNode.of(OpCode.MUL, term.getKey(), constant(factor));
      result = result == null ? product : OpNode.of(OpCode.ADD, result, product);
    }
    if (result == null) {
      return constant(sum.constant);
    }
    return sum.constant == 0 ? result : OpNode.of(OpCode.ADD, result, constant(sum.constant));
  }

  /// The greatest number of a range in an expression: the innermost loop that it depends on.
  private int lastRange(OpNode node) {
    Integer known = lastRange.get(node);
    if (known == null) {
      int last = node.is(OpCode.RANGE) ? node.payload(Range.class).id() : -1;
      for (OpNode input : node.inputs()) {
        last = Math.max(last, lastRange(input));
      }
      known = last;
      lastRange.put(node, known);
    }
    return known;
  }
}
