package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Replaces operations that a vector unit has no instruction for by graphs of operations that it has, so that every
/// lane computes them without branches: both sides of a choice are always computed.
///
/// What is left are ADD SUB MUL DIV FMA NEG ABS SQRT FLOOR CEIL TRUNC ROUND MIN MAX, comparisons, WHERE, bitwise
/// operations, shifts by counts in range, IDIV and MOD of integers by divisors that are neither 0 nor -1, CAST and
/// BITCAST. The formulas rest on IEEE arithmetic to the letter: they must not be compiled with reassociation or other
/// fast-math licences, nor with denormals flushed to zero.
public final class Decompositions {
  private Decompositions() {}

  /// The graph of a kernel with every such operation replaced.
  /// @param specialUnit whether the machine computes EXP and EXP2 of float32 itself (to 2 units in the last place), and TANH (to 11 bits)
  public static OpNode expand(OpNode kernelSink, boolean specialUnit) {
    return specialUnit
        ? map(map(kernelSink, Decompositions::rewriteOnePlusErf), Decompositions::rewriteWithSpecialUnit)
        : map(kernelSink, Decompositions::rewrite);
  }

  /// The same for a special unit, where the scores of an attention of bfloat16 numbers may be less exact: TANH of float32, a soft
  /// cap, has 11 bits there, 3 more than what scores are made of.
  public static OpNode expandScores(OpNode kernelSink) {
    boolean few = Graph.topological(List.of(kernelSink)).stream()
        .allMatch(node -> !node.is(OpCode.LOAD) || node.dtype() != DType.FLOAT16);
    return map(map(kernelSink, Decompositions::rewriteOnePlusErf),
        node -> few && node.is(OpCode.TANH) && node.dtype() == DType.FLOAT32 ? node : rewriteWithSpecialUnit(node));
  }

