package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;

/// What was scheduled once is replayed: a training step makes schedules and kernels the first time only.
class StepReplayTest {
  private static final Device NULL = Device.of("null");

  private final Tensor weight = tensor(6, 8).requiresGrad();
  private final Tensor bias = tensor(6).requiresGrad();
  private final Optimizer optimizer = new AdamW(Map.of("weight", weight, "bias", bias), 0.1).clipNorm(1);

  private static Tensor tensor(int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(new float[(int) shape.elements()], shape, NULL);
  }

  private Profile step(int rows, double scale) {
    return Profile.of(() -> {
      Tensor x = tensor(rows, 8);
      Tensor loss = x.dropout(0.25, true).linear(weight, bias).mul(scale).softmax(-1).square().mean();
      optimizer.step(loss);
      assertThat(loss.item()).isZero();
    });
  }

  @Test
  void theSecondStepSchedulesAndCompilesNothing() {
    Profile first = step(5, 2.25);
    assertThat(first.schedules()).isNotEmpty();
    for (int i = 0; i < 3; i++) {
      Profile next = step(5, 2.25);
      assertThat(next.schedules()).isEmpty();
      assertThat(next.launches()).hasSameSizeAs(first.launches());
    }
  }

  @Test
  void anotherShapeIsAnotherSchedule() {
    step(5, 2);
    assertThat(step(7, 2).schedules()).isNotEmpty();
    assertThat(step(5, 2).schedules()).isEmpty();
    assertThat(step(7, 2).schedules()).isEmpty();
  }

  /// A step in which something is copied from another device is planned in another way when it is played back.
  @Test
  void aConstantThatWasComputedElsewhereIsCopiedFromNowhere() {
    Tensor kept = Tensor.full(Shape.of(), 3.75).realize();
    step(5, 3.75);
    assertThat(step(5, 3.75).schedules()).isEmpty();
    assertThat(kept.item()).isEqualTo(3.75f);
  }

  @Test
  void anotherConstantIsAnotherSchedule() {
    step(5, 3);
    assertThat(step(5, 3.5).schedules()).isNotEmpty();
  }

  @Test
  void anotherLearningRateIsTheSameSchedule() {
    step(5, 2);
    optimizer.learningRate(0.025);
    assertThat(step(5, 2).schedules()).isEmpty();
  }

  @Test
  void aBufferThatIsUsedTwiceIsAnotherStructureThanTwoBuffers() {
    Tensor a = tensor(3);
    Tensor b = tensor(3);
    a.add(b).realize();
    assertThat(Profile.of(() -> a.add(tensor(3)).realize()).schedules()).isEmpty();
    assertThat(Profile.of(() -> a.add(a).realize()).schedules()).isNotEmpty();
  }

  @Test
  void whetherAnAssignmentMayOverwriteIsPartOfTheStructure() {
    Tensor a = tensor(3);
    a.update(a.add(1)).realize();
    assertThat(Profile.of(() -> a.update(a.add(1)).realize()).schedules()).isEmpty();
    assertThat(Profile.of(() -> a.assign(a.add(1)).realize()).schedules()).isNotEmpty();
  }

  @Test
  void modelsOfOneArchitectureShareTheirKernels() {
    Tensor x = tensor(4, 8);
    LayerNorm norm = new LayerNorm(tensor(8), tensor(8), 1e-5);
    norm.forward(x).mul(7).realize();
    LayerNorm other = new LayerNorm(tensor(8), tensor(8), 1e-5);
    Profile profile = Profile.of(() -> Tensor.realize(other.forward(x).mul(7), tensor(9).exp()));
    assertThat(profile.schedules()).singleElement().extracting(Profile.Making::compiled).isEqualTo(1);
  }
}
