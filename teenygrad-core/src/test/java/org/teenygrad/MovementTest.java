package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MovementTest {
  private final Tensor x = Tensor.arange(24).reshape(2, 3, 4);

  @Test
  void aViewHasTheStridesOfItsShape() {
    Tensor x = Tensor.arange(6);
    assertThat(x.view(2, -1).shape()).isEqualTo(Shape.of(2, 3));
    assertThat(x.view(2, -1).strides()).containsExactly(3, 1);
    assertThat(x.view(2, 3).t().strides()).containsExactly(2, 1);
    assertThat(x.view(2, 3).t().view(6).toLongArray()).as("also of what PyTorch could not view").containsExactly(0, 3, 1, 4, 2, 5);
    assertThatThrownBy(() -> x.view(4, -1)).hasMessageStartingWith("view: shape (6,)");
  }

  @Test
  void bytesFollowFromElementsAndType() {
    assertThat(Tensor.ones(2, 3).numel()).isEqualTo(6);
    assertThat(Tensor.ones(2, 3).toHalf().nbytes()).isEqualTo(12);
    assertThat(Tensor.ones(DType.INT64, 2, 0).nbytes()).isZero();
  }

  @Test
  void reshapeInfersOneSize() {
    assertThat(x.reshape(6, -1).shape()).isEqualTo(Shape.of(6, 4));
    assertThat(Tensor.zeros(0, 3).reshape(-1, 3).shape()).isEqualTo(Shape.of(0, 3));
    assertThat(x.flatten().shape()).isEqualTo(Shape.of(24));
    assertThat(x.flatten(1, 2).shape()).isEqualTo(Shape.of(2, 12));
    assertThat(x.unflatten(-1, 2, -1).shape()).isEqualTo(Shape.of(2, 3, 2, 2));
    assertThatThrownBy(() -> x.reshape(5, -1))
        .hasMessage("reshape: shape (2, 3, 4) with 24 elements does not fit [5, -1]");
    assertThatThrownBy(() -> x.reshape(-1, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tensor.zeros(0).reshape(-1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void axesMove() {
    assertThat(x.permute(2, 0, 1).shape()).isEqualTo(Shape.of(4, 2, 3));
    assertThat(x.transpose(-1, 0).get(1, 2, 1).itemLong()).isEqualTo(21);
    assertThat(Tensor.of(new int[][] {{1, 2}, {3, 4}}).t().toIntArray()).containsExactly(1, 3, 2, 4);
    assertThatThrownBy(() -> x.permute(0, 1)).hasMessageContaining("does not name each axis of shape (2, 3, 4) once");
    assertThatThrownBy(() -> x.transpose(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void axesOfSizeOneComeAndGo() {
    Tensor y = Tensor.zeros(1, 3, 1);
    assertThat(y.squeeze().shape()).isEqualTo(Shape.of(3));
    assertThat(y.squeeze(-1).shape()).isEqualTo(Shape.of(1, 3));
    assertThat(y.squeeze(1).shape()).isEqualTo(Shape.of(1, 3, 1));
    assertThat(x.unsqueeze(-1).shape()).isEqualTo(Shape.of(2, 3, 4, 1));
    assertThat(x.unsqueeze(1).shape()).isEqualTo(Shape.of(2, 1, 3, 4));
    assertThat(y.expand(5, -1, 2).shape()).isEqualTo(Shape.of(5, 3, 2));
    assertThat(y.expand(7, 5, -1, 2).shape()).isEqualTo(Shape.of(7, 5, 3, 2));
    assertThatThrownBy(() -> y.expand(2, 4, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tensor.zeros(3).broadcastTo(Shape.of(1))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void flipPadAndShrink() {
    assertThat(Tensor.of(1, 2, 3).flip(0).toIntArray()).containsExactly(3, 2, 1);
    assertThat(Tensor.of(1, 2).pad(new int[][] {{1, 2}}).toIntArray()).containsExactly(0, 1, 2, 0, 0);
    assertThat(Tensor.of(1, 2).pad(new int[][] {{1, 2}}, 9).toIntArray()).containsExactly(9, 1, 2, 9, 9);
    assertThat(Tensor.of(1, 2, 3).pad(new int[][] {{-1, 1}}, 9).toIntArray()).containsExactly(2, 3, 9);
    assertThat(Tensor.of(1f).reshape(1).pad(new int[][] {{0, 1}}, Double.NEGATIVE_INFINITY).data())
        .containsExactly(1, Float.NEGATIVE_INFINITY);
    assertThat(x.shrink(new int[][] {{1, 2}, {0, 2}, {3, 4}}).toLongArray()).containsExactly(15, 19);
    assertThatThrownBy(() -> x.pad(new int[][] {{1, 1}})).hasMessageContaining("not a pair for each axis");
    assertThatThrownBy(() -> x.shrink(new int[][] {{0, 3}, {0, 2}, {0, 4}}))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void subscriptsReadAsInPython() {
    assertThat(x.index("1, ..., ::-2").toLongArray()).containsExactly(15, 13, 19, 17, 23, 21);
    assertThat(x.index("1:, None, 0, -2:").shape()).isEqualTo(Shape.of(1, 1, 2));
    assertThat(x.index("...").node()).isSameAs(x.node());
    assertThat(x.index(Slice.ELLIPSIS, Slice.at(-1)).toLongArray()).containsExactly(3, 7, 11, 15, 19, 23);
    assertThat(x.get(1, -1).toLongArray()).containsExactly(20, 21, 22, 23);
    assertThat(x.select(1, 0).shape()).isEqualTo(Shape.of(2, 4));
    assertThat(x.index(Slice.NEW_AXIS, Slice.at(0), Slice.from(1), Slice.to(-2).step(1)).toLongArray())
        .containsExactly(4, 5, 8, 9);
    assertThat(x.slice(-1, 1, 4, 2).get(0, 0).toLongArray()).containsExactly(1, 3);
    assertThatThrownBy(() -> x.index("0, 3")).hasMessageContaining("index: 3 is outside axis 1 of shape (2, 3, 4)");
    assertThatThrownBy(() -> x.index("0, 0, 0, 0")).hasMessageContaining("4 slices for the 3 axes");
    assertThatThrownBy(() -> x.index("a")).hasMessageContaining("'a' in 'a'");
    assertThatThrownBy(() -> x.index("..., ...")).hasMessageContaining("more than one ellipsis");
    assertThatThrownBy(() -> Slice.ALL.step(0)).hasMessageContaining("a step of 0");
  }

  @Test
  void slicesTakeWhatPythonTakes() {
    Random random = new Random(1);
    for (int run = 0; run < 300; run++) {
      int size = random.nextInt(8);
      Integer begin = random.nextInt(4) == 0 ? null : random.nextInt(21) - 10;
      Integer end = random.nextInt(4) == 0 ? null : random.nextInt(21) - 10;
      int step = random.nextBoolean() ? 1 + random.nextInt(4) : -1 - random.nextInt(4);
      Slice slice = new Slice.Part(begin, end, step);
      assertThat(Tensor.arange(size).index(slice).toLongArray())
          .as("range(%d)[%s:%s:%d]", size, begin, end, step)
          .containsExactly(python(size, begin, end, step));
    }
  }

  /// CPython's rule, element by element.
  private static long[] python(int size, @Nullable Integer begin, @Nullable Integer end, int step) {
    int low = step > 0 ? 0 : -1;
    int high = step > 0 ? size : size - 1;
    int from = step > 0 ? low : high;
    int to = step > 0 ? high : low;
    if (begin != null) {
      from = Math.clamp(begin < 0 ? begin + size : begin, low, Math.max(low, high));
    }
    if (end != null) {
      to = Math.clamp(end < 0 ? end + size : end, low, Math.max(low, high));
    }
    List<Long> taken = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      taken.add(i);
    }
    return taken.stream().mapToLong(Long::longValue).toArray();
  }

  @Test
  void partsAndWholes() {
    assertThat(x.split(2, 1).stream().map(Tensor::shape)).containsExactly(Shape.of(2, 2, 4), Shape.of(2, 1, 4));
    assertThat(x.split(new int[] {1, 3}, -1).get(1).shape()).isEqualTo(Shape.of(2, 3, 3));
    assertThat(Tensor.arange(7).chunk(3, 0).stream().map(t -> t.size(0))).containsExactly(3, 3, 1);
    assertThat(x.unbind(0)).hasSize(2);
    assertThatThrownBy(() -> x.split(new int[] {1, 1}, 0).get(5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> x.split(new int[] {1, 2}, 0)).hasMessageContaining("do not add up to axis 0");
    for (int axis = 0; axis < 3; axis++) {
      assertThat(Tensor.cat(x.split(2, axis), axis).toLongArray()).containsExactly(x.toLongArray());
      assertThat(Tensor.stack(x.unbind(axis), axis).toLongArray()).containsExactly(x.toLongArray());
    }
  }

  @Test
  void catKeepsEveryBit() {
    Tensor joined = Tensor.cat(Tensor.of(-0f, Float.NaN), Tensor.zeros(0), Tensor.of(Float.NEGATIVE_INFINITY, -0f));
    assertThat(joined.data()).containsExactly(-0f, Float.NaN, Float.NEGATIVE_INFINITY, -0f);
    assertThat(Tensor.cat(Tensor.of(1, 2), Tensor.of(0.5f).reshape(1)).data()).containsExactly(1, 2, 0.5f);
    assertThatThrownBy(() -> Tensor.cat(x, Tensor.zeros(2, 3)))
        .hasMessage("cat: shapes (2, 3, 4) and (2, 3) differ elsewhere than on axis 0");
    assertThatThrownBy(() -> Tensor.stack(x, Tensor.zeros(2))).hasMessageContaining("(2, 3, 4) and (2,)");
    assertThatThrownBy(() -> Tensor.cat(List.of(), 0)).hasMessage("cat: no tensors");
  }

  @Test
  void repetitions() {
    Tensor y = Tensor.of(new int[][] {{1, 2}, {3, 4}});
    assertThat(y.repeat(1, 2).toIntArray()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
    assertThat(y.repeat(2, 1, 1).shape()).isEqualTo(Shape.of(2, 2, 2));
    assertThat(y.repeatInterleave(2, 0).toIntArray()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
    assertThat(y.repeatInterleave(2, 1).toIntArray()).containsExactly(1, 1, 2, 2, 3, 3, 4, 4);
    assertThat(Tensor.arange(5).roll(2, 0).toLongArray()).containsExactly(3, 4, 0, 1, 2);
    assertThat(Tensor.arange(5).roll(-6, 0).toLongArray()).containsExactly(1, 2, 3, 4, 0);
  }

  @Test
  void triangles() {
    Tensor ones = Tensor.ones(DType.INT32, 2, 3);
    assertThat(ones.tril().toIntArray()).containsExactly(1, 0, 0, 1, 1, 0);
    assertThat(ones.tril(1).toIntArray()).containsExactly(1, 1, 0, 1, 1, 1);
    assertThat(ones.triu().toIntArray()).containsExactly(1, 1, 1, 0, 1, 1);
    assertThat(ones.triu(2).toIntArray()).containsExactly(0, 0, 1, 0, 0, 0);
    assertThat(Tensor.full(Shape.of(1, 2), Double.NEGATIVE_INFINITY).triu(1).data())
        .containsExactly(0, Float.NEGATIVE_INFINITY);
  }
}
