package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// What a tensor is: a lazy handle whose values can be read, assigned and kept.
class TensorTest {
  @Test
  void nothingRunsUntilValuesAreAskedFor() {
    Tensor x = Tensor.of(1f, 2f);
    Tensor y = x.add(1).mul(x);
    assertThat(y.node().realized()).isNull();
    assertThat(y.data()).containsExactly(2, 6);
    assertThat(y.node().op()).hasToString("BUFFER");
  }

  @Test
  void oneScheduleComputesSeveralTensors() {
    Tensor a = Tensor.of(2f).square();
    Tensor b = a.add(1);
    Tensor.realize(a, b);
    assertThat(a.item()).isEqualTo(4);
    assertThat(b.item()).isEqualTo(5);
  }

  @Test
  void equalExpressionsAreOneNode() {
    Tensor x = Tensor.of(1f, 2f);
    assertThat(x.add(1).node()).isSameAs(x.add(1).node());
  }

  @Test
  void itemOfManyElementsIsRefused() {
    assertThatThrownBy(() -> Tensor.of(1f, 2f).item())
        .hasMessage("item: shape (2,) has 2 elements, not one; use data()");
  }

  @Test
  void valuesComeBackInEveryType() {
    Tensor x = Tensor.of(-1.5f, 0f, 2.5f);
    assertThat(x.toFloatArray()).containsExactly(-1.5f, 0, 2.5f);
    assertThat(x.toDoubleArray()).containsExactly(-1.5, 0, 2.5);
    assertThat(x.toIntArray()).containsExactly(-1, 0, 2);
    assertThat(x.toLongArray()).containsExactly(-1, 0, 2);
    assertThat(x.toBooleanArray()).containsExactly(true, false, true);
    assertThat(x.toHalf().data()).containsExactly(-1.5f, 0, 2.5f);
    assertThat(x.toBfloat16().data()).containsExactly(-1.5f, 0, 2.5f);
    assertThat(Tensor.of(Long.MAX_VALUE).itemLong()).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> Tensor.of(Long.MAX_VALUE).toIntArray()).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void gradientsFlowThroughTwoThousandProducts() {
    Tensor x = Tensor.of(1f).requiresGrad();
    Tensor y = x;
    for (int i = 0; i < 2000; i++) {
      y = y.mul(x);
    }
    y.backward();
    assertThat(x.grad().item()).isEqualTo(2001);
  }

  @Test
  void computedExpressionsAreForgottenUnlessGradientsNeedThem() {
    Tensor x = Tensor.of(1f);
    for (int i = 0; i < 100; i++) {
      x = x.add(1).realize();
      assertThat(x.node().inputs()).isEmpty();
    }
    Tensor w = Tensor.of(3f).requiresGrad();
    Tensor y = w.square().realize();
    y.mul(2).backward();
    assertThat(y.node().inputs()).isNotEmpty();
    assertThat(w.grad().item()).isEqualTo(12);
  }

  @Test
  void assignChangesTheTensorAndNotWhatWasBuiltOnIt() {
    Tensor w = Tensor.of(1f, 2f);
    Tensor before = w.mul(10);
    w.assign(w.add(1));
    Tensor after = w.mul(10);
    assertThat(after.data()).containsExactly(20, 30);
    assertThat(before.data()).containsExactly(10, 20);
    assertThat(w.data()).containsExactly(2, 3);
  }

  @Test
  void assignmentsFollowEachOther() {
    Tensor w = Tensor.of(1f, 2f);
    Tensor first = w;
    for (int i = 0; i < 3; i++) {
      w.assign(w.mul(2));
    }
    Tensor mirrored = w.flip(0);
    w.assign(mirrored);
    assertThat(first.data()).containsExactly(16, 8);
    assertThat(mirrored.data()).containsExactly(16, 8);
  }

  @Test
  void assigningToAnExpressionGivesItMemory() {
    Tensor zeros = Tensor.zeros(2);
    Tensor others = Tensor.zeros(2);
    zeros.assign(Tensor.of(1f, 2f));
    assertThat(zeros.data()).containsExactly(1, 2);
    assertThat(others.data()).containsExactly(0, 0);
  }

  @Test
  void updateKeepsCountingInPlace() {
    Tensor counter = Tensor.of(0f);
    for (int i = 0; i < 50; i++) {
      counter.update(counter.add(1)).realize();
    }
    assertThat(counter.item()).isEqualTo(50);
  }

  @Test
  void assignChecksShapeAndType() {
    assertThatThrownBy(() -> Tensor.of(1f, 2f).assign(Tensor.of(1f).reshape(1)))
        .hasMessage("assign: a tensor of float32 (2,) cannot take float32 (1,); cast and broadcastTo make them fit");
    assertThatThrownBy(() -> Tensor.of(1f).update(Tensor.of(1)))
        .hasMessageContaining("float32 () cannot take int32 ()");
  }

  @Test
  void eagerModeComputesEachOperationAtOnce() {
    Tensor w = Tensor.of(2f).requiresGrad();
    float lazy = w.exp().mul(3).item();
    try (var _ = Eager.scope()) {
      Tensor y = w.exp().mul(3);
      assertThat(y.node().realized()).isNotNull();
      assertThat(y.item()).isEqualTo(lazy);
      y.backward();
      assertThat(w.grad().item()).isCloseTo(lazy, within(1e-5f));
      Tensor x = Tensor.of(3f);
      assertThat(Gradient.of(x.square().mul(x), x).item()).isEqualTo(27);
    }
    assertThat(Eager.enabled()).isFalse();
  }

  @Test
  void constantsAreAtHomeOnEveryDevice() {
    assertThat(Tensor.zeros(2).to(Tensor.zeros(2).device()).data()).containsExactly(0, 0);
  }

  @Test
  void derivativesComeBackFromAnotherDeviceThatHasComputed() {
    Tensor x = Tensor.of(new float[] {1, 2}, Shape.of(2), Tensor.zeros(1).device()).requiresGrad();
    Tensor y = x.to(Device.of("interpreter")).square();
    y.realize();
    y.sum().backward();
    assertThat(x.grad().data()).containsExactly(2, 4);
  }
}
