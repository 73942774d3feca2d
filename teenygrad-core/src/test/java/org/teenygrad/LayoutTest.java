package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LayoutTest {
  private final Tensor x = Tensor.arange(24).reshape(2, 3, 4);

  private static Layout layout(Tensor view) {
    return view.layout().orElseThrow();
  }

  /// What torch.arange(24).reshape(2, 3, 4) gives for stride() and storage_offset(); flips, which PyTorch copies, have NumPy's.
  @Test
  void viewsHaveTheStridesAndOffsetsOfPyTorch() {
    assertThat(layout(x)).isEqualTo(new Layout(Shape.of(2, 3, 4), List.of(12L, 4L, 1L), 0));
    assertThat(layout(x.permute(2, 0, 1))).isEqualTo(new Layout(Shape.of(4, 2, 3), List.of(1L, 12L, 4L), 0));
    assertThat(layout(x.index("1, 1:, ::2"))).isEqualTo(new Layout(Shape.of(2, 2), List.of(4L, 2L), 16));
    assertThat(layout(x.index(":, ::2, ::3"))).as("a step that does not divide the axis").isEqualTo(new Layout(Shape.of(2, 2, 2), List.of(12L, 8L, 3L), 0));
    assertThat(layout(x.flip(0, 2))).isEqualTo(new Layout(Shape.of(2, 3, 4), List.of(-12L, 4L, -1L), 15));
    assertThat(layout(x.index("0, 0").expand(5, 4))).isEqualTo(new Layout(Shape.of(5, 4), List.of(0L, 1L), 0));
    assertThat(layout(x.permute(2, 0, 1).reshape(4, 6))).as("two axes that lie in each other").isEqualTo(new Layout(Shape.of(4, 6), List.of(1L, 4L), 0));
    assertThat(layout(x.index("1, 2, 3"))).isEqualTo(new Layout(Shape.SCALAR, List.of(), 23));
    assertThat(layout(x).isRowMajor()).isTrue();
    assertThat(layout(x.index("1")).isRowMajor()).isTrue();
    assertThat(layout(x.flip(0)).isRowMajor()).isFalse();
  }

  @Test
  void whatNoStridesDescribeHasNone() {
    assertThat(x.transpose(0, 1).reshape(24).layout()).isEmpty();
    assertThat(x.padAxis(0, 1, 0).layout()).isEmpty();
    assertThat(x.padAxis(0, 1, 0).index("1:").layout()).as("padding that is cut off again").isEqualTo(x.layout());
  }

  @Test
  void aComputedViewIsACopy() {
    Tensor copy = x.transpose(0, 1).contiguous();
    assertThat(layout(copy)).isEqualTo(new Layout(Shape.of(3, 2, 4), List.of(8L, 4L, 1L), 0));
    assertThat(layout(x.transpose(0, 1).add(1)).isRowMajor()).isTrue();
    Tensor view = x.transpose(0, 1);
    view.realize();
    assertThat(layout(view).isRowMajor()).isTrue();
  }

  /// The elements of 0, 1, 2... are their own positions.
  @Test
  void everyElementOfRandomViewsLiesWhereTheLayoutSays() {
    Random random = new Random(7);
    int found = 0;
    for (int trial = 0; trial < 300; trial++) {
      Tensor view = Tensor.arange(72).reshape(3, 4, 6);
      for (int step = 0; step < 4 && view.numel() > 0; step++) {
        view = moved(view, random);
      }
      Optional<Layout> layout = view.layout();
      if (layout.isPresent()) {
        found++;
        long[] elements = view.toLongArray();
        assertThat(layout.get().shape()).isEqualTo(view.shape());
        for (int i = 0; i < elements.length; i++) {
          assertThat(layout.get().position(index(view.shape(), i))).isEqualTo(elements[i]);
        }
      }
    }
    assertThat(found).isBetween(150, 299);
  }

  private static Tensor moved(Tensor x, Random random) {
    int axis = x.rank() == 0 ? 0 : random.nextInt(x.rank());
    return switch (random.nextInt(x.rank() == 0 ? 1 : 7)) {
      case 0 -> x.unsqueeze(0).broadcastTo(Shape.of(IntStream.concat(IntStream.of(2), x.shape().stream()).toArray()));
      case 1 -> x.transpose(axis, 0);
      case 2 -> x.flip(axis);
      case 3 -> x.slice(axis, random.nextInt(2), Math.max(1, x.size(axis) - random.nextInt(2)));
      case 4 -> x.index(":, ".repeat(axis) + (random.nextBoolean() ? "::2" : "::-3"));
      case 5 -> axis + 1 < x.rank() ? x.flatten(axis, axis + 1) : x.reshape(x.shape());
      default -> x.size(axis) % 2 == 0 ? x.unflatten(axis, 2, -1) : x.padAxis(axis, 1, 1).slice(axis, 1, 1 + x.size(axis));
    };
  }

  private static int[] index(Shape shape, int element) {
    long[] strides = shape.strides();
    int[] index = new int[shape.rank()];
    for (int axis = 0; axis < index.length; axis++) {
      index[axis] = (int) (element / strides[axis] % shape.size(axis));
    }
    return index;
  }

  @Test
  void refusesElementsThatAreNotThere() {
    assertThatThrownBy(() -> layout(x).position(0, 3, 0)).hasMessage("no element [0, 3, 0] in a tensor of shape (2, 3, 4)");
    assertThatThrownBy(() -> layout(x).position(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new Layout(Shape.of(2), List.of(), 0)).hasMessageContaining("each axis needs one");
  }
}
