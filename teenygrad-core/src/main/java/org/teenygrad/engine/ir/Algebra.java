package org.teenygrad.engine.ir;

import static org.teenygrad.engine.ir.OpCode.*;
import static org.teenygrad.engine.ir.Pattern.add;
import static org.teenygrad.engine.ir.Pattern.any;
import static org.teenygrad.engine.ir.Pattern.anyConstant;
import static org.teenygrad.engine.ir.Pattern.constant;
import static org.teenygrad.engine.ir.Pattern.div;
import static org.teenygrad.engine.ir.Pattern.mul;
import static org.teenygrad.engine.ir.Pattern.neg;
import static org.teenygrad.engine.ir.Pattern.not;
import static org.teenygrad.engine.ir.Pattern.op;
import static org.teenygrad.engine.ir.Pattern.sub;
import static org.teenygrad.engine.ir.Pattern.where;
import static org.teenygrad.engine.ir.PatternMatcher.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// The simplifications that hold for every value, NaN, infinities and the sign of zero included, on whole tensors and inside
/// kernels alike. So `x * 0` goes for integers only, and `x + 0` for floats only if it is -0, as 0 turns -0 into 0.
/// Exempt are roundings and the sign of a sum that is 0: REDUCE has no order of its own.
///
/// They are for graphs whose gradients are expanded already: DETACH, SURROGATE and PULLBACK go, too.
public final class Algebra {
  private static final Pattern X = any("x");
  private static final Pattern Y = any("y");
  private static final Pattern Z = any("z");
  private static final Pattern IF = any("if");
  private static final Pattern C = anyConstant("c");
  private static final Pattern D = anyConstant("d");
  private static final Pattern INT = X.ofType(dtype -> !dtype.isFloating());
  private static final Pattern SIGNED = X.ofType(dtype -> dtype != DType.UINT8);
  private static final Pattern BOOL = X.ofType(dtype -> dtype == DType.BOOL);

  /// Elementwise operations.
  public static final PatternMatcher ARITHMETIC =
      PatternMatcher.of(
          "arithmetic",
          rule("constants", any("y").when(Algebra::isOfConstants), m -> fold(m.root())),
          rule("x + 0", add(INT, constant(0)), X),
          rule("x + -0.0", add(X, constant(-0.0)), X),
          rule("x or true, added", add(BOOL, constant(1)), constant(1)),
          rule("x or x, added", add(BOOL, BOOL), X),
          rule("x + -y", add(X, neg(Y)), sub(X, Y)),
          rule("(x + c) + d", add(add(INT, C), D), add(X, add(C, D))),
          rule("x - 0", sub(X, constant(0)), X),
          rule("x - x", sub(INT, INT), constant(0)),
          rule("x - -y", sub(X, neg(Y)), add(X, Y)),
          rule("x * 1", mul(X, constant(1)), X),
          rule("x * 0", mul(INT, constant(0)), constant(0)),
          rule("x * -1", mul(X, constant(-1)), neg(X)),
          rule("x and x, multiplied", mul(BOOL, BOOL), X),
          rule("-x * -y", mul(neg(X), neg(Y)), mul(X, Y)),
          rule("(x * c) * d", mul(mul(INT, C), D), mul(X, mul(C, D))),
          rule("x / 1", div(X, constant(1)), X),
          rule("x / -1", div(X, constant(-1)), neg(X)),
          rule("x / 2^n", div(X, C), m -> timesReciprocal(m.get("x"), m.get("c"))),
          rule("-x / -y", div(neg(X), neg(Y)), div(X, Y)),
          rule("x idiv 1", op(IDIV, X, constant(1)), X),
          rule("x mod 1", op(MOD, INT, constant(1)), constant(0)),
          rule("x ^ 0", op(POW, X, constant(0)), constant(1)),
          rule("x ^ 1", op(POW, X, constant(1)), X),
          rule("x ^ 2", op(POW, X, constant(2)), mul(X, X)),
          rule("x ^ -1", op(POW, X, constant(-1)), div(constant(1), X)),
          rule("x * 1 + z", op(FMA, X, constant(1), Z), add(X, Z)),
          rule("1 * x + z", op(FMA, constant(1), X, Z), add(X, Z)),
          rule("x * y + -0.0", op(FMA, X, Y, constant(-0.0)), mul(X, Y)),
          rule("--x", neg(neg(X)), X),
          rule("|-x|", op(ABS, neg(SIGNED)), op(ABS, X)),
          rule("||x||", op(ABS, op(ABS, X)), op(ABS, X)),
          rule("max(x, x)", op(MAX, X, X), X),
          rule("min(x, x)", op(MIN, X, X), X),
          rule("max(x, -inf)", op(MAX, X, constant(Double.NEGATIVE_INFINITY)), X),
          rule("min(x, inf)", op(MIN, X, constant(Double.POSITIVE_INFINITY)), X),
          rule("max(max(x, c), d)", op(MAX, op(MAX, X, C), D), op(MAX, X, op(MAX, C, D))),
          rule("min(min(x, c), d)", op(MIN, op(MIN, X, C), D), op(MIN, X, op(MIN, C, D))));

