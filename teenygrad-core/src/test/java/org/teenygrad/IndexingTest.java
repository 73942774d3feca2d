package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IndexingTest {
  private final Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

  @Test
  void indexWrapsNegativePositions() {
    assertThat(x.index(Tensor.of(-1L, 0L)).toFloatArray()).containsExactly(4, 5, 6, 1, 2, 3);
    assertThat(x.index(null, Tensor.of(-1L)).toFloatArray()).containsExactly(3, 6);
  }

  @Test
  void positionsOfSmallTypesReachLargeAxes() {
    Tensor bytes = Tensor.of(-1L, 3L).cast(DType.INT8);
    assertThat(Tensor.arange(1000).index(bytes).toLongArray()).containsExactly(999, 3);
    Tensor losses = Tensor.zeros(2, 200).crossEntropy(Tensor.of(156L, 3L).cast(DType.UINT8), LossReduction.NONE);
    assertThat(losses.toFloatArray()).containsOnly((float) Math.log(200));
  }

  @Test
  void indexBroadcastsSeveralIndices() {
    Tensor rows = Tensor.of(new long[] {0, 1}, 2, 1);
    Tensor columns = Tensor.of(2L, 0L);
    assertThat(x.index(rows, columns).toFloatArray()).containsExactly(3, 1, 6, 4);
  }

  @Test
  void separatedIndicesPutTheirAxesFirst() {
    Tensor three = Tensor.arange(24).reshape(2, 3, 4);
    Tensor i = Tensor.of(1L, 0L);
    assertThat(three.index(i, null, i).shape()).isEqualTo(Shape.of(2, 3));
    assertThat(three.index(i, null, i).toLongArray()).containsExactly(13, 17, 21, 0, 4, 8);
    assertThat(three.index(null, i, i).shape()).isEqualTo(Shape.of(2, 2));
  }

  @Test
  void whatIsReadOutsideIsZeroAndWhatIsWrittenThereIsDropped() {
    assertThat(x.gather(1, Tensor.of(new long[] {0, 7, 1, -1}, 2, 2)).toFloatArray()).containsExactly(1, 0, 5, 0);
    assertThat(x.index(Tensor.of(0L), Tensor.of(3L)).toFloatArray()).containsExactly(0);
    Tensor written = Tensor.zeros(3).scatter(0, Tensor.of(5L, 1L), Tensor.of(8f, 9f));
    assertThat(written.toFloatArray()).containsExactly(0, 9, 0);
  }

  @Test
  void positionsMayBeLookedUpThemselves() {
    Tensor chain = Tensor.of(2L, 0L, 3L, 1L).contiguous().realize();
    Tensor twice = chain.gather(0, chain);
    assertThat(twice.toLongArray()).containsExactly(3, 2, 1, 0);
    Tensor other = Tensor.of(1L, 1L, 0L, 3L);
    Tensor both = other.gather(0, chain).add(chain.gather(0, other.gather(0, chain.gather(0, chain))));
    assertThat(both.toLongArray()).containsExactly(0 + 1, 1 + 2, 3 + 0, 1 + 0);
  }

  @Test
  void embeddingLooksUpRows() {
    Tensor rows = x.embedding(Tensor.of(new long[] {1, 0, 1, 1}, 2, 2));
    assertThat(rows.shape()).isEqualTo(Shape.of(2, 2, 3));
    assertThat(rows.toFloatArray()).startsWith(4, 5, 6, 1, 2, 3);
  }

  @Test
  void embeddingGradientAddsUpRepeatedRows() {
    Tensor table = Tensor.ones(3, 2).requiresGrad();
    Tensor gradient = Gradient.of(table.embedding(Tensor.of(2L, 0L, 2L)).sum(), table);
    assertThat(gradient.toFloatArray()).containsExactly(1, 1, 0, 0, 2, 2);
  }

  @Test
  void scatterTakesIndicesSmallerThanTheTarget() {
    Tensor result = Tensor.zeros(2, 3).scatter(1, Tensor.of(new long[] {2}, 1, 1), Tensor.of(new float[] {7}, 1, 1));
    assertThat(result.toFloatArray()).containsExactly(0, 0, 7, 0, 0, 0);
  }

  @Test
  void cumsumGoesOverBlocks() {
    long[] sums = Tensor.arange(1000).cumsum(0).toLongArray();
    for (int i = 0; i < sums.length; i++) {
      assertThat(sums[i]).isEqualTo((long) i * (i + 1) / 2);
    }
  }

  @Test
  void theGradientOfRunningSumsCountsWhatFollows() {
    Tensor ones = Tensor.ones(20, 64).requiresGrad();
    Tensor gradient = Gradient.of(ones.cumsum(0).sum(), ones);
    assertThat(gradient.toFloatArray()).containsExactly(Tensor.arange(20).neg().add(20).unsqueeze(1).expand(20, 64).cast(DType.FLOAT32).toFloatArray());
  }

  @Test
  void cumsumKeepsInfinitiesToTheirRight() {
    assertThat(Tensor.of(1f, Float.POSITIVE_INFINITY, 2f).cumsum(0).toFloatArray())
        .containsExactly(1, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY);
  }

  @Test
  void topkRefusesMoreThanThereAre() {
    assertThatThrownBy(() -> x.topk(4, 1)).hasMessage("topk: 4 elements of axis 1 of (2, 3)");
  }

  @Test
  void oneHotAndMaskedFill() {
    assertThat(Tensor.of(2L, 0L).oneHot(3).toLongArray()).containsExactly(0, 0, 1, 1, 0, 0);
    assertThat(x.maskedFill(x.gt(4), -1).toFloatArray()).containsExactly(1, 2, 3, 4, -1, -1);
  }
}
