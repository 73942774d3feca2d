package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Layout;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.book.Reading;

class StridesTest {
  @TempDir private Path folder;

  @Test
  void stridesSayWhereEachElementLies() throws IOException {
    Reading reading = Reading.of(new Strides(), folder).holds();
    assertThat(reading.text()).contains("[0, 1, 2, 3, 10, 11, 12, 13, 20,", "[12, 1, 4]", "[12, 4, -1]", "no strides");
    assertThat(reading.pictures()).hasSize(1);
  }

  @Test
  void otherSizesHaveOtherStrides() throws IOException {
    assertThat(Reading.of(new Strides(3, 5, 7), folder).holds().text()).contains("[35, 7, 1]", "[35, 7, 2]", "[35, 1, 7]");
  }

  @Test
  void refusesSizesThatDoNotShowTheirIndices() {
    assertThatThrownBy(() -> new Strides(2, 3, 10)).hasMessageContaining("columns from 3 to 9");
  }

  /// Exercise 1: the diagonal of an n x n matrix is a view, with the stride n + 1.
  @Test
  void theDiagonalIsAView() {
    Layout diagonal = new Layout(Shape.of(4), List.of(5L), 0);
    long[] elements = Tensor.arange(16).reshape(4, 4).diagonal().toLongArray();
    for (int i = 0; i < 4; i++) {
      assertThat(diagonal.position(i)).isEqualTo(elements[i]);
    }
  }

  /// Exercise 2: windows of three neighbours are a view, with the same stride twice.
  @Test
  void slidingWindowsAreAView() {
    Layout windows = new Layout(Shape.of(4, 3), List.of(1L, 1L), 0);
    long[] elements = Tensor.arange(6).unfold(0, 3, 1).toLongArray();
    for (int i = 0; i < elements.length; i++) {
      assertThat(windows.position(i / 3, i % 3)).isEqualTo(elements[i]);
    }
  }

  /// Exercise 3: flipping both axes of a matrix and flattening it is a view, transposing and flattening is a copy.
  @Test
  void aFlippedMatrixFlattensWithoutACopy() {
    Tensor x = Tensor.arange(12).reshape(3, 4);
    assertThat(x.flip(0, 1).reshape(12).layout()).contains(new Layout(Shape.of(12), List.of(-1L), 11));
    assertThat(x.t().reshape(12).layout()).isEmpty();
  }
}
