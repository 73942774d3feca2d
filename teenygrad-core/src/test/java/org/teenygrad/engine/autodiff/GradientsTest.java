package org.teenygrad.engine.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.ir.Uniform;

/// The graphs that [Gradients] makes; what they compute is tested in [ChainRulesTest].
class GradientsTest {
  private final OpNode x = leaf(DType.FLOAT32);
  private final OpNode y = leaf(DType.FLOAT32);
  private final OpNode one = Uniform.of(DType.FLOAT32, x.shape(), 1);

  private static OpNode leaf(DType dtype) {
    return OpNode.buffer(new Storage(dtype, Shape.of(2), Device.of("cpu")));
  }

  private static OpNode gradient(OpNode output, OpNode wrt) {
    return OpNode.of(OpCode.GRADIENT, output, wrt, Uniform.of(output.dtype(), output.shape(), 1));
  }

  private static OpNode expand(OpNode root) {
    return Gradients.expand(List.of(root)).getFirst();
  }

  @Test
  void everyOperationHasAChainRuleOrIsKnownToBeFlat() {
    Set<OpCode> tensorLevel = EnumSet.allOf(OpCode.class);
    tensorLevel.removeAll(EnumSet.of(OpCode.LOAD, OpCode.STORE, OpCode.FOLD, OpCode.SINK, OpCode.GRADIENT, OpCode.PULLBACK));
    tensorLevel.removeIf(op -> op.group() == OpCode.Group.TILE);
    Set<OpCode> known = EnumSet.copyOf(ChainRules.FLAT);
    known.addAll(ChainRules.TABLE.keySet());
    assertThat(known).containsExactlyInAnyOrderElementsOf(tensorLevel);
    // Inside a kernel a SCAN has its loop as well.
    ChainRules.TABLE.forEach((op, rules) -> assertThat(rules).as(op.name()).hasSize(op == OpCode.SCAN ? 1 : op.arity()));
  }

  @Test
  void aSharedSubexpressionCollectsFromAllItsUses() {
    OpNode product = OpNode.of(OpCode.MUL, x, x);
    assertThat(expand(gradient(product, x)))
        .isSameAs(OpNode.of(OpCode.ADD, OpNode.of(OpCode.MUL, one, x), OpNode.of(OpCode.MUL, one, x)));
  }

  @Test
  void anIntermediateIsIndependentAndWhatIsBelowItStillCounts() {
    OpNode exp = OpNode.of(OpCode.EXP, x);
    OpNode out = OpNode.of(OpCode.MUL, exp, y);
    List<OpNode> expanded = Gradients.expand(List.of(gradient(out, exp), gradient(out, x)));
    OpNode byExp = OpNode.of(OpCode.MUL, one, y);
    assertThat(expanded).containsExactly(byExp, OpNode.of(OpCode.MUL, byExp, exp));
  }

  @Test
  void theOutputItselfHasItsCotangentAsGradient() {
    OpNode exp = OpNode.of(OpCode.EXP, x);
    assertThat(expand(gradient(exp, exp))).isSameAs(one);
  }

  @Test
  void withoutAPathTheGradientIsZeros() {
    OpNode zeros = Uniform.of(DType.FLOAT32, y.shape(), 0);
    assertThat(expand(gradient(OpNode.of(OpCode.EXP, x), y))).isSameAs(zeros);
    assertThat(expand(gradient(OpNode.of(OpCode.MUL, x, OpNode.of(OpCode.DETACH, y)), y))).isSameAs(zeros);
    OpNode integers = OpNode.create(OpCode.CAST, DType.INT32, List.of(y), null);
    OpNode through = OpNode.create(OpCode.CAST, DType.FLOAT32, List.of(integers), null);
    assertThat(expand(gradient(through, y))).isSameAs(zeros);
  }