  /// The graph with quotients of float32 whose divisors change in fewer loops, the sum of a softmax's row, as products with reciprocals
  /// that are computed there: at most a unit in the last place further off.
  static OpNode divideOnce(Analysis analysis) {
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : analysis.nodes) {
      OpNode copy = node.withInputs(node.inputs().stream().map(changed::get).toList());
      boolean divides = node.is(OpCode.DIV) && node.dtype() == DType.FLOAT32;
      changed.put(node, divides && analysis.dependencies(node.input(1)) != analysis.dependencies(node) ? timesReciprocal(copy.input(0), copy.input(1)) : copy);
    }
    return Objects.requireNonNull(changed.get(analysis.sink));
  }

  /// The graph with a factor's `x y - z` and `x y + z` of float32 rounded once, as quantised blocks are unpacked: by one
  /// instruction, and half a unit in the last place nearer.
  static OpNode fuseProducts(Analysis analysis, OpNode factor) {
    Set<OpNode> parts = Set.copyOf(Graph.topological(List.of(factor)));
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : analysis.nodes) {
      OpNode copy = node.withInputs(node.inputs().stream().map(changed::get).toList());
      boolean fuses = parts.contains(node) && (node.is(OpCode.SUB) || node.is(OpCode.ADD)) && node.dtype() == DType.FLOAT32 && node.input(0).is(OpCode.MUL);
      changed.put(node, fuses ? OpNode.of(OpCode.FMA, copy.input(0).input(0), copy.input(0).input(1), node.is(OpCode.SUB) ? OpNode.of(OpCode.NEG, copy.input(1)) : copy.input(1)) : copy);
    }
    return Objects.requireNonNull(changed.get(analysis.sink));
  }

  /// The reciprocal of a number below 2^-128 would be infinite: small divisors, and what they divide, are made larger first.
  static OpNode timesReciprocal(OpNode x, OpNode divisor) {
    OpNode scale = where(lessThan(abs(divisor), 0x1p-64), constant(x, 0x1p64), constant(x, 1.0));
    return mul(mul(x, scale), div(constant(x, 1.0), mul(divisor, scale)));
  }

  /// A quotient of float32 by a constant, as a product with its reciprocal in two parts: off by 0.5000001 units in the last place,
  /// and by one where it is below 2^-80 (Brisebarre, Muller and Raina, *Accelerating correctly rounded floating-point division when
  /// the divisor is known in advance*, 2004). Both parts have the divisor's sign, so that infinities stay what they are.
  private static OpNode dividedBy(OpNode quotient, double divisor) {
    boolean isPower = Math.scalb(1.0, Math.getExponent(divisor)) == Math.abs(divisor); // LLVM multiplies
    if (isPower || !(Math.abs(divisor) > 0x1p-60 && Math.abs(divisor) < 0x1p60)) {
      return quotient;
    }
    float high = (float) (1 / divisor);
    if (Math.abs((double) high) > Math.abs(1 / divisor)) {
      high = high > 0 ? Math.nextDown(high) : Math.nextUp(high);
    }
    OpNode x = quotient.input(0);
    return fma(x, high, mul(x, 1 / divisor - high));
  }

  private static OpNode map(OpNode kernelSink, UnaryOperator<OpNode> rewrite) {
    return Objects.requireNonNull(Graph.map(List.of(kernelSink), rewrite).get(kernelSink));
  }

  /// The graph with each FOLD by LOGSUMEXP spelled out: the largest element, and the sum of exponentials of the distances from it.
  public static OpNode spellLogSums(OpNode kernelSink) {
    return map(kernelSink, Decompositions::spellLogSum);
  }

  /// A node, spelled out if it is a FOLD by LOGSUMEXP: `log(sum(exp(x - shift))) + shift`.
  static OpNode spellLogSum(OpNode node) {
    if (!node.is(OpCode.FOLD) || node.payload() != OpCode.LOGSUMEXP) {
      return node;
    }
    OpNode x = node.input(0);
    OpNode largest = fold(OpCode.MAX, x, node);
    // An infinite largest element would make NaN of its distance from itself.
    OpNode infinite = OpNode.of(OpCode.EQ, abs(largest), constant(x, Double.POSITIVE_INFINITY));
    OpNode shift = where(infinite, constant(x, 0), largest);
    OpNode sum = fold(OpCode.ADD, OpNode.of(OpCode.EXP, sub(x, shift)), node);
    return add(OpNode.of(OpCode.LOG, sum), shift);
  }

  private static OpNode fold(OpCode combine, OpNode body, OpNode like) {
    List<OpNode> inputs = new ArrayList<>(like.inputs());
    inputs.set(0, body);
    return OpNode.of(OpCode.FOLD, combine, inputs);
  }

  private static OpNode rewriteOnePlusErf(OpNode node) {
    if (!node.is(OpCode.ADD) || node.dtype() != DType.FLOAT32) {
      return node;
    }
    OpNode x = node.input(0);
    OpNode y = node.input(1);
    return x.is(OpCode.ERF) && y.isConstant(1) ? ErrorFunction.onePlusErf(x.input(0))
        : y.is(OpCode.ERF) && x.isConstant(1) ? ErrorFunction.onePlusErf(y.input(0)) : node;
  }

  private static OpNode rewriteWithSpecialUnit(OpNode node) {
    boolean single = node.dtype() != DType.FLOAT64;
    return switch (node.op()) {
      case EXP, EXP2 -> single ? widened(node, n -> n) : rewrite(node);
      case TANH -> !single ? rewrite(node) : widened(node, n -> node.dtype() == DType.BFLOAT16 ? n : Exponentials.tanhByExp2(n.input(0)));
      case DIV -> node.dtype() == DType.FLOAT32 && node.input(1).is(OpCode.CONST) ? dividedBy(node, node.input(1).payload(Number.class).doubleValue()) : node;
      case ERF -> node.dtype() == DType.BFLOAT16 ? widened(node, n -> erfOfTanh(n.input(0))) : rewrite(node);
      default -> rewrite(node);
    };
  }

  /// One scalar node, its inputs as they are; itself if there is nothing to replace.
  public static OpNode rewrite(OpNode node) {
    return switch (node.op()) {
      case EXP -> widened(node, n -> Exponentials.exp(n.input(0)));
      case EXP2 -> widened(node, n -> Exponentials.exp2(n.input(0)));
      case TANH -> widened(node, n -> Exponentials.tanh(n.input(0)));
      case LOG -> widened(node, n -> Logarithms.log(n.input(0)));
      case LOG2 -> widened(node, n -> Logarithms.log2(n.input(0)));
      case LOG10 -> widened(node, n -> Logarithms.log10(n.input(0)));
      case SIN -> widened(node, n -> Trigonometry.sin(n.input(0)));
      case COS -> widened(node, n -> Trigonometry.cos(n.input(0)));
      case ERF -> widened(node, n -> ErrorFunction.erf(n.input(0)));
      case POW -> widened(node, n -> Powers.pow(n.input(0), n.input(1)));
      case MOD -> node.dtype().isFloating()
          ? widened(node, n -> FloatRemainder.fmod(n.input(0), n.input(1)))
          : IntegerGuards.remainder(node);
      case IDIV -> IntegerGuards.divide(node);
      case SHL -> IntegerGuards.shiftLeft(node);
      case SHR -> IntegerGuards.shiftRight(node);
      case THREEFRY -> Threefry.threefry(node.input(0), node.input(1));
      default -> node;
    };
  }

  /// erf x as tanh((2 / sqrt(pi)) (x + 11/123 x^3)), within 3.6e-4: less than a fifth of a unit in
  /// the last place of a bfloat16 near 1.
  private static OpNode erfOfTanh(OpNode x) {
    double slope = 2 / Math.sqrt(Math.PI);
    return OpNode.of(OpCode.TANH, mul(x, fma(mul(x, x), slope * 11 / 123, slope)));
  }

  /// Half-precision values are computed as float32.
  private static OpNode widened(OpNode node, UnaryOperator<OpNode> expansion) {
    DType type = node.dtype();
    if (type == DType.FLOAT32 || type == DType.FLOAT64) {
      return expansion.apply(node);
    }
    OpNode wide = OpNode.of(
        node.op(), node.inputs().stream().map(x -> cast(x, DType.FLOAT32)).toArray(OpNode[]::new));
    return cast(expansion.apply(wide), type);
  }
}
