package org.teenygrad.book.part3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.engine.ir.Pattern.add;
import static org.teenygrad.engine.ir.Pattern.any;
import static org.teenygrad.engine.ir.Pattern.constant;
import static org.teenygrad.engine.ir.Pattern.mul;
import static org.teenygrad.engine.ir.Pattern.op;
import static org.teenygrad.engine.ir.PatternMatcher.rule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.PatternMatcher;
import org.teenygrad.engine.ir.Rewriter;

class RewriteRulesTest {
  @TempDir private Path folder;

  private final OpNode x = Tensor.rand(3).realize().node();

  @Test
  void tenRulesMakeTheGraphSmallAndChangeNoValue() throws IOException {
    Reading reading = Reading.of(new RewriteRules(5), folder).holds();
    assertThat(Files.readString(reading.pictures().getFirst())).contains(">as it was written<", ">after ten rules<", ">mul 6<", ">w<");
  }

  /// Exercise 1: a rule for exp(log(x)). It is true where x is positive, but for rounding.
  @Test
  void exerciseExponentialOfALogarithm() {
    PatternMatcher undo = PatternMatcher.of("undo", rule("exp(log x) = x", op(OpCode.EXP, op(OpCode.LOG, any("x"))), any("x")));
    OpNode graph = OpNode.of(OpCode.ADD, OpNode.of(OpCode.EXP, OpNode.of(OpCode.LOG, x)), x);
    assertThat(new Rewriter(undo).rewrite(graph)).isSameAs(OpNode.of(OpCode.ADD, x, x));
  }

  /// Exercise 2: two rules that undo each other.
  @Test
  void exerciseRulesThatNeverEnd() {
    PatternMatcher circle = PatternMatcher.of("circle",
        rule("x + x = x * 2", add(any("x"), any("x")), mul(any("x"), constant(2))), rule("x * 2 = x + x", mul(any("x"), constant(2)), add(any("x"), any("x"))));
    assertThatThrownBy(() -> new Rewriter(circle).rewrite(OpNode.of(OpCode.ADD, x, x))).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("endless").hasMessageContaining("x * 2 = x + x");
  }

  @Test
  void tenRulesLeaveOneProductOfTheProductRule() {
    OpNode derivative = RewriteRules.derivative(OpNode.of(OpCode.MUL, x, x), x);
    assertThat(derivative.op()).isEqualTo(OpCode.ADD);
    OpNode simple = new Rewriter(RewriteRules.TEN).rewrite(derivative);
    assertThat(simple.op()).isEqualTo(OpCode.MUL);
    assertThat(simple.inputs()).contains(x);
  }

  @Test
  void refusesNoElements() {
    assertThatThrownBy(() -> new RewriteRules(1)).hasMessageContaining("size");
  }
}
