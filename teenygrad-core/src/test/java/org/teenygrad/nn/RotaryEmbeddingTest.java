package org.teenygrad.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.nn.RotaryEmbedding.Pairs;

class RotaryEmbeddingTest {
  private static final int DIM = 6;
  private static final double BASE = 100;

  /// The formula, number by number: pair i at position p turns by `p base^(-2i / dim)`.
  private static double turned(float[] row, int at, int position, Pairs pairs, double sign) {
    int pair = pairs == Pairs.HALVES ? at % (DIM / 2) : at / 2;
    boolean first = pairs == Pairs.HALVES ? at < DIM / 2 : at % 2 == 0;
    int other = pairs == Pairs.HALVES ? (at + DIM / 2) % DIM : at ^ 1;
    double angle = sign * position * Math.pow(BASE, -2.0 * pair / DIM);
    return row[at] * Math.cos(angle) + (first ? -1 : 1) * row[other] * Math.sin(angle);
  }

  @ParameterizedTest
  @CsvSource({"HALVES, false", "INTERLEAVED, false", "HALVES, true"})
  void turnsEachPairByItsAngle(Pairs pairs, boolean reversed) {
    RotaryEmbedding rope = RotaryEmbedding.of(DIM, 8, BASE, pairs);
    rope = reversed ? rope.reversed() : rope;
    Tensor x = Tensor.randn(2, 3, 5, DIM).realize();
    float[] from = x.toFloatArray();
    float[] to = rope.forward(x).toFloatArray();
    float[] placed = rope.forward(x, Tensor.of(0, 1, 2, 3, 4)).toFloatArray();
    float[] later = rope.forward(x, Tensor.of(3, 4, 5, 6, 7)).toFloatArray();
    for (int i = 0; i < from.length; i++) {
      float[] row = java.util.Arrays.copyOfRange(from, i / DIM * DIM, i / DIM * DIM + DIM);
      int position = i / DIM % 5;
      double sign = reversed ? -1 : 1;
      assertThat((double) to[i]).isCloseTo(turned(row, i % DIM, position, pairs, sign), within(1e-5));
      assertThat((double) later[i]).isCloseTo(turned(row, i % DIM, position + 3, pairs, sign), within(1e-5));
    }
    assertThat(placed).isEqualTo(to);
  }

  @Test
  void productsDependOnDistancesAlone() {
    RotaryEmbedding rope = RotaryEmbedding.of(8, 32);
    Tensor q = Tensor.randn(1, 8).realize();
    Tensor k = Tensor.randn(1, 8).realize();
    double near = rope.forward(q, Tensor.of(new int[] {7}, 1)).mul(rope.forward(k, Tensor.of(new int[] {4}, 1))).sum().item();
    double far = rope.forward(q, Tensor.of(new int[] {30}, 1)).mul(rope.forward(k, Tensor.of(new int[] {27}, 1))).sum().item();
    assertThat(near).isCloseTo(far, within(1e-4));
  }

  @Test
  void hasNoParametersAndKeepsTheType() {
    RotaryEmbedding rope = RotaryEmbedding.of(8, 32);
    assertThat(rope.stateDict()).isEmpty();
    assertThat(rope.forward(Tensor.ones(DType.BFLOAT16, 2, 4, 8)).dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(rope.forward(Tensor.ones(DType.FLOAT64, 4, 8)).dtype()).isEqualTo(DType.FLOAT64);
    assertThat(Module.map(rope, tensor -> tensor.to(org.teenygrad.Device.of("interpreter"))).cos().device().name()).isEqualTo("interpreter");
    Tensor x = Tensor.randn(3, 8).requiresGrad();
    rope.forward(x).square().sum().div(2).backward(); // a rotation: the length stays, so its derivative is x
    assertThat(x.grad().sub(x).abs().max().item()).isLessThan(1e-5f);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> RotaryEmbedding.of(7, 4)).hasMessageContaining("even size");
    RotaryEmbedding rope = RotaryEmbedding.of(8, 4);
    assertThatThrownBy(() -> rope.forward(Tensor.ones(5, 8))).hasMessageContaining("5 positions, of 4");
    assertThatThrownBy(() -> rope.forward(Tensor.ones(4, 6))).hasMessageContaining("(4, 6) is not (..., time, 8)");
    assertThat(rope.forward(Tensor.ones(4, 8)).shape()).isEqualTo(Shape.of(4, 8));
  }
}
