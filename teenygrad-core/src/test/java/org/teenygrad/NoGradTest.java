package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.teenygrad.nn.Linear;

class NoGradTest {
  @Test
  void whatIsComputedInsideIsAConstantToDerivatives() {
    Tensor w = Tensor.of(3f).requiresGrad();
    Tensor outside = w.mul(2);
    Tensor inside = Tensor.noGrad(() -> w.mul(2).add(outside).exp());
    assertThatThrownBy(inside::backward).isInstanceOf(IllegalStateException.class).hasMessageContaining("depends on no parameter");
    w.mul(inside).backward(); // as by a number
    assertThat(w.grad().item()).isEqualTo((float) Math.exp(12));
  }

  @Test
  void whatFindsNothingToDoIsAConstantToo() {
    Tensor w = Tensor.of(1f, 2f).requiresGrad();
    Tensor same = Tensor.noGrad(() -> w.reshape(2));
    assertThatThrownBy(() -> same.sum().backward()).hasMessageContaining("depends on no parameter");
  }

  @Test
  void outsideAllIsAsBefore() {
    Linear layer = Linear.of(3, 1);
    Tensor.noGrad(() -> assertThat(layer.forward(Tensor.ones(2, 3)).shape()).isEqualTo(Shape.of(2, 1)));
    layer.forward(Tensor.ones(2, 3)).sum().backward();
    assertThat(layer.weight().grad().toFloatArray()).containsExactly(2, 2, 2);
  }

  @Test
  void aTensorMadeInsideMayBecomeAParameter() {
    Tensor w = Tensor.noGrad(() -> Tensor.of(2f).mul(2)).requiresGrad();
    w.square().backward();
    assertThat(w.grad().item()).isEqualTo(8);
    Tensor twice = Tensor.noGrad(() -> w.mul(2));
    assertThatThrownBy(twice::backward).hasMessageContaining("depends on no parameter");
  }

  @Test
  void aTensorMadeInsideThatIsAssignedAnExpressionOutsideIsTracked() {
    Tensor w = Tensor.of(3f).requiresGrad();
    Tensor state = Tensor.noGrad(() -> Tensor.of(1f).mul(2));
    state.assign(w.square());
    Tensor constant = Tensor.noGrad(() -> state.mul(2));
    assertThatThrownBy(constant::backward).hasMessageContaining("depends on no parameter");
    state.backward();
    assertThat(w.grad().item()).isEqualTo(6);
  }

  @Test
  void valuesAreTheSame() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).requiresGrad();
    float[] expected = x.matmul(x.t()).softmax(-1).toFloatArray();
    assertThat(Tensor.noGrad(() -> x.matmul(x.t()).softmax(-1)).toFloatArray()).isEqualTo(expected);
    assertThat(x.isLeaf()).isTrue();
  }
}
