package org.teenygrad.engine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.teenygrad.engine.ir.OpCode.*;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.testing.Buffers;
import org.teenygrad.testing.NumericGradient;

/// Each chain rule against central differences, in reverse and in forward mode.
class ChainRulesTest {
  private static final Device DEVICE = Device.of("interpreter");
  private static final Shape SHAPE = Shape.of(2, 3);

  private final Random random = new Random(11);

  private static OpNode tensor(Shape shape, double... numbers) {
    return Buffers.of(DEVICE, DType.FLOAT64, shape, numbers);
  }

  private static OpNode vector(double... numbers) {
    return tensor(Shape.of(numbers.length), numbers);
  }

  private static OpNode indices(Shape shape, double... numbers) {
    return Buffers.of(DEVICE, DType.INT32, shape, numbers);
  }

  /// Values in 0.3..2 or their negatives: away from the places where a function has no derivative.
  private OpNode positive(Shape shape) {
    return tensor(shape, random.doubles(shape.elements(), 0.3, 2).toArray());
  }

  private OpNode anySign(Shape shape) {
    double[] numbers = random.doubles(shape.elements(), 0.3, 2).map(x -> random.nextBoolean() ? x : -x).toArray();
    return tensor(shape, numbers);
  }

  private static OpNode op(OpCode op, OpNode... inputs) {
    return OpNode.of(op, inputs);
  }

  private static OpNode op(OpCode op, @Nullable Object payload, OpNode... inputs) {
    return OpNode.of(op, payload, List.of(inputs));
  }

  private static OpNode cast(DType dtype, OpNode x) {
    return OpNode.create(CAST, dtype, List.of(x), null);
  }

  private static OpNode gradient(OpNode output, OpNode wrt, OpNode cotangent) {
    return op(GRADIENT, output, wrt, cotangent);
  }

  private static double[] slopes(OpNode output, OpNode wrt) {
    return Buffers.numbers(gradient(output, wrt, Uniform.of(output.dtype(), output.shape(), 1)));
  }

  /// Reverse mode against differences, and forward mode against reverse: `cotangent . jvp = sum of gradient . tangent`.
  private void check(OpNode output, OpNode... variables) {
    double[] cotangent = random.doubles(output.shape().elements(), -1, 1).toArray();
    OpNode cotangents = tensor(output.shape(), cotangent);
    Map<OpNode, OpNode> tangents = new HashMap<>();
    double expected = 0;
    for (OpNode variable : variables) {
      double[] gradient = Buffers.numbers(gradient(output, variable, cotangents));
      assertThat(gradient)
          .as(output.op() + " by " + variable)
          .containsExactly(NumericGradient.of(output, variable, cotangent), within(1e-6));
      double[] tangent = random.doubles(gradient.length, -1, 1).toArray();
      tangents.put(variable, tensor(variable.shape(), tangent));
      expected += dot(gradient, tangent);
    }
    double[] moved = Buffers.numbers(ForwardMode.jvp(output, tangents));
    assertThat(dot(cotangent, moved)).as("forward mode of " + output.op()).isCloseTo(expected, within(1e-9));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(
      value = OpCode.class,
      names = {"NEG", "ABS", "EXP", "EXP2", "SIN", "COS", "TANH", "ERF", "CONTIGUOUS", "FLOOR", "CEIL", "TRUNC", "ROUND"})
  void functionsOfOneVariable(OpCode op) {
    OpNode x = anySign(SHAPE);
    check(op(op, x), x);
  }

  @ParameterizedTest
  @EnumSource(value = OpCode.class, names = {"SQRT", "LOG", "LOG2", "LOG10"})
  void functionsOfPositiveVariables(OpCode op) {
    OpNode x = positive(SHAPE);
    check(op(op, x), x);
  }

  @ParameterizedTest
  @EnumSource(value = OpCode.class, names = {"ADD", "SUB", "MUL", "DIV", "MOD", "MAX", "MIN"})
  void functionsOfTwoVariables(OpCode op) {
    OpNode x = anySign(SHAPE);
    OpNode y = anySign(SHAPE);
    check(op(op, x, y), x, y);
  }

  @Test
  void powers() {
    OpNode x = positive(SHAPE);
    OpNode y = anySign(SHAPE);
    check(op(POW, x, y), x, y);
  }

  @Test
  void powersOfZero() {
    OpNode x = vector(0, 0, 0, -2);
    OpNode p = vector(0, 1, 2, 3);
    OpNode y = op(POW, x, p);
    assertThat(slopes(y, x)).containsExactly(0, 1, 0, 12);
    assertThat(slopes(y, p)).startsWith(0, 0, 0);
    OpNode first = gradient(y, x, Uniform.of(DType.FLOAT64, x.shape(), 1));
    assertThat(slopes(first, x)).containsExactly(0, 0, 2, -12);
    OpNode positive = vector(0.5, 2);
    OpNode zero = vector(0, 0);
    OpNode byBase = gradient(op(POW, positive, zero), positive, Uniform.of(DType.FLOAT64, zero.shape(), 1));
    check(byBase, positive, zero);
  }

  @Test
  void exponentsOfZeroFollowPyTorch() {
    OpNode zero = vector(0, 0, 2);
    OpNode p = vector(-1, 3, 3);
    assertThat(slopes(op(POW, zero, p), p)).containsExactly(Double.NEGATIVE_INFINITY, 0, 8 * Math.log(2));
  }

  @Test
  void choices() {
    OpNode x = anySign(SHAPE);
    OpNode y = anySign(SHAPE);
    check(op(WHERE, op(LT, x, y), x, op(MUL, y, y)), x, y);
  }

  @Test
  void fusedMultiplyAdd() {
    OpNode x = anySign(SHAPE);
    OpNode y = anySign(SHAPE);
    OpNode z = anySign(SHAPE);
    check(op(FMA, x, y, z), x, y, z);
  }

  @Test
  void castsGoBackToTheTypeOfTheSource() {
    OpNode x = anySign(SHAPE);
    OpNode narrow = op(MUL, cast(DType.FLOAT32, x), cast(DType.FLOAT32, x));
    OpNode gradient = gradient(narrow, x, Uniform.of(DType.FLOAT32, SHAPE, 1));
    assertThat(gradient.dtype()).isEqualTo(DType.FLOAT64);
    double[] values = Buffers.numbers(x);
    assertThat(Buffers.numbers(gradient)).containsExactly(twice(values), within(1e-6));
    OpNode tangent = ForwardMode.jvp(narrow, Map.of(x, Uniform.of(DType.FLOAT64, SHAPE, 1)));
    assertThat(tangent.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(Buffers.numbers(tangent)).containsExactly(twice(values), within(1e-6));
  }

  private static double[] twice(double... values) {
    double[] doubled = values.clone();
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] *= 2;
    }
    return doubled;
  }