  @Test
  void integersHaveNoGradient() {
    OpNode integer = leaf(DType.INT32);
    OpNode floating = OpNode.create(OpCode.CAST, DType.FLOAT32, List.of(integer), null);
    assertThatThrownBy(() -> expand(gradient(floating, integer)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("with respect to", "int32", "floating");
    assertThatThrownBy(() -> expand(gradient(integer, x)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("gradient of", "int32");
  }

  @Test
  void theCotangentHasTheTypeOfTheOutput() {
    OpNode wrong = OpNode.of(OpCode.GRADIENT, OpNode.of(OpCode.EXP, x), x, Uniform.of(DType.FLOAT64, x.shape(), 1));
    assertThatThrownBy(() -> expand(wrong)).hasMessageContainingAll("float64", "float32");
  }

  @Test
  void anAssignThatHasRunIsItsBuffer() {
    OpNode parameter = OpNode.of(OpCode.ASSIGN, true, List.of(leaf(DType.FLOAT32), OpNode.of(OpCode.EXP, y)));
    OpNode before = OpNode.of(OpCode.SIN, parameter);
    assertThat(Graph.topological(List.of(expand(gradient(before, parameter))))).contains(parameter);
    parameter.realizedAs(x);
    OpNode after = OpNode.of(OpCode.COS, x);
    assertThat(expand(before)).isSameAs(OpNode.of(OpCode.SIN, x));
    OpNode loss = OpNode.of(OpCode.ADD, before, after);
    assertThat(expand(gradient(loss, parameter))).isSameAs(expand(gradient(loss, x)));
    assertThat(expand(gradient(loss, y))).isSameAs(Uniform.of(DType.FLOAT32, y.shape(), 0));
    assertThat(expand(OpNode.of(OpCode.ASSIGN, true, List.of(x, parameter))))
        .isSameAs(OpNode.of(OpCode.ASSIGN, true, List.of(x, x)));
  }

  @Test
  void gradientsFlowThroughComputedValues() {
    OpNode exp = OpNode.of(OpCode.EXP, x);
    OpNode expected = expand(gradient(OpNode.of(OpCode.SIN, exp), x));
    exp.realizedAs(y);
    assertThat(expand(gradient(OpNode.of(OpCode.SIN, exp), x))).isSameAs(expected);
  }

  @Test
  void aComputedGradientIsNotComputedAgain() {
    OpNode gradient = gradient(OpNode.of(OpCode.EXP, x), x);
    OpNode step = OpNode.of(OpCode.NEG, gradient);
    gradient.realizedAs(y);
    // Ones are one node for all tests of this JVM; of this shape no other computes any.
    OpNode alone = OpNode.buffer(new Storage(DType.FLOAT32, Shape.of(2, 1, 3, 1, 2), Device.of("cpu")));
    OpNode constant = gradient(alone, alone);
    constant.realizedAs(y);
    assertThat(expand(step).input(0).realized()).isSameAs(y);
    assertThat(expand(constant).realized()).isNull();
  }

  @Test
  void gradientsGoBackToTheDeviceOfTheSource() {
    OpNode there = OpNode.of(OpCode.COPY, Device.of("cuda:1"), List.of(OpNode.of(OpCode.NEG, x)));
    OpNode back = OpNode.of(OpCode.COPY, Device.of("cpu"), List.of(one));
    assertThat(expand(gradient(there, x))).isSameAs(OpNode.of(OpCode.NEG, back));
  }

  @Test
  void whatNoVariableReachesIsNotDifferentiated() {
    OpNode product = OpNode.of(OpCode.MUL, OpNode.of(OpCode.EXP, y), x);
    assertThat(expand(gradient(product, x))).isSameAs(OpNode.of(OpCode.MUL, one, OpNode.of(OpCode.EXP, y)));
  }

  @Test
  void aChainOfTenThousandTakesAFewNodesForEach() {
    OpNode node = x;
    for (int i = 0; i < 10_000; i++) {
      node = OpNode.of(OpCode.TANH, node);
    }
    OpNode expanded = expand(gradient(node, x));
    assertThat(Graph.topological(List.of(expanded))).hasSizeBetween(40_000, 40_020);
  }

  @Test
  void aStackOfSixThousandReachesItsVariable() {
    OpNode sum = x;
    for (int i = 0; i < 6_000; i++) {
      sum = OpNode.of(OpCode.ADD, sum, OpNode.of(OpCode.MUL, x, Uniform.of(DType.FLOAT32, x.shape(), i)));
    }
    assertThat(Graph.topological(List.of(expand(gradient(sum, x))))).hasSizeLessThan(40_000);
  }
}
