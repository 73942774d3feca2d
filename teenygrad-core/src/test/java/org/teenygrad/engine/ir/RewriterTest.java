package org.teenygrad.engine.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.engine.ir.Pattern.add;
import static org.teenygrad.engine.ir.Pattern.any;
import static org.teenygrad.engine.ir.Pattern.anyConstant;
import static org.teenygrad.engine.ir.Pattern.constant;
import static org.teenygrad.engine.ir.Pattern.mul;
import static org.teenygrad.engine.ir.Pattern.neg;
import static org.teenygrad.engine.ir.Pattern.op;
import static org.teenygrad.engine.ir.Pattern.sub;
import static org.teenygrad.engine.ir.Pattern.where;
import static org.teenygrad.engine.ir.PatternMatcher.rule;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;

class RewriterTest {
  private static final Pattern X = any("x");
  private static final Pattern Y = any("y");

  private final OpNode a = leaf(DType.INT32);
  private final OpNode b = leaf(DType.INT32);

  private static OpNode leaf(DType dtype) {
    return OpNode.buffer(new Storage(dtype, Shape.of(2, 3), Device.of("cpu")));
  }

  private static OpNode rewrite(OpNode node, PatternMatcher.Rule... rules) {
    return new Rewriter(PatternMatcher.of("test", rules)).rewrite(node);
  }

  @Test
  void constantsMatchAlsoWhereTheyAreBroadcast() {
    OpNode sum = OpNode.of(OpCode.ADD, a, Uniform.of(DType.INT32, a.shape(), 0));
    assertThat(rewrite(sum, rule("x + 0", add(X, constant(0)), X))).isSameAs(a);
  }

  @Test
  void zerosHaveASign() {
    OpNode x = leaf(DType.FLOAT32);
    OpNode sum = OpNode.of(OpCode.ADD, x, Uniform.of(DType.FLOAT32, x.shape(), -0.0));
    assertThat(rewrite(sum, rule("x + 0", add(X, constant(0)), X))).isSameAs(sum);
    assertThat(rewrite(sum, rule("x + -0", add(X, constant(-0.0)), X))).isSameAs(x);
  }

  @Test
  void inputsOfCommutativeOperationsMatchInEitherOrderAlsoNested() {
    PatternMatcher.Rule rule = rule("(x + -y) * 7", mul(add(X, neg(Y)), constant(7)), sub(X, Y));
    OpNode seven = Uniform.of(DType.INT32, a.shape(), 7);
    OpNode minus = OpNode.of(OpCode.NEG, b);
    for (OpNode sum : List.of(OpNode.of(OpCode.ADD, a, minus), OpNode.of(OpCode.ADD, minus, a))) {
      assertThat(rewrite(OpNode.of(OpCode.MUL, sum, seven), rule)).isSameAs(OpNode.of(OpCode.SUB, a, b));
      assertThat(rewrite(OpNode.of(OpCode.MUL, seven, sum), rule)).isSameAs(OpNode.of(OpCode.SUB, a, b));
    }
  }

  @Test
  void inputsOfOtherOperationsMatchInTheirOrderOnly() {
    OpNode difference = OpNode.of(OpCode.SUB, Uniform.of(DType.INT32, a.shape(), 0), a);
    assertThat(rewrite(difference, rule("x - 0", sub(X, constant(0)), X))).isSameAs(difference);
  }

  @Test
  void aNameThatStandsTwiceMeansOneNode() {
    PatternMatcher.Rule rule = rule("where same", where(any("c"), X, X), X);
    OpNode condition = OpNode.of(OpCode.LT, a, b);
    OpNode different = OpNode.of(OpCode.WHERE, condition, a, b);
    assertThat(rewrite(OpNode.of(OpCode.WHERE, condition, a, a), rule)).isSameAs(a);
    assertThat(rewrite(different, rule)).isSameAs(different);
  }

