package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.SGD;

/// Changing tensors never changes what was meant before: `assign` and `update` as users mix them with reads.
@ParameterizedClass
@MethodSource("org.teenygrad.testing.Devices#all")
class AssignTest {
  private final Device device;

  AssignTest(Device device) {
    this.device = device;
  }

  private Tensor of(float... values) {
    return Tensor.of(values, Shape.of(values.length), device);
  }

  @Test
  void readsBeforeAWriteKeepTheOldValues() {
    Tensor x = of(1, 2);
    Tensor y = x.add(1);
    x.assign(of(5, 5));
    assertThat(x.data()).containsExactly(5, 5);
    assertThat(y.data()).containsExactly(2, 3);
  }

  @Test
  void anUpdateAndAReadOfTheOldValuesFitInOneSchedule() {
    Tensor x = of(1, 2, 3);
    Tensor old = x.mul(10);
    x.update(x.add(1));
    Tensor fresh = x.mul(10);
    Tensor.realize(fresh, x, old);
    assertThat(old.data()).containsExactly(10, 20, 30);
    assertThat(fresh.data()).containsExactly(20, 30, 40);
    assertThat(x.data()).containsExactly(2, 3, 4);
  }

  @Test
  void aCloneKeepsItsValuesWhateverBecomesOfTheOriginal() {
    Tensor x = of(1, 2);
    Tensor clone = x.clone();
    x.update(of(5, 6)).realize();
    assertThat(clone.data()).containsExactly(1, 2);
    Tensor second = clone.clone();
    clone.update(of(7, 8)).realize();
    assertThat(second.data()).containsExactly(1, 2);
    assertThat(x.data()).containsExactly(5, 6);
  }

  @Test
  void aCloneOfAParameterIsNoneButPassesItsGradientOn() {
    Tensor w = of(1, 2).requiresGrad();
    Tensor clone = w.clone();
    assertThat(clone.isLeaf()).isFalse();
    clone.square().sum().backward();
    assertThat(w.grad().data()).containsExactly(2, 4);
  }

  @Test
  void updatesMayReadViewsOfThemselves() {
    Tensor x = of(1, 2, 3, 4);
    x.update(x.flip(0)).realize();
    assertThat(x.data()).containsExactly(4, 3, 2, 1);
    x.update(x.reshape(2, 2).transpose(0, 1).reshape(4)).realize();
    assertThat(x.data()).containsExactly(4, 2, 3, 1);
    x.update(Tensor.cat(x.slice(0, 1, 4), x.slice(0, 0, 1))).realize();
    assertThat(x.data()).containsExactly(2, 3, 1, 4);
    x.update(x.cumsum(0)).realize();
    assertThat(x.data()).containsExactly(2, 5, 6, 10);
    x.update(x.div(x.sum())).realize();
    assertThat(x.mul(23).data()).containsExactly(new float[] {2, 5, 6, 10}, offset(1e-5f));
  }

  @Test
  void updatesFollowEachOtherWithoutBeingComputedBetween() {
    Tensor x = of(1, 2);
    x.update(x.add(1));
    Tensor between = x.mul(100);
    x.update(x.mul(2));
    x.update(x.flip(0));
    Tensor.realize(x, between);
    assertThat(x.data()).containsExactly(6, 4);
    assertThat(between.data()).containsExactly(200, 300);
  }

  @Test
  void anUpdateMayUseAnother() {
    Tensor momentum = of(1, 1);
    Tensor weight = of(10, 20);
    momentum.update(momentum.mul(0.5f).add(2));
    weight.update(weight.sub(momentum));
    Tensor.realize(weight, momentum);
    assertThat(momentum.data()).containsExactly(2.5f, 2.5f);
    assertThat(weight.data()).containsExactly(7.5f, 17.5f);
  }

  @Test
  void twoTensorsSwap() {
    Tensor a = of(1, 2);
    Tensor b = of(3, 4);
    Tensor oldA = a.mul(1);
    a.update(b);
    b.update(oldA);
    Tensor.realize(a, b);
    assertThat(a.data()).containsExactly(3, 4);
    assertThat(b.data()).containsExactly(1, 2);
  }

  @Test
  void oldValuesThatAnUpdateOverwroteAreRefusedOrRight() {
    Tensor x = of(1, 2);
    Tensor stale = x.mul(10);
    x.update(x.add(1)).realize();
    if (device.name().equals("cpu")) {
      assertThatThrownBy(stale::data)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was overwritten by an assignment before this expression read it");
    } else {
      assertThat(stale.data()).containsExactly(10, 20);
    }
    assertThat(x.data()).containsExactly(2, 3);
  }

