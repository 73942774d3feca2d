package org.teenygrad.engine.autodiff;

import static org.teenygrad.engine.ir.OpCode.*;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Pullback;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Sharding;

/// The chain rule for each operation, a line each: one function for each input, from the result `y` and the cotangent
/// `g` (the derivative of the loss with respect to `y`) to the derivative with respect to that input.
///
/// Where a function has no derivative the choice is PyTorch's (its `derivatives.yaml`): ties of MAX and MIN share equally,
/// ABS has slope 0 at 0, rounding is flat. To add an operation, add its row here or its name to [#FLAT].
final class ChainRules {
  /// The derivative with respect to one input.
  @FunctionalInterface
  interface Rule {
    Expr apply(Expr y, Expr g);
  }

  /// For inputs that only choose or count, and nothing flows back through.
  private static final Rule NONE = (y, g) -> g;

  private static final double LN2 = Math.log(2);
  private static final double LN10 = Math.log(10);

  /// Operations whose result does not change, or changes only in jumps, as their inputs change a little.
  static final Set<OpCode> FLAT =
      Collections.unmodifiableSet(
          EnumSet.of(
              CONST, BUFFER, ARANGE, PARAM, FLOOR, CEIL, TRUNC, ROUND, NOT, BITCAST, IDIV, LT, EQ, NE, AND, OR, XOR, SHL, SHR,
              THREEFRY, SORT, DETACH, RANGE, ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL));

  static final Map<OpCode, List<Rule>> TABLE = new EnumMap<>(OpCode.class);

  static {
    rule(NEG, (y, g) -> g.neg());
    rule(ABS, (y, g) -> y.x().lt(y.full(0)).where(g.neg(), y.full(0).lt(y.x()).where(g, 0)));
    rule(SQRT, (y, g) -> g.div(y.mul(2)));
    rule(EXP, (y, g) -> g.mul(y));
    rule(EXP2, (y, g) -> g.mul(y).mul(LN2));
    rule(LOG, (y, g) -> g.div(y.x()));
    rule(LOG2, (y, g) -> g.div(y.x().mul(LN2)));
    rule(LOG10, (y, g) -> g.div(y.x().mul(LN10)));
    rule(SIN, (y, g) -> g.mul(y.x().cos()));
    rule(COS, (y, g) -> g.mul(y.x().sin()).neg());
    rule(TANH, (y, g) -> g.mul(y.full(1).sub(y.square())));
    rule(ERF, (y, g) -> g.mul(y.x().square().neg().exp()).mul(2 / Math.sqrt(Math.PI)));
    rule(CAST, (y, g) -> g.cast(y.x().dtype()));

    rule(ADD, (y, g) -> g, (y, g) -> g);
    rule(SUB, (y, g) -> g, (y, g) -> g.neg());
    rule(MUL, (y, g) -> g.mul(y.input(1)), (y, g) -> g.mul(y.input(0)));
    rule(DIV, (y, g) -> g.div(y.input(1)), (y, g) -> g.mul(y).div(y.input(1)).neg());
    rule(MOD, (y, g) -> g, (y, g) -> g.mul(y.input(0).div(y.input(1)).trunc()).neg());
    rule(MAX, (y, g) -> ofLarger(y.input(1), y.input(0), g), (y, g) -> ofLarger(y.input(0), y.input(1), g));
    rule(MIN, (y, g) -> ofLarger(y.input(0), y.input(1), g), (y, g) -> ofLarger(y.input(1), y.input(0), g));
    rule(POW, (y, g) -> g.mul(powerOfBase(y.input(0), y.input(1))), (y, g) -> g.mul(y).mul(logOfBase(y.input(0), y.input(1))));
    rule(WHERE, NONE, (y, g) -> y.x().where(g, 0), (y, g) -> y.x().where(0, g));
    rule(FMA, (y, g) -> g.mul(y.input(1)), (y, g) -> g.mul(y.input(0)), (y, g) -> g);

    rule(RESHAPE, (y, g) -> g.reshape(y.x().shape()));
    rule(PERMUTE, (y, g) -> g.permute(inverse(y.payload(List.class))));
    rule(EXPAND, (y, g) -> g.sumTo(y.x().shape()));
    rule(PAD, (y, g) -> g.shrink(inside(y.payload(Bounds.class), y.x().shape())));
    rule(SHRINK, (y, g) -> g.pad(around(y.payload(Bounds.class), y.x().shape())));
    rule(FLIP, (y, g) -> g.flip(y.payload(List.class)));

    rule(REDUCE, ChainRules::reduce);
    rule(LOGSUMEXP, (y, g) -> g.expand(y.x().shape()).mul(y.x().sub(finite(y).expand(y.x().shape())).exp()));
    rule(GATHER, ChainRules::gather, NONE);
    rule(SCATTER, ScatterRules::base, NONE, ScatterRules::source);

    rule(SCAN, ChainRules::scan);

    rule(CONTIGUOUS, (y, g) -> g);
    rule(ASSIGN, NONE, (y, g) -> g);
    rule(SURROGATE, NONE, (y, g) -> g);
    rule(COPY, (y, g) -> back(y.x(), g));
    rule(REDISTRIBUTE, (y, g) -> g.redistribute(Cotangents.of(y.x().node(), y.payload(Sharding.class).mesh())));
  }

