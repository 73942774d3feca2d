package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExpressionViewTest {
  @Test
  void boxesOfALargeExpressionHaveValuesAndGradients() {
    Tensor x = Tensor.of(1f, 2f).requiresGrad();
    Tensor sum = x;
    for (int i = 0; i < 100; i++) {
      sum = sum.mul(1.01).sin();
    }
    ExpressionView view = ExpressionView.of(sum.sum());
    assertThat(view.size()).isGreaterThan(200);
    assertThat(view.dot()).startsWith("digraph").doesNotContain("\\ngrad");
    assertThat(view.value(0).toFloatArray()).containsExactly(1, 2);
    float[] first = view.gradient(0).orElseThrow().toFloatArray();
    sum.sum().backward();
    assertThat(first).containsExactly(x.grad().toFloatArray());
    assertThat(view.gradient(view.size() - 1).orElseThrow().item()).isEqualTo(1);
  }

  @Test
  void whatIsNotThereIsSaid() {
    ExpressionView view = ExpressionView.of(Tensor.of(1f, 2f).exp());
    assertThat(view.gradient(0)).isEmpty();
    assertThatThrownBy(() -> view.value(7)).isInstanceOf(IllegalArgumentException.class).hasMessage("there is no box 7: there are 2");
    assertThatThrownBy(() -> view.line(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
