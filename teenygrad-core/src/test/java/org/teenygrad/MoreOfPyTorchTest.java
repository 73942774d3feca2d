package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Smaller methods that PyTorch's users look for, with what PyTorch 2.13 answers.
class MoreOfPyTorchTest {
  private static final float NAN = Float.NaN;

  @Test
  void runningMinimaKeepTheLastOfEqualElements() {
    Sorted running = Tensor.of(3f, 1f, 2f, 1f, NAN, 0f).cumminWithIndices(0);
    assertThat(running.values().data()).containsExactly(3, 1, 1, 1, NAN, NAN);
    assertThat(running.indices().toLongArray()).containsExactly(0, 1, 1, 3, 4, 4);
    assertThat(Tensor.of(3, -2, 5).cummin(0).toIntArray()).containsExactly(3, -2, -2);
    assertThat(Tensor.of(true, false, true).cummin(0).toBooleanArray()).containsExactly(true, false, false);
  }

  @Test
  void runningExtremesGiveTheGradientToTheLastOfEqualElements() {
    Tensor x = Tensor.of(2f, 1f, 1f, 3f, 3f).requiresGrad();
    x.cummin(0).add(x.cummax(0)).sum().backward();
    assertThat(x.grad().data()).containsExactly(4, 1, 3, 1, 1);
  }

  @Test
  void mediansAndOrderStatistics() {
    Tensor x = Tensor.of(new float[][] {{4, 1, 3, 2}, {7, NAN, 5, 6}});
    assertThat(x.median(1).data()).containsExactly(2, NAN);
    assertThat(x.median(0).data()).containsExactly(4, NAN, 3, 2);
    assertThat(x.kthvalue(3, 1).values().data()).containsExactly(3, 7);
    assertThat(x.kthvalue(3, 1).indices().toLongArray()).containsExactly(2, 0);
    assertThatThrownBy(() -> x.kthvalue(5, 1)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kthvalue: number 5 of 4 elements");
  }

  @Test
  void axesMove() {
    assertThat(Tensor.zeros(2, 3, 4, 5).movedim(1, -1).shape()).isEqualTo(Shape.of(2, 4, 5, 3));
    assertThat(Tensor.zeros(2, 3, 4, 5).movedim(-1, 0).shape()).isEqualTo(Shape.of(5, 2, 3, 4));
    assertThat(Tensor.arange(4).reshape(2, 2).movedim(0, 1).toLongArray()).containsExactly(0, 2, 1, 3);
  }

  @Test
  void differencesTracesAndCounts() {
    Tensor x = Tensor.of(new int[][] {{1, 4, 9}, {0, 0, -5}});
    assertThat(x.diff(1).toIntArray()).containsExactly(3, 5, 0, -5);
    assertThat(x.diff(0).toIntArray()).containsExactly(-1, -4, -14);
    assertThat(Tensor.of(true, false, false).diff(0).toBooleanArray()).containsExactly(true, false);
    assertThat(x.trace().itemLong()).isEqualTo(1);
    assertThat(x.countNonzero().itemLong()).isEqualTo(4);
    assertThat(x.countNonzero(1).toLongArray()).containsExactly(3, 1);
  }

  @Test
  void numbersForWhatIsNone() {
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(Tensor.of(NAN, infinity, -infinity, 2).nanToNum().data())
        .containsExactly(0, Float.MAX_VALUE, -Float.MAX_VALUE, 2);
    Tensor half = Tensor.of(infinity).toHalf();
    assertThat(half.nanToNum().data()).containsExactly(65504);
  }

  @Test
  void closeIsCloseEverywhere() {
    assertThat(Tensor.of(1f, 2f).allClose(Tensor.of(1f, 2.00001f))).isTrue();
    assertThat(Tensor.of(1f, 2f).allClose(Tensor.of(1f, 2.001f))).isFalse();
    assertThat(Tensor.of(NAN).allClose(Tensor.of(NAN))).isFalse();
  }
}