  private ChainRules() {}

  private static void rule(OpCode op, Rule... inputs) {
    TABLE.put(op, List.of(inputs));
  }

  /// Whether the value of a node follows small changes of its i-th input.
  static boolean follows(OpNode node, int i) {
    if (node.is(PULLBACK)) {
      return i > 0 && node.input(i).dtype().isFloating();
    }
    if (!node.dtype().isFloating() || !node.input(i).dtype().isFloating() || FLAT.contains(node.op())) {
      return false;
    }
    List<Rule> rules = TABLE.get(node.op());
    if (rules == null) {
      throw new IllegalArgumentException("there is no chain rule for " + node);
    }
    return rules.get(i) != NONE;
  }

  /// The derivative with respect to the i-th input of `y`, which `y` [#follows].
  static Expr derivative(OpNode y, int i, Expr g) {
    if (y.is(PULLBACK)) {
      return new Expr(y.payload(Pullback.class).cotangents(y.inputs().subList(1, y.inputs().size()), g.node()).get(i - 1));
    }
    List<Rule> rules = TABLE.get(y.op());
    if (rules == null || rules.get(i) == NONE) {
      throw new IllegalArgumentException("there is no chain rule for input " + i + " of " + y);
    }
    return rules.get(i).apply(new Expr(y), g);
  }

  /// The share of `larger` in the derivative of the maximum of both: all, half of a tie, nothing.
  private static Expr ofLarger(Expr smaller, Expr larger, Expr g) {
    return larger.lt(smaller).where(0, larger.eq(smaller).where(g.mul(0.5), g));
  }

  /// The derivative of x^p by x: p x^(p-1), and 0 for p = 0 where x = 0, as PyTorch's `pow_backward_self` has it. The power
  /// is never infinite there, so that second derivatives are right, too.
  private static Expr powerOfBase(Expr x, Expr p) {
    return p.mul(x.pow(x.eq(0).and(p.eq(0)).where(0, p.sub(1))));
  }

  /// The derivative of x^p by p, over x^p: log x, and 0 where x = 0 and p >= 0. PyTorch's `pow_backward_exponent`; the
  /// logarithm never sees the 0, so that second derivatives do not either.
  private static Expr logOfBase(Expr x, Expr p) {
    return x.eq(0).and(p.lt(p.full(0)).not()).where(1, x).log();
  }

  private static List<Integer> inverse(List<?> order) {
    Integer[] back = new Integer[order.size()];
    for (int i = 0; i < back.length; i++) {
      back[(Integer) order.get(i)] = i;
    }
    return Arrays.asList(back);
  }

