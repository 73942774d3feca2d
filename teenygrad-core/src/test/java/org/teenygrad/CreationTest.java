package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class CreationTest {
  @Test
  void javaTypesBecomeTheirOwnTypes() {
    assertThat(Tensor.of(1f).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(Tensor.of(1.0).dtype()).isEqualTo(DType.FLOAT64);
    assertThat(Tensor.of(1).dtype()).isEqualTo(DType.INT32);
    assertThat(Tensor.of(1L).dtype()).isEqualTo(DType.INT64);
    assertThat(Tensor.of(true).dtype()).isEqualTo(DType.BOOL);
    assertThat(Tensor.of(1, 2).shape()).isEqualTo(Shape.of(2));
    assertThat(Tensor.of(1).shape()).isEqualTo(Shape.SCALAR);
  }

  @Test
  void nestedArraysOfAnyDepth() {
    Tensor x = Tensor.of(new int[][][] {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, {{9, 10}, {11, 12}}});
    assertThat(x.shape()).isEqualTo(Shape.of(3, 2, 2));
    assertThat(x.toIntArray()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(Tensor.of(new float[2][0]).shape()).isEqualTo(Shape.of(2, 0));
    assertThat(Tensor.of(new boolean[][] {{true}, {false}}).toBooleanArray()).containsExactly(true, false);
  }

  @Test
  void raggedArraysAreRefused() {
    assertThatThrownBy(() -> Tensor.of(new float[][] {{1, 2}, {3}}))
        .hasMessage("of: rows of axis 1 differ: one has 2 elements, another has 1");
    assertThatThrownBy(() -> Tensor.of(new float[][] {{1, 2}, null})).hasMessageContaining("another is null");
    assertThatThrownBy(() -> Tensor.of(new String[] {"a"})).hasMessageContaining("arrays of String");
  }

  @Test
  void emptyTensorsAreThereToBeAssigned() {
    Tensor x = Tensor.of(5, 6).emptyLike();
    assertThat(x.dtype()).isEqualTo(DType.INT32);
    assertThat(x.assign(Tensor.of(7, 8)).toIntArray()).containsExactly(7, 8);
  }

  @Test
  void valuesMustFillTheShape() {
    assertThatThrownBy(() -> Tensor.of(new float[] {1, 2, 3}, 2, 2))
        .hasMessage("of: 3 values of float32 do not fill shape (2, 2), which has 4");
  }

  @Test
  void dataIsCopied() {
    float[] values = {1, 2};
    Tensor x = Tensor.of(values);
    values[0] = 100;
    assertThat(x.data()).containsExactly(1, 2);
  }

  @Test
  void bytesGoOutAndIn() {
    Tensor x = Tensor.of(1f, -2.5f, 3e7f).toBfloat16();
    try (Arena arena = Arena.ofConfined()) {
      Tensor y = Tensor.ofMemory(x.toMemory(arena), DType.BFLOAT16, Shape.of(3));
      assertThat(y.data()).containsExactly(x.data());
    }
  }

  @Test
  void constants() {
    assertThat(Tensor.zeros(2, 1).data()).containsExactly(0, 0);
    assertThat(Tensor.ones(DType.INT64, 2).toLongArray()).containsExactly(1, 1);
    assertThat(Tensor.full(Shape.of(2), 7).dtype()).isEqualTo(DType.INT64);
    assertThat(Tensor.full(Shape.of(2), 7.5).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(Tensor.full(Shape.of(2), true).toBooleanArray()).containsExactly(true, true);
    assertThat(Tensor.of(1f, 2f).toHalf().onesLike().dtype()).isEqualTo(DType.FLOAT16);
    assertThat(Tensor.of(1f, 2f).fullLike(3).data()).containsExactly(3, 3);
    assertThat(Tensor.eye(2, 3).data()).containsExactly(1, 0, 0, 0, 1, 0);
  }

  @Test
  void ranges() {
    assertThat(Tensor.arange(3).toLongArray()).containsExactly(0, 1, 2);
    assertThat(Tensor.arange(10, 0, -3).toLongArray()).containsExactly(10, 7, 4, 1);
    assertThat(Tensor.arange(2, 2).numel()).isZero();
    assertThat(Tensor.arange(0, 1, 0.25).data()).containsExactly(0, 0.25f, 0.5f, 0.75f);
    assertThat(Tensor.linspace(0, 1, 5).data()).containsExactly(0, 0.25f, 0.5f, 0.75f, 1);
    assertThat(Tensor.linspace(3, 4, 1).data()).containsExactly(3);
    assertThat(Tensor.linspace(0, 0.1, 4).data()[3]).isEqualTo(0.1f);
    assertThatThrownBy(() -> Tensor.arange(0, 5, -1)).hasMessageStartingWith("arange: no way from 0.0 to 5.0");
  }
}