  @Test
  void aTensorThatTookTheValuesOfAnotherGoesItsOwnWay() {
    Tensor a = of(1, 2);
    Tensor b = of(0, 0);
    b.assign(a);
    Tensor.realize(a, b);
    a.update(a.add(1)).realize();
    assertThat(b.data()).containsExactly(1, 2);
    b.update(b.add(10)).realize();
    assertThat(a.data()).containsExactly(2, 3);
    assertThat(b.data()).containsExactly(11, 12);
  }

  @Test
  void theStepOfAnOptimizerMayBeReadAlongside() {
    Tensor w = of(1, -2, 3).requiresGrad();
    var optimizer = new SGD(Map.of("w", w), 0.5);
    Tensor loss = w.square().sum();
    loss.backward();
    Tensor gradient = w.grad();
    Tensor before = w.mul(1);
    Tensor.realize(before, loss);
    optimizer.step();
    assertThat(before.data()).containsExactly(1, -2, 3);
    assertThat(gradient.data()).containsExactly(2, -4, 6);
    assertThat(loss.item()).isEqualTo(14);
    assertThat(w.data()).containsExactly(0, 0, 0);
  }

  @Test
  void theParameterMayBeAnOutputOfTheSameStep() {
    Tensor w = of(1, -2, 3).requiresGrad();
    var optimizer = new AdamW(Map.of("w", w), 0.1);
    for (int step = 1; step <= 3; step++) {
      Tensor loss = w.mul(w.detach()).sum();
      Tensor view = w.flip(0);
      Tensor.realize(view);
      optimizer.step(loss);
      Tensor after = w.flip(0);
      Tensor.realize(after, w);
      float[] now = w.data();
      assertThat(after.data()).containsExactly(now[2], now[1], now[0]);
      assertThat(view.data()[2]).isGreaterThan(now[0]);
    }
  }

  @Test
  void aCacheGrowsRowByRow() {
    Tensor cache = Tensor.of(new float[8], Shape.of(4, 2), device);
    for (int position = 0; position < 4; position++) {
      Tensor row = of(position + 1, 10 * (position + 1)).reshape(1, 2);
      Tensor here = Tensor.of(new long[] {position}, Shape.of(1, 1), device).expand(1, 2);
      cache.update(cache.scatter(0, here, row));
      Tensor scores = cache.slice(0, 0, position + 1).sum(0);
      Tensor.realize(scores, cache);
      float n = (position + 1) * (position + 2) / 2f;
      assertThat(scores.data()).containsExactly(n, 10 * n);
    }
    assertThat(cache.data()).containsExactly(1, 10, 2, 20, 3, 30, 4, 40);
  }

  @Test
  void gradientsOfTheOldValuesSurviveAnAssignment() {
    Tensor w = of(1, 2, 3).requiresGrad();
    w.mul(w).mul(w).sum().backward();
    w.assign(of(0, 0, 0));
    assertThat(w.grad().data()).containsExactly(3, 12, 27);
    w.square().sum().backward();
    assertThat(w.grad().data()).containsExactly(3, 12, 27);
    assertThat(w.data()).containsExactly(0, 0, 0);
  }

  @Test
  void gradientsOfAComputedLossSurviveAnUpdateInTheSameSchedule() {
    Tensor w = of(1, 2, 3).requiresGrad();
    Tensor loss = w.exp().sum();
    loss.realize();
    loss.backward();
    Tensor gradient = w.grad();
    w.update(w.detach().sub(gradient));
    Tensor.realize(w, gradient);
    for (int i = 0; i < 3; i++) {
      assertThat(gradient.data()[i]).isCloseTo((float) Math.exp(i + 1), offset(1e-4f));
      assertThat(w.data()[i]).isCloseTo((float) (i + 1 - Math.exp(i + 1)), offset(1e-4f));
    }
  }

  @Test
  void derivativesGoThroughAnAssignmentThatHasRun() {
    Tensor w = of(1, 2).requiresGrad();
    Tensor v = of(3, 4).requiresGrad();
    Tensor y = w.mul(2);
    y.assign(y.mul(v));
    Tensor z = y.mul(10);
    y.realize();
    z.sum().backward();
    assertThat(w.grad().data()).containsExactly(60, 80);
    assertThat(v.grad().data()).containsExactly(20, 40);
  }

  @Test
  void derivativesThatEndAtAnAssignmentAreRefused() {
    Tensor x = of(1, 2);
    Tensor y = x.mul(2);
    y.assign(y.add(1));
    Tensor loss = y.mul(10).sum();
    assertThat(Gradient.of(loss, x).data()).containsExactly(20, 20);
    y.realize();
    assertThatThrownBy(() -> Gradient.of(loss, x)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the output does not depend on");
  }
}
