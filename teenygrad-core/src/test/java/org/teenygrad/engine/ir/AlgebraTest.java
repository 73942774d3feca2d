package org.teenygrad.engine.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.testing.Buffers;

class AlgebraTest {
  /// How often each rule must have been seen to apply.
  private static final int CASES = 25;

  private static final int MOST_ATTEMPTS = 60_000;

  /// Rules that may round differently, or give a zero another sign.
  private static final Set<String> ROUNDING =
      Set.of("x ^ 2", "x ^ -1", "reduce single elements", "reduce of reduce", "reduce of expand");

  /// Rules for the inside of kernels, which the interpreter does not run.
  private static final Set<String> KERNEL_LEVEL = Set.of("load if true", "load if false");

  static Stream<PatternMatcher.Rule> rules() {
    return Algebra.RULES.rules().stream().filter(rule -> !KERNEL_LEVEL.contains(rule.name()));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyRuleKeepsTheMeaning(PatternMatcher.Rule rule) {
    Random random = new Random(rule.name().hashCode());
    int seen = 0;
    for (int attempt = 0; attempt < MOST_ATTEMPTS && seen < CASES; attempt++) {
      OpNode node;
      OpNode replaced;
      try {
        node = new RandomMatches(random).root(rule.pattern);
        replaced = rule.apply(node);
      } catch (IllegalArgumentException impossible) {
        continue;
      }
      if (replaced != null) {
        seen++;
        check(node, replaced, ROUNDING.contains(rule.name()) || node.is(OpCode.POW));
      }
    }
    assertThat(seen).as("cases of " + rule).isEqualTo(CASES);
  }

  private static void check(OpNode before, OpNode after, boolean rounding) {
    assertThat(after.dtype()).isEqualTo(before.dtype());
    assertThat(after.shape()).isEqualTo(before.shape());
    double[] expected = Buffers.numbers(before);
    double[] actual = Buffers.numbers(after);
    String description = before + " of " + before.inputs() + " became " + after + " of " + after.inputs();
    if (!rounding) {
      assertThat(boxed(actual)).as(description).isEqualTo(boxed(expected));
      return;
    }
    double relative = before.dtype() == DType.BFLOAT16 ? 0.02 : 1e-5;
    for (int i = 0; i < expected.length; i++) {
      if (Double.isFinite(expected[i])) {
        assertThat(actual[i]).as(description).isCloseTo(expected[i], within(relative * (1 + Math.abs(expected[i]))));
      } else {
        assertThat(actual[i]).as(description).isEqualTo(Double.valueOf(expected[i]));
      }
    }
  }

  /// NaN equals NaN, and 0.0 differs from -0.0.
  private static List<Double> boxed(double[] numbers) {
    return DoubleStream.of(numbers).boxed().toList();
  }

  @Test
  void allRulesTogetherKeepTheMeaningOfIntegerGraphs() {
    List<OpCode> ops =
        List.of(OpCode.ADD, OpCode.SUB, OpCode.MUL, OpCode.MAX, OpCode.MIN, OpCode.AND, OpCode.OR, OpCode.XOR, OpCode.IDIV, OpCode.MOD);
    Random random = new Random(7);
    for (int round = 0; round < 100; round++) {
      Shape shape = Shape.of(3);
      List<OpNode> nodes = new ArrayList<>();
      for (int value = -1; value < 3; value++) {
        nodes.add(Uniform.of(DType.INT32, shape, value));
        nodes.add(Buffers.of(Device.of("interpreter"), DType.INT32, shape, random.ints(3, -9, 9).asDoubleStream().toArray()));
      }
      for (int i = 0; i < 40; i++) {
        OpNode a = nodes.get(random.nextInt(nodes.size()));
        OpNode b = nodes.get(random.nextInt(nodes.size()));
        nodes.add(
            switch (random.nextInt(5)) {
              case 0 -> OpNode.of(OpCode.NEG, a);
              case 1 -> OpNode.of(OpCode.NOT, a);
              case 2 -> OpNode.of(OpCode.WHERE, OpNode.of(OpCode.LT, a, b), b, a);
              default -> OpNode.of(ops.get(random.nextInt(ops.size())), a, b);
            });
      }
      check(nodes.getLast(), simplify(nodes.getLast()), false);
    }
  }

  private final OpNode x = Buffers.of(Device.of("interpreter"), DType.FLOAT32, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

  private static OpNode simplify(OpNode node) {
    return Algebra.simplify(List.of(node)).getFirst();
  }

  private OpNode full(double value) {
    return Uniform.of(DType.FLOAT32, x.shape(), value);
  }

  @Test
  void floatsTimesZeroStayBecauseOfNaN() {
    OpNode product = OpNode.of(OpCode.MUL, x, full(0));
    OpNode sum = OpNode.of(OpCode.ADD, x, full(0));
    assertThat(simplify(product)).isSameAs(product);
    assertThat(simplify(sum)).isSameAs(sum);
  }

  @Test
  void constantsFoldThroughViewsAndReductions() {
    OpNode sum = OpNode.of(OpCode.REDUCE, new Reduction(OpCode.ADD, List.of(0, 1)), List.of(full(0.5)));
    OpNode scalar = OpNode.of(OpCode.RESHAPE, Shape.SCALAR, List.of(sum));
    assertThat(simplify(OpNode.of(OpCode.EXP, scalar))).isSameAs(OpNode.constant(DType.FLOAT32, Math.exp(3)));
  }

  @Test
  void theMeanOfARepeatedValueIsTheValueTimesOne() {
    OpNode row = Buffers.of(Device.of("interpreter"), DType.FLOAT32, Shape.of(4, 1), 1, 2, 3, 4);
    OpNode wide = OpNode.of(OpCode.EXPAND, Shape.of(4, 8), List.of(row));
    OpNode sum = OpNode.of(OpCode.REDUCE, new Reduction(OpCode.ADD, List.of(1)), List.of(wide));
    assertThat(simplify(sum)).isSameAs(OpNode.of(OpCode.MUL, row, Uniform.of(DType.FLOAT32, row.shape(), 8)));
  }

  @Test
  void loadsAreDecidedByTheirCondition() {
    OpNode param = OpNode.create(OpCode.PARAM, DType.FLOAT32, List.of(), new Param(0, Shape.of(4)));
    OpNode index = OpNode.constant(DType.INT64, 2);
    OpNode load = OpNode.of(OpCode.LOAD, null, List.of(param, index));
    assertThat(simplify(OpNode.of(OpCode.LOAD, param, index, OpNode.constant(true)))).isSameAs(load);
    assertThat(simplify(OpNode.of(OpCode.LOAD, param, index, OpNode.constant(false))))
        .isSameAs(OpNode.constant(DType.FLOAT32, 0));
  }

  @Test
  void onlyTypesWithAllValuesLoseNothing() {
    assertThat(Algebra.holdsAll(DType.FLOAT64, DType.INT32)).isTrue();
    assertThat(Algebra.holdsAll(DType.FLOAT32, DType.INT32)).isFalse();
    assertThat(Algebra.holdsAll(DType.BFLOAT16, DType.UINT8)).isTrue();
    assertThat(Algebra.holdsAll(DType.FLOAT32, DType.FLOAT16)).isTrue();
    assertThat(Algebra.holdsAll(DType.FLOAT16, DType.BFLOAT16)).isFalse();
    assertThat(Algebra.holdsAll(DType.INT16, DType.UINT8)).isTrue();
    assertThat(Algebra.holdsAll(DType.INT8, DType.UINT8)).isFalse();
    assertThat(Algebra.holdsAll(DType.UINT8, DType.INT8)).isFalse();
    assertThat(Algebra.holdsAll(DType.INT64, DType.FLOAT16)).isFalse();
  }
}
