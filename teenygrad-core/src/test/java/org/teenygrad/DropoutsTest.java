package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DropoutsTest {
  @Test
  void wholeChannelsAreDroppedAndTheOthersGrow() {
    Tensor y = Tensor.ones(50, 40, 3).featureDropout(0.25, true).realize();
    assertThat(y.min(2).eq(y.max(2)).all().itemBoolean()).isTrue();
    float[] channels = y.select(2, 0).toFloatArray();
    for (float channel : channels) {
      assertThat(channel).isIn(0f, 1 / 0.75f);
    }
    assertThat(y.mean().item()).isCloseTo(1, within(0.1f));
  }

  @Test
  void alphaDropoutKeepsMeanAndVariance() {
    for (boolean features : new boolean[] {false, true}) {
      Tensor y = Tensor.randn(200, 500, 1).alphaDropout(0.3, features, true);
      assertThat(y.mean().item()).isCloseTo(0, within(0.03f));
      assertThat(y.var().item()).isCloseTo(1, within(0.03f));
    }
    assertThat(Tensor.ones(4).alphaDropout(1, false, true).abs().max().item()).isZero();
  }

  @Test
  void slopesAreUniformBetweenTheirBounds() {
    Tensor y = Tensor.full(Shape.of(10_000), -1).cast(DType.FLOAT32).rrelu(0.25, 0.75, true).neg();
    assertThat(y.min().item()).isBetween(0.25f, 0.26f);
    assertThat(y.max().item()).isBetween(0.74f, 0.75f);
    assertThat(y.mean().item()).isCloseTo(0.5f, within(0.01f));
    assertThat(Tensor.of(2f).rrelu(0.25, 0.75, true).item()).isEqualTo(2);
    assertThatThrownBy(() -> y.rrelu(1, 0.5, false)).hasMessageContaining("1.0 to 0.5");
  }
}