  @Test
  void tiesOfTwoShareEqually() {
    OpNode x = vector(1, 2, 3);
    OpNode y = vector(2, 2, 2);
    assertThat(slopes(op(MAX, x, y), x)).containsExactly(0, 0.5, 1);
    assertThat(slopes(op(MAX, x, y), y)).containsExactly(1, 0.5, 0);
    assertThat(slopes(op(MIN, x, y), x)).containsExactly(1, 0.5, 0);
    assertThat(slopes(op(MIN, x, y), y)).containsExactly(0, 0.5, 1);
  }

  @Test
  void theAbsoluteValueIsFlatAtZero() {
    OpNode x = vector(-3, 0, 3);
    assertThat(slopes(op(ABS, x), x)).containsExactly(-1, 0, 1);
  }

  @Test
  void movement() {
    OpNode x = anySign(SHAPE);
    OpNode column = anySign(Shape.of(2, 1));
    check(op(RESHAPE, Shape.of(3, 2), x), x);
    check(op(PERMUTE, List.of(1, 0), x), x);
    OpNode cube = anySign(Shape.of(2, 3, 4));
    check(op(PERMUTE, List.of(2, 0, 1), cube), cube);
    check(op(EXPAND, Shape.of(2, 4), column), column);
    check(op(PAD, new Bounds(List.of(1, 0), List.of(0, 2)), x), x);
    check(op(SHRINK, new Bounds(List.of(0, 1), List.of(1, 3)), x), x);
    check(op(FLIP, List.of(1), x), x);
  }

  @ParameterizedTest
  @EnumSource(value = OpCode.class, names = {"ADD", "MUL", "MAX", "MIN"})
  void reductions(OpCode combine) {
    OpNode x = anySign(Shape.of(2, 3, 2));
    check(op(REDUCE, new Reduction(combine, List.of(1)), x), x);
    check(op(REDUCE, new Reduction(combine, List.of(0, 2)), x), x);
  }

  @ParameterizedTest
  @EnumSource(value = OpCode.class, names = {"ADD", "MAX", "MIN"})
  void scans(OpCode combine) {
    OpNode x = anySign(Shape.of(2, 4, 2));
    check(op(SCAN, new Reduction(combine, List.of(1)), x), x);
    check(op(SCAN, new Reduction(combine, List.of(2)), x), x);
  }

  @Test
  void tiesOfAnExtremeShareEqually() {
    OpNode x = tensor(Shape.of(1, 4), 5, 1, 5, 3);
    OpNode y = op(REDUCE, new Reduction(MAX, List.of(1)), x);
    assertThat(slopes(y, x)).containsExactly(0.5, 0, 0.5, 0);
  }

  @Test
  void productsKnowTheirZeros() {
    OpNode x = tensor(Shape.of(3, 3), 2, 3, 4, 0, 3, 4, 0, 0, 4);
    OpNode y = op(REDUCE, new Reduction(MUL, List.of(1)), x);
    check(y, x);
    assertThat(slopes(y, x)).containsExactly(12, 8, 6, 12, 0, 0, 0, 0, 0);
    OpNode withOneZero = tensor(Shape.of(1, 3), 0, 3, 4);
    OpNode product = op(REDUCE, new Reduction(MUL, List.of(1)), withOneZero);
    check(gradient(product, withOneZero, Uniform.of(DType.FLOAT64, product.shape(), 1)), withOneZero);
  }