  /// Comparisons, bits, choices and conversions.
  public static final PatternMatcher LOGIC =
      PatternMatcher.of(
          "logic",
          rule("x < x", op(LT, X, X), constant(0)),
          rule("x = x", op(EQ, INT, INT), constant(1)),
          rule("x != x", op(NE, INT, INT), constant(0)),
          rule("x = true", op(EQ, BOOL, constant(1)), X),
          rule("x = false", op(EQ, BOOL, constant(0)), not(X)),
          rule("x != true", op(NE, BOOL, constant(1)), not(X)),
          rule("x != false", op(NE, BOOL, constant(0)), X),
          rule("not not x", not(not(X)), X),
          rule("not x = y", not(op(EQ, X, Y)), op(NE, X, Y)),
          rule("not x != y", not(op(NE, X, Y)), op(EQ, X, Y)),
          rule("x and x", op(AND, X, X), X),
          rule("x and 0", op(AND, X, constant(0)), constant(0)),
          rule("x and true", op(AND, BOOL, constant(1)), X),
          rule("x and -1", op(AND, X, constant(-1)), X),
          rule("x and not x", op(AND, X, not(X)), constant(0)),
          rule("x or x", op(OR, X, X), X),
          rule("x or 0", op(OR, X, constant(0)), X),
          rule("x or true", op(OR, BOOL, constant(1)), constant(1)),
          rule("x or not x", op(OR, BOOL, not(BOOL)), constant(1)),
          rule("x xor x", op(XOR, X, X), constant(0)),
          rule("x xor 0", op(XOR, X, constant(0)), X),
          rule("x xor true", op(XOR, BOOL, constant(1)), not(X)),
          rule("x << 0", op(SHL, X, constant(0)), X),
          rule("x >> 0", op(SHR, X, constant(0)), X),
          rule("if true", where(constant(1), X, Y), X),
          rule("if false", where(constant(0), X, Y), Y),
          rule("if x else x", where(IF, X, X), X),
          rule("if not", where(not(IF), X, Y), where(IF, Y, X)),
          rule("if true else false", where(IF, constant(1), constant(0)).ofType(t -> t == DType.BOOL), IF),
          rule("if false else true", where(IF, constant(0), constant(1)).ofType(t -> t == DType.BOOL), not(IF)),
          rule("if, in the same if", where(IF, where(IF, X, Y), Z), where(IF, X, Z)),
          rule("if, in the same else", where(IF, X, where(IF, Y, Z)), where(IF, X, Z)),
          rule("cast to the same type", op(CAST, X), m -> m.get("x").dtype() == m.root().dtype() ? m.get("x") : null),
          rule("cast of a lossless cast", op(CAST, op(CAST, X).as("mid")), m -> castOnce(m)),
          rule("bits as the same type", op(BITCAST, X), m -> m.get("x").dtype() == m.root().dtype() ? m.get("x") : null),
          rule("bits of bits", op(BITCAST, op(BITCAST, X)), m -> convert(m.root(), m.get("x"))),
          rule("load if true", op(LOAD, X, Y, constant(1)), op(LOAD, X, Y)),
          rule("load if false", op(LOAD, X, Y, constant(0)), constant(0)));