  @Test
  void guardsDecide() {
    PatternMatcher.Rule rule = rule("int x * 0", mul(X.ofType(DType::isInteger), constant(0)), constant(0));
    OpNode x = leaf(DType.FLOAT32);
    OpNode floating = OpNode.of(OpCode.MUL, x, Uniform.of(DType.FLOAT32, x.shape(), 0));
    OpNode integer = OpNode.of(OpCode.MUL, a, Uniform.of(DType.INT32, a.shape(), 0));
    assertThat(rewrite(floating, rule)).isSameAs(floating);
    assertThat(rewrite(integer, rule)).isSameAs(Uniform.of(DType.INT32, a.shape(), 0));
  }

  @Test
  void computedReplacementsSeeNamesAndValuesAndMayDecline() {
    PatternMatcher.Rule rule =
        rule(
            "double constants",
            add(X, anyConstant("c")),
            m -> (long) m.value("c") > 10 ? null : OpNode.of(OpCode.ADD, m.get("x"), m.full(2 * (long) m.value("c"))));
    OpNode sum = OpNode.of(OpCode.ADD, a, Uniform.of(DType.INT32, a.shape(), 3));
    assertThat(rewrite(sum, rule)).isSameAs(OpNode.of(OpCode.ADD, a, Uniform.of(DType.INT32, a.shape(), 12)));
  }

  @Test
  void theFirstFittingRuleCounts() {
    OpNode twice = OpNode.of(OpCode.NEG, OpNode.of(OpCode.NEG, a));
    PatternMatcher.Rule first = rule("--x", neg(neg(X)), X);
    PatternMatcher.Rule second = rule("any negation", op(OpCode.NEG).as("n"), m -> b);
    PatternMatcher both = PatternMatcher.of("first", first).and(PatternMatcher.of("second", second));
    assertThat(both.apply(twice)).isSameAs(a);
    assertThat(both.apply(OpNode.of(OpCode.NEG, a))).isSameAs(b);
    assertThat(both.apply(a)).isNull();
  }

  @Test
  void whatARuleMakesIsRewrittenInItsTurn() {
    OpNode node = a;
    for (int i = 0; i < 7; i++) {
      node = OpNode.of(OpCode.NEG, node);
    }
    assertThat(rewrite(node, rule("--x", neg(neg(X)), X))).isSameAs(OpNode.of(OpCode.NEG, a));
  }

  @Test
  void whatNoRuleFitsStaysTheVeryNode() {
    OpNode sum = OpNode.of(OpCode.ADD, a, OpNode.of(OpCode.NEG, b));
    assertThat(rewrite(sum, rule("--x", neg(neg(X)), X))).isSameAs(sum);
  }

  @Test
  void rewritesAChainOfTenThousand() {
    OpNode zero = Uniform.of(DType.INT32, a.shape(), 0);
    OpNode node = a;
    for (int i = 0; i < 10_000; i++) {
      node = OpNode.of(OpCode.ADD, OpNode.of(OpCode.NEG, node), zero);
    }
    assertThat(rewrite(node, rule("x + 0", add(X, constant(0)), X), rule("--x", neg(neg(X)), X))).isSameAs(a);
  }

  @Test
  void rewritesANodeOfManyInputs() {
    List<OpNode> inputs = new ArrayList<>();
    List<OpNode> wanted = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      OpNode plain = OpNode.of(OpCode.ADD, a, Uniform.of(DType.INT32, a.shape(), i));
      wanted.add(plain);
      inputs.add(OpNode.of(OpCode.NEG, OpNode.of(OpCode.NEG, plain)));
    }
    assertThat(rewrite(OpNode.of(OpCode.SINK, null, inputs), rule("--x", neg(neg(X)), X)))
        .isSameAs(OpNode.of(OpCode.SINK, null, wanted));
  }

  @Test
  void endlessRewritingIsReportedByTheRules() {
    PatternMatcher.Rule there = rule("there", add(X, Y), sub(X, Y));
    PatternMatcher.Rule back = rule("and back", sub(X, Y), add(X, Y));
    assertThatThrownBy(() -> rewrite(OpNode.of(OpCode.ADD, a, b), there, back))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("endless", "there", "and back");
    assertThatThrownBy(() -> rewrite(OpNode.of(OpCode.NEG, a), rule("grow", neg(X), neg(add(neg(X), X)))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("grow");
  }
}