  @Test
  void gathers() {
    OpNode x = anySign(Shape.of(3, 2));
    OpNode index = indices(Shape.of(4, 2), 0, 2, 2, 2, -1, 1, 1, 3);
    check(op(GATHER, 0, x, index), x);
  }

  @ParameterizedTest
  @EnumSource(value = OpCode.class, names = {"ADD", "MUL", "MAX", "MIN"})
  void scattersThatCombine(OpCode combine) {
    OpNode base = anySign(Shape.of(3, 2));
    OpNode source = anySign(Shape.of(4, 2));
    OpNode index = indices(Shape.of(4, 2), 0, 2, 2, 2, -1, 1, 0, 3);
    check(op(SCATTER, new Scatter(0, combine), base, index, source), base, source);
  }

  @Test
  void scattersThatReplaceGiveToTheLast() {
    OpNode base = anySign(Shape.of(3, 2));
    OpNode source = anySign(Shape.of(4, 2));
    OpNode index = indices(Shape.of(4, 2), 2, 2, 0, 2, -1, 1, 0, 3);
    check(op(SCATTER, new Scatter(0, null), base, index, source), base, source);
  }

  @Test
  void scattersThatMultiplyKnowTheirZeros() {
    OpNode base = vector(2, 3, 0);
    OpNode source = vector(0, 5, 0, 0, 7);
    OpNode index = indices(Shape.of(5), 0, 0, 1, 1, 2);
    check(op(SCATTER, new Scatter(0, MUL), base, index, source), base, source);
  }

  @Test
  void tiesOfAScatteredExtremeShareEqually() {
    OpNode base = vector(5, 0);
    OpNode source = vector(5, 1, 5, 2);
    OpNode y = op(SCATTER, new Scatter(0, MAX), base, indices(Shape.of(4), 0, 0, 0, 1), source);
    assertThat(slopes(y, base)).containsExactly(1 / 3.0, 0);
    assertThat(slopes(y, source)).containsExactly(1 / 3.0, 0, 1 / 3.0, 1);
  }

  @Test
  void copiesAndAssignments() {
    OpNode x = anySign(SHAPE);
    check(op(COPY, DEVICE, op(EXP, x)), x);
    OpNode target = anySign(SHAPE);
    OpNode assigned = op(ASSIGN, true, target, op(EXP, x));
    OpNode gradient = gradient(op(MUL, assigned, assigned), x, Uniform.of(DType.FLOAT64, SHAPE, 1));
    double[] values = Buffers.numbers(x);
    assertThat(Buffers.numbers(gradient)[0]).isCloseTo(2 * Math.exp(2 * values[0]), within(1e-9));
  }

  @Test
  void secondDerivatives() {
    OpNode x = anySign(SHAPE);
    OpNode y = op(MUL, op(EXP, x), op(SIN, x));
    OpNode one = Uniform.of(DType.FLOAT64, SHAPE, 1);
    OpNode first = gradient(y, x, one);
    check(first, x);
    double[] values = Buffers.numbers(x);
    double[] second = Buffers.numbers(gradient(first, x, one));
    for (int i = 0; i < values.length; i++) {
      assertThat(second[i]).isCloseTo(2 * Math.exp(values[i]) * Math.cos(values[i]), within(1e-9));
    }
  }

  @Test
  void gradientsOfGradientsOfAMatrixProduct() {
    OpNode a = anySign(Shape.of(2, 3, 1));
    OpNode b = anySign(Shape.of(1, 3, 4));
    Shape all = Shape.of(2, 3, 4);
    OpNode products = op(MUL, op(EXPAND, all, a), op(EXPAND, all, b));
    OpNode y = op(TANH, op(REDUCE, new Reduction(ADD, List.of(1)), products));
    OpNode one = Uniform.of(DType.FLOAT64, y.shape(), 1);
    check(y, a, b);
    check(gradient(y, a, one), a, b);
    OpNode twice = gradient(gradient(y, a, one), b, Uniform.of(DType.FLOAT64, a.shape(), 1));
    check(twice, a, b);
  }

  @Test
  void theBooksExample() {
    OpNode x1 = vector(9);
    OpNode x2 = vector(10);
    OpNode sine = op(SIN, x2);
    OpNode d = op(MUL, op(EXP, x1), op(MUL, sine, sine));
    check(op(MUL, d, Uniform.of(DType.FLOAT64, d.shape(), 1e-3)), x1, x2);
    assertThat(slopes(d, x1)[0]).isCloseTo(Math.exp(9) * Math.sin(10) * Math.sin(10), within(1e-8));
    assertThat(slopes(d, x2)[0]).isCloseTo(Math.exp(9) * Math.sin(20), within(1e-8));
  }

  @Test
  void aTangentThatReachesNothingMovesNothing() {
    OpNode x = vector(1, 2);
    OpNode y = vector(3, 4);
    assertThat(Buffers.numbers(ForwardMode.jvp(op(EXP, x), Map.of(y, y)))).containsExactly(0, 0);
  }
}