  /// Movement, reductions and what is only about memory.
  public static final PatternMatcher SHAPES = ShapeAlgebra.RULES;

  /// All of them.
  public static final PatternMatcher RULES = ARITHMETIC.and(LOGIC).and(SHAPES);

  private Algebra() {}

  /// The simplest equal graphs, in the same order.
  public static List<OpNode> simplify(List<OpNode> roots) {
    return new Rewriter(RULES).rewrite(roots);
  }

  private static boolean isOfConstants(OpNode node) {
    return node.op().isElementwise() && node.inputs().stream().allMatch(input -> Uniform.constant(input) != null);
  }

  private static OpNode fold(OpNode node) {
    List<Object> values = new ArrayList<>();
    for (OpNode input : node.inputs()) {
      values.add(Objects.requireNonNull(Uniform.constant(input)).payload(Object.class));
    }
    List<DType> types = node.inputs().stream().map(OpNode::dtype).toList();
    Object value = Semantics.evaluate(node.op(), node.dtype(), types, values.toArray());
    return Uniform.broadcast(OpNode.create(CONST, node.dtype(), List.of(), value), node.shape());
  }

  /// The product with 1 / c, where both are powers of two: the quotient is the same, and faster.
  private static @Nullable OpNode timesReciprocal(OpNode x, OpNode c) {
    double divisor = Semantics.toDouble(Objects.requireNonNull(Uniform.constant(c)).payload(Object.class));
    double reciprocal = 1 / divisor;
    boolean exact =
        Math.abs(divisor) == Math.scalb(1.0, Math.getExponent(divisor))
            && Semantics.round(x.dtype(), reciprocal) == reciprocal;
    return exact ? OpNode.of(MUL, x, Uniform.of(x.dtype(), x.shape(), reciprocal)) : null;
  }

  private static @Nullable OpNode castOnce(Match m) {
    OpNode x = m.get("x");
    return holdsAll(m.get("mid").dtype(), x.dtype()) ? convert(m.root(), x) : null;
  }

  private static OpNode convert(OpNode conversion, OpNode x) {
    return OpNode.create(conversion.op(), conversion.dtype(), List.of(x), null);
  }

  /// Whether a type has every value of another, so that nothing is lost on the way through it.
  static boolean holdsAll(DType wide, DType narrow) {
    if (wide == narrow || narrow == DType.BOOL) {
      return true;
    }
    if (wide.isFloating() && narrow.isFloating()) {
      return narrow.bytes() < wide.bytes();
    }
    boolean signs = narrow == DType.UINT8 || wide != DType.UINT8;
    int bits = narrow == DType.UINT8 ? 8 : 8 * narrow.bytes() - 1;
    return narrow.isInteger() && signs && bits <= integerBits(wide);
  }

  /// A type holds all integers of up to so many bits, their sign aside.
  private static int integerBits(DType dtype) {
    return switch (dtype) {
      case BOOL -> 1;
      case UINT8, BFLOAT16 -> 8;
      case FLOAT16 -> 11;
      case FLOAT8_E4M3 -> 4;
      case FLOAT8_E5M2 -> 3;
      case FLOAT32 -> 24;
      case FLOAT64 -> 53;
      case INT8, INT16, INT32, INT64 -> 8 * dtype.bytes() - 1;
    };
  }
}
