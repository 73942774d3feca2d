package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Gradients into parameters and as functions.
class DifferentiableTest {
  /// The book's first derivative: d = exp(x1) * sin(x2)^2 at 9 and 10.
  @Test
  void theBooksExample() {
    Tensor x1 = Tensor.of(9f).requiresGrad();
    Tensor x2 = Tensor.of(10f).requiresGrad();
    Tensor d = x1.exp().mul(x2.sin().square());
    d.backward();
    float value = (float) (Math.exp(9) * Math.pow(Math.sin(10), 2));
    assertThat(d.item()).isCloseTo(value, within(value * 1e-5f));
    assertThat(x1.grad().item()).isCloseTo(value, within(value * 1e-5f));
    float slope = (float) (Math.exp(9) * 2 * Math.sin(10) * Math.cos(10));
    assertThat(x2.grad().item()).isCloseTo(slope, within(slope * 1e-5f));
    assertThat(d.toDot()).startsWith("digraph").contains("EXP", "SIN", "MUL", "value 9.0", "value 10.0")
        .contains("grad 2398").contains("grad 7397");
  }

  @Test
  void gradientsAddUpUntilTheyAreZeroed() {
    Tensor w = Tensor.of(1f, 2f).requiresGrad();
    w.square().sum().backward();
    w.square().sum().backward();
    assertThat(w.grad().data()).containsExactly(4, 8);
    w.zeroGrad();
    assertThat(w.hasGrad()).isFalse();
    w.sum().backward();
    assertThat(w.grad().data()).containsExactly(1, 1);
  }

  @Test
  void gradientsThatBackwardAddedCanBeDifferentiated() {
    for (boolean computed : new boolean[] {false, true}) {
      Tensor x = Tensor.of(3f).requiresGrad();
      x.pow(3).backward(true);
      Tensor slope = x.grad();
      if (computed) {
        assertThat(slope.item()).isEqualTo(27);
      }
      x.zeroGrad();
      slope.backward(true);
      Tensor bend = x.grad();
      x.zeroGrad();
      bend.backward();
      assertThat(slope.item()).isEqualTo(27);
      assertThat(bend.item()).isEqualTo(18);
      assertThat(x.grad().item()).isEqualTo(6);
    }
  }

  @Test
  void aPenaltyOnGradientsIsDifferentiable() {
    // WGAN-GP's penalty, (|dy/dx| - 1)^2, by w: y = w x^2, dy/dx = 2 w x, the penalty's derivative 4 x (2 w x - 1)
    Tensor w = Tensor.of(0.5f).requiresGrad();
    Tensor x = Tensor.of(3f).requiresGrad();
    w.mul(x.square()).backward(true);
    Tensor penalty = x.grad().sub(1).square();
    w.zeroGrad();
    x.zeroGrad();
    penalty.backward();
    assertThat(w.grad().item()).isEqualTo(24);
    assertThat(x.grad().item()).isEqualTo(4 * 0.5f * 2);
  }

  @Test
  void gradientsThatAreConstantsSayHowTheyCouldBeDifferentiated() {
    Tensor x = Tensor.of(3f).requiresGrad();
    x.pow(3).backward();
    Tensor slope = x.grad();
    x.zeroGrad();
    assertThatThrownBy(slope::backward).isInstanceOf(IllegalStateException.class).hasMessageContaining("backward(true)");
  }

  @Test
  void equalInitialValuesMakeDifferentParameters() {
    Tensor a = Tensor.zeros(2).requiresGrad();
    Tensor b = Tensor.zeros(2).requiresGrad();
    a.mul(2).add(b.mul(3)).sum().backward();
    assertThat(a.grad().data()).containsExactly(2, 2);
    assertThat(b.grad().data()).containsExactly(3, 3);
  }