  /// The part that PAD put zeros around.
  private static Bounds inside(Bounds zeros, Shape shape) {
    return new Bounds(
        zeros.first(), IntStream.range(0, shape.rank()).mapToObj(i -> zeros.first(i) + shape.size(i)).toList());
  }

  /// The zeros in place of what SHRINK left out.
  private static Bounds around(Bounds part, Shape shape) {
    return new Bounds(
        part.first(), IntStream.range(0, shape.rank()).mapToObj(i -> shape.size(i) - part.second(i)).toList());
  }

  /// The logarithm of a sum, but something finite for that of no exponential above 0: the elements' shares are then 0, not NaN. PyTorch's
  /// `logsumexp_backward`.
  private static Expr finite(Expr logSum) {
    return logSum.max(logSum.full(-logSum.dtype().largest()));
  }

  /// Each element goes back to where it came from. Where there is one for each row, that is told from the position alone: nothing
  /// is scattered.
  private static Expr gather(Expr y, Expr g) {
    int axis = y.payload(Integer.class);
    Expr index = y.input(1);
    Shape shape = y.x().shape();
    if (index.shape().size(axis) != 1 || !index.shape().with(axis, shape.size(axis)).equals(shape)) {
      return y.x().full(0).scatter(index, g, axis, ADD);
    }
    Expr wide = index.cast(index.dtype() == DType.INT64 ? DType.INT64 : DType.INT32);
    return wide.expand(shape).eq(wide.positions(axis, shape)).where(g.expand(shape), 0);
  }

  private static Expr reduce(Expr y, Expr g) {
    Reduction reduction = y.payload(Reduction.class);
    Expr all = g.expand(y.x().shape());
    return switch (reduction.combine()) {
      case ADD -> all;
      case MUL -> all.mul(productOfOthers(y, reduction.axes()));
      default -> ofExtremes(y, g, reduction.axes());
    };
  }

  /// MAX and MIN: all elements that reach the extreme share equally, as for PyTorch's `amax`.
  private static Expr ofExtremes(Expr y, Expr g, List<Integer> axes) {
    Expr reached = y.x().eq(y.expand(y.x().shape())).cast(y.dtype());
    return reached.mul(g.div(reached.sum(axes)).expand(reached.shape()));
  }

  /// Of a running sum each element is in all that follow; of a running extreme the last element that reached it gets everything.
  private static Expr scan(Expr y, Expr g) {
    Reduction scan = y.payload(Reduction.class);
    if (scan.combine() == ADD) {
      return g.flip(scan.axes()).scan(scan).flip(scan.axes());
    }
    return y.x().full(0).scatter(lastReached(y), g, scan.axes().getFirst(), ADD);
  }

  /// For each element of a running extreme, where the last element is that reached it.
  static Expr lastReached(Expr y) {
    Reduction scan = y.payload(Reduction.class);
    Expr positions = y.x().positions(scan.axes().getFirst());
    return y.x().eq(y).where(positions, 0).scan(new Reduction(MAX, scan.axes()));
  }

  /// The product without each element: y / x, but where x is 0 the product of the others, which is 0 if there is another 0.
  /// Second derivatives are right, too, save those with respect to two elements that are both 0.
  private static Expr productOfOthers(Expr y, List<Integer> axes) {
    Expr x = y.x();
    Expr zero = x.eq(0);
    Expr withoutZeros = zero.where(1, x);
    Expr onlyZero = zero.cast(x.dtype()).sum(axes).expand(x.shape()).eq(1);
    Expr ofNonzeros = withoutZeros.reduce(MUL, axes).expand(x.shape());
    return zero.where(onlyZero.where(ofNonzeros, 0), y.expand(x.shape()).div(withoutZeros));
  }

  private static Expr back(Expr source, Expr g) {
    Device device = source.device();
    return device == null ? g : g.copy(device);
  }
}
