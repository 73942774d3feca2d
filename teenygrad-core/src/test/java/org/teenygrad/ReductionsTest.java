package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReductionsTest {
  private final Tensor x = Tensor.of(new float[][] {{1, 5, 3}, {-2, 4, 0}});

  @Test
  void sumsOverAnyAxes() {
    assertThat(x.sum().item()).isEqualTo(11);
    assertThat(x.sum(0).data()).containsExactly(-1, 9, 3);
    assertThat(x.sum(-1).data()).containsExactly(9, 2);
    assertThat(x.sum(1, 0).shape()).isEqualTo(Shape.SCALAR);
    assertThat(x.sum(-1, true).shape()).isEqualTo(Shape.of(2, 1));
    assertThat(x.sum(new int[] {0, 1}, true).shape()).isEqualTo(Shape.of(1, 1));
    assertThat(Tensor.of(3f).sum(-1).item()).isEqualTo(3);
    assertThatThrownBy(() -> x.sum(2)).isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("axis 2 of shape (2, 3)");
    assertThatThrownBy(() -> x.sum(0, -2)).hasMessageContaining("axis 0 is named twice");
  }

  @Test
  void narrowTypesAddUpInWideOnes() {
    assertThat(Tensor.full(Shape.of(4096), 1, DType.FLOAT16).add(0.5).sum().item()).isEqualTo(6144);
    assertThat(Tensor.ones(DType.BFLOAT16, 1000).sum().item()).isEqualTo(1000);
    assertThat(Tensor.ones(DType.BFLOAT16, 1000).sum().dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(Tensor.full(Shape.of(3), 100, DType.INT8).sum().itemLong()).isEqualTo(300);
    assertThat(Tensor.of(true, true).sum().dtype()).isEqualTo(DType.INT64);
    assertThat(Tensor.of(true, true, false).sum().itemLong()).isEqualTo(2);
    assertThat(Tensor.of(3, 4).prod().itemLong()).isEqualTo(12);
  }

  @Test
  void meansAndVariances() {
    assertThat(x.mean().item()).isCloseTo(11 / 6f, within(1e-6f));
    assertThat(x.mean(1).data()).containsExactly(3, 2 / 3f);
    assertThat(Tensor.of(1, 2).mean().item()).isEqualTo(1.5f);
    assertThat(x.var(1).data()).containsExactly(new float[] {4, 28 / 3f}, within(1e-5f));
    assertThat(x.var(1, 0, true).data()).containsExactly(new float[] {8 / 3f, 56 / 9f}, within(1e-5f));
    assertThat(x.std(1, 0, false).data()).containsExactly(new float[] {1.6329932f, 2.494438f}, within(1e-5f));
    assertThat(Tensor.of(1f).reshape(1).var().item()).isNaN();
  }

  @Test
  void extremesAndTheirPlaces() {
    assertThat(x.max().item()).isEqualTo(5);
    assertThat(x.max(0).data()).containsExactly(1, 5, 3);
    assertThat(x.min(1, true).shape()).isEqualTo(Shape.of(2, 1));
    assertThat(x.argmax().itemLong()).isEqualTo(1);
    assertThat(x.argmin(1).toLongArray()).containsExactly(0, 0);
    assertThat(x.argmax(0).toLongArray()).containsExactly(0, 0, 0);
    assertThat(x.argmax(-1, true).shape()).isEqualTo(Shape.of(2, 1));
    assertThat(Tensor.of(2, 7, 7, 1).argmax().itemLong()).as("the first of several").isEqualTo(1);
    assertThat(Tensor.of(1f, Float.NaN, 9f).argmax().itemLong()).as("NaN is largest").isEqualTo(1);
    assertThat(Tensor.of(1f, Float.NaN, 9f).max().item()).isNaN();
    assertThat(Tensor.of(5f).argmax().itemLong()).isZero();
  }

  @Test
  void anyAndAll() {
    Tensor y = Tensor.of(new float[][] {{0, 2}, {0, 0}});
    assertThat(y.any().itemBoolean()).isTrue();
    assertThat(y.any(1).toBooleanArray()).containsExactly(true, false);
    assertThat(y.all(0).toBooleanArray()).containsExactly(false, false);
    assertThat(y.eq(y).all().itemBoolean()).isTrue();
  }

  @Test
  void nothingHasASumButNoMaximum() {
    Tensor empty = Tensor.zeros(0, 3);
    assertThat(empty.sum().item()).isZero();
    assertThat(empty.sum(0).data()).containsExactly(0, 0, 0);
    assertThat(empty.prod().item()).isEqualTo(1);
    assertThat(empty.mean().item()).isNaN();
    assertThat(empty.any().itemBoolean()).isFalse();
    assertThat(empty.all().itemBoolean()).isTrue();
    assertThat(empty.max(1).shape()).isEqualTo(Shape.of(0));
    assertThatThrownBy(empty::max).hasMessage("max: axis 0 of shape (0, 3) has no elements");
    assertThatThrownBy(() -> empty.argmin(0)).hasMessage("argmin: axis 0 of shape (0, 3) has no elements");
  }
}