  @Test
  void aParameterStaysOneWhenItIsComputedBetweenTwoUses() {
    Tensor a = Tensor.full(Shape.of(2), 3.0).requiresGrad();
    Tensor before = a.mul(2);
    a.realize();
    Tensor after = a.square();
    before.add(after).sum().backward();
    assertThat(a.grad().data()).containsExactly(8, 8);
  }

  @Test
  void gradientsGoToTheVersionThatWasUsed() {
    Tensor w = Tensor.of(3f).requiresGrad();
    Tensor loss = w.square();
    w.assign(Tensor.of(100f));
    loss.backward();
    assertThat(w.grad().item()).isEqualTo(6);
    assertThat(w.item()).isEqualTo(100);
    w.zeroGrad();
    w.square().backward();
    assertThat(w.grad().item()).isEqualTo(200);
  }

  @Test
  void aTrainingLoopDescends() {
    Tensor w = Tensor.of(5f).requiresGrad();
    for (int i = 0; i < 20; i++) {
      w.zeroGrad();
      Tensor loss = w.sub(1).square();
      loss.backward();
      w.update(w.sub(w.grad().mul(0.25)));
      Tensor.realize(loss, w);
    }
    assertThat(w.item()).isCloseTo(1, within(1e-4f));
    assertThat(w.isLeaf()).isTrue();
  }

  @Test
  void intermediateTensorsCollectInPassing() {
    Tensor w = Tensor.of(3f).requiresGrad();
    Tensor square = w.square().requiresGrad();
    square.mul(5).backward();
    assertThat(square.isLeaf()).isFalse();
    assertThat(square.grad().item()).isEqualTo(5);
    assertThat(w.grad().item()).isEqualTo(30);
  }

  @Test
  void nothingFlowsThroughDetach() {
    Tensor w = Tensor.of(3f).requiresGrad();
    w.mul(w.detach()).backward();
    assertThat(w.grad().item()).isEqualTo(3);
    Tensor y = w.square().realize();
    assertThatThrownBy(() -> y.detach().backward()).hasMessageContaining("depends on no parameter");
  }

  @Test
  void frozenParametersCollectNothing() {
    Tensor w = Tensor.of(3f).requiresGrad();
    Tensor v = Tensor.of(4f).requiresGrad();
    w.requiresGrad(false);
    w.mul(v).backward();
    assertThat(w.hasGrad()).isFalse();
    assertThat(v.grad().item()).isEqualTo(3);
  }

  @Test
  void broadcastOperandsGetTheSumOfTheirGradients() {
    Tensor row = Tensor.of(1f, 2f, 3f).requiresGrad();
    Tensor column = Tensor.of(new float[] {10, 20}, 2, 1).requiresGrad();
    row.mul(column).sum().backward();
    assertThat(row.grad().data()).containsExactly(30, 30, 30);
    assertThat(column.grad().data()).containsExactly(6, 6);
    assertThat(column.grad().shape()).isEqualTo(Shape.of(2, 1));
  }

  @Test
  void aCotangentWeighsTheOutputs() {
    Tensor w = Tensor.of(1f, 2f).requiresGrad();
    w.square().backward(Tensor.of(10f, 1f));
    assertThat(w.grad().data()).containsExactly(20, 4);
  }

  @Test
  void flatFunctionsHaveZeroDerivatives() {
    Tensor w = Tensor.of(-1.5f, 0f, 2.5f).requiresGrad();
    w.sign().add(w.floor()).add(w.round()).sum().backward();
    assertThat(w.grad().data()).containsExactly(0, 0, 0);
  }

  @Test
  void misuseIsExplained() {
    Tensor w = Tensor.of(1f, 2f).requiresGrad();
    assertThatThrownBy(() -> w.square().backward()).hasMessageStartingWith("backward: needs a scalar, not shape (2,)");
    assertThatThrownBy(() -> w.square().backward(Tensor.of(1f))).hasMessageContaining("shape ()")
        .hasMessageContaining("(2,)");
    assertThatThrownBy(w::grad).hasMessageStartingWith("grad: no backward()");
    assertThatThrownBy(() -> Tensor.of(1f).grad()).hasMessageContaining("requiresGrad()");
    assertThatThrownBy(() -> Tensor.of(1).requiresGrad()).hasMessageContaining("int32");
    assertThatThrownBy(() -> Tensor.of(1f).backward()).hasMessageContaining("depends on no parameter");
  }

  @Test
  void gradientsOfGradients() {
    Tensor x = Tensor.of(3f).requiresGrad();
    Tensor y = x.pow(3);
    Tensor dy = Gradient.of(y, x);
    assertThat(dy.item()).isEqualTo(27);
    assertThat(Gradient.of(dy, x).item()).isEqualTo(18);
  }

  @Test
  void severalGradientsAtOnce() {
    Tensor a = Tensor.of(2f);
    Tensor b = Tensor.of(5f);
    List<Tensor> gradients = Gradient.of(a.mul(b), a, b);
    assertThat(gradients.get(0).item()).isEqualTo(5);
    assertThat(gradients.get(1).item()).isEqualTo(2);
  }

  @Test
  void lostDerivativesAreRefused() {
    Tensor x = Tensor.of(2f);
    Tensor y = x.square();
    assertThat(y.item()).isEqualTo(4);
    assertThatThrownBy(() -> Gradient.of(y, x)).hasMessageContaining("does not depend on the float32 () tensor");
    assertThat(Gradient.of(x.square(), x).item()).isEqualTo(4);
  }

  @Test
  void forwardModeAgreesWithReverseMode() {
    Tensor x = Tensor.of(0.5f, 1.5f);
    Tensor v = Tensor.of(1f, -2f);
    Tensor y = x.sin().mul(x.exp());
    float forward = Gradient.jvp(y, x, v).sum().item();
    float reverse = Gradient.of(y.sum(), x).mul(v).sum().item();
    assertThat(forward).isCloseTo(reverse, within(1e-5f));
  }

  /// Derivatives of the composed functions against differences in float64.
  @Test
  void composedFunctionsHaveTheRightDerivatives() {
    double[] points = {-2.5, -1e-3, 1e-7, 0.3, 0.7, 2.1};
    checkDerivative(points, Tensor::expm1);
    checkDerivative(new double[] {-0.9, -1e-3, 1e-7, 0.3, 0.7, 12}, Tensor::log1p);
    checkDerivative(points, Tensor::tan);
    checkDerivative(points, x -> x.pow(3));
    checkDerivative(new double[] {-2.5, 0.3, 2.1}, x -> x.pow(-2));
    checkDerivative(new double[] {0.3, 2}, x -> x.pow(2.5));
    checkDerivative(new double[] {0.3, 2}, Tensor::rsqrt);
    checkDerivative(new double[] {0.3, 2}, Tensor::log10);
    checkDerivative(points, x -> x.clamp(-1, 1));
    checkDerivative(points, x -> x.remainder(0.8));
    checkDerivative(points, x -> x.var().mul(x.mean()));
    checkDerivative(points, x -> Tensor.cat(x.slice(0, 0, 6, 2), x.flip(0)).square());
    checkDerivative(points, x -> x.max().mul(x.min()));
  }

  private static void checkDerivative(double[] points, UnaryOperator<Tensor> function) {
    Tensor x = Tensor.of(points);
    double[] gradient = Gradient.of(function.apply(x).sum(), x).toDoubleArray();
    for (int i = 0; i < points.length; i++) {
      double h = 1e-5 * Math.max(1e-3, Math.abs(points[i]));
      double[] above = points.clone();
      double[] below = points.clone();
      above[i] += h;
      below[i] -= h;
      Tensor difference = function.apply(Tensor.of(above)).sub(function.apply(Tensor.of(below)));
      double slope = difference.sum().itemDouble() / (2 * h);
      assertThat(gradient[i]).isCloseTo(slope, within(1e-4 * Math.max(1, Math.abs(slope))));
    }
  }
}
