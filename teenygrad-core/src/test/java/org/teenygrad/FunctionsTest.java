package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;

/// Activations, normalization, losses and attention where PyTorch's answers have edges.
class FunctionsTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  @Test
  void softmaxRowsSumToOneEvenForLargeValues() {
    Tensor rows = Tensor.of(new float[] {1e30f, 0, -1e30f, 5, 5, 5}, 2, 3).softmax(-1);
    assertThat(rows.sum(-1).toFloatArray()).containsExactly(1, 1);
  }

  @Test
  void logsumexpOfOnlyMinusInfinityIsMinusInfinity() {
    assertThat(Tensor.of(-INFINITY, -INFINITY).logsumexp(0).item()).isEqualTo(-INFINITY);
    assertThat(Tensor.of(INFINITY, 0f).logsumexp(0).item()).isEqualTo(INFINITY);
  }

  @Test
  void sigmoidAndItsGradientAreFiniteEverywhere() {
    Tensor x = Tensor.of(-200f, -1f, 0f, 1f, 200f).requiresGrad();
    Tensor y = x.sigmoid();
    float[] gradient = Gradient.of(y.sum(), x).toFloatArray();
    assertThat(y.toFloatArray()).containsExactly(new float[] {0, 0.26894143f, 0.5f, 0.7310586f, 1}, within(1e-7f));
    assertThat(gradient).containsExactly(new float[] {0, 0.19661193f, 0.25f, 0.19661193f, 0}, within(1e-7f));
  }

  @Test
  void softplusGradientIsSigmoidAlsoAtZero() {
    Tensor x = Tensor.of(-100f, 0f, 100f).requiresGrad();
    assertThat(Gradient.of(x.softplus().sum(), x).toFloatArray()).containsExactly(new float[] {0, 0.5f, 1}, within(1e-30f));
  }

  @Test
  void reluKeepsNanAndHasNoSlopeAtZero() {
    Tensor x = Tensor.of(-1f, 0f, 2f, Float.NaN).requiresGrad();
    assertThat(x.relu().toFloatArray()).containsExactly(0, 0, 2, Float.NaN);
    assertThat(Gradient.of(x.slice(0, 0, 3).relu().sum(), x).toFloatArray()).startsWith(0, 0, 1);
  }

  @Test
  void bfloat16IsNormalizedInFloat32() {
    Tensor x = Tensor.of(256f, 257f, 258f, 259f).toBfloat16();
    Tensor y = x.layerNorm(4);
    assertThat(y.dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(y.toFloatArray()[0]).isCloseTo(Tensor.of(x.toFloatArray()).layerNorm(4).toFloatArray()[0], within(0.01f));
  }

  @Test
  void layerNormSaysWhatDoesNotFit() {
    assertThatThrownBy(() -> Tensor.ones(2, 3).layerNorm(4)).hasMessage("layerNorm: (2, 3) does not end in the normalized shape (4,)");
  }

  @Test
  void crossEntropyOverNoSamplesIsNanAsPyTorchsMeanWithZeroGradient() {
    Tensor logits = Tensor.ones(2, 3).requiresGrad();
    Tensor loss = logits.crossEntropy(Tensor.of(-100L, -100L));
    Tensor gradient = Gradient.of(loss, logits);
    assertThat(loss.item()).isNaN();
    assertThat(gradient.toFloatArray()).containsOnly(0);
  }

  @Test
  void crossEntropyOfAWrongClassIsNan() {
    assertThat(Tensor.ones(2, 3).crossEntropy(Tensor.of(0L, 3L)).item()).isNaN();
  }

  @Test
  void crossEntropyTakesClassesSecondOrLast() {
    Tensor last = Tensor.randn(2, 4, 5);
    Tensor targets = Tensor.of(new long[] {0, 1, 2, 3, 4, 0, 1, 2}, 2, 4);
    float expected = last.reshape(8, 5).crossEntropy(targets.reshape(8)).item();
    assertThat(last.crossEntropy(targets).item()).isCloseTo(expected, within(1e-6f));
    assertThat(last.transpose(1, 2).crossEntropy(targets).item()).isCloseTo(expected, within(1e-6f));
    assertThatThrownBy(() -> Tensor.ones(2, 4, 4).crossEntropy(targets)).hasMessageContaining("axis 1 or axis 2");
    assertThatThrownBy(() -> Tensor.ones(2, 3).crossEntropy(targets)).hasMessageContaining("do not fit");
    assertThatThrownBy(() -> Tensor.ones(2, 3).crossEntropy(Tensor.ones(2))).hasMessageContaining("integers");
  }

  @Test
  void crossEntropyPicksItsClassesWithoutOneHotRows() {
    Tensor logits = Tensor.zeros(4, 1000);
    Tensor loss = logits.crossEntropy(Tensor.of(1L, 2L, 3L, 4L), LossReduction.NONE);
    var nodes = Graph.topological(List.of(loss.node()));
    assertThat(nodes).anyMatch(node -> node.is(OpCode.GATHER));
    assertThat(nodes).noneMatch(node -> !node.dtype().isFloating() && node.shape().elements() > 4);
    assertThat(loss.toFloatArray()).containsOnly((float) Math.log(1000));
  }

  @Test
  void binaryCrossEntropyIsCutAtCertainty() {
    assertThat(Tensor.of(0f, 1f).binaryCrossEntropy(Tensor.of(1f, 1f)).item()).isEqualTo(50);
    assertThat(Tensor.of(1000f).binaryCrossEntropyWithLogits(Tensor.of(0f)).item()).isEqualTo(1000);
  }

  @Test
  void queriesThatSeeNothingGetZerosAndZeroGradients() {
    Tensor q = Tensor.randn(2, 3, 4).requiresGrad();
    Tensor mask = Tensor.of(new boolean[] {true, false, false, false, false, false, true, true, true}, 3, 3);
    Tensor out = q.scaledDotProductAttention(q, q, AttentionOptions.DEFAULT.withMask(mask));
    Tensor gradient = Gradient.of(out.sum(), q);
    Tensor.realize(List.of(out, gradient));
    assertThat(out.select(1, 1).toFloatArray()).containsOnly(0);
    for (float g : gradient.toFloatArray()) {
      assertThat(g).isFinite();
    }
  }

  @Test
  void causalAttentionIgnoresTheFuture() {
    Tensor q = Tensor.randn(1, 2, 5, 4).realize();
    Tensor all = q.scaledDotProductAttention(q, q, AttentionOptions.CAUSAL);
    Tensor begin = q.slice(2, 0, 3);
    Tensor part = begin.scaledDotProductAttention(begin, begin, AttentionOptions.CAUSAL);
    assertThat(all.slice(2, 0, 3).toFloatArray()).containsExactly(part.toFloatArray(), within(1e-6f));
  }

  @Test
  void headsShareKeysInGroupsOfNeighbours() {
    Tensor q = Tensor.randn(1, 4, 3, 2).realize();
    Tensor kv = Tensor.randn(1, 2, 3, 2).realize();
    Tensor shared = q.scaledDotProductAttention(kv, kv);
    Tensor repeated = kv.repeatInterleave(2, 1);
    Tensor expected = q.scaledDotProductAttention(repeated, repeated);
    assertThat(shared.toFloatArray()).containsExactly(expected.toFloatArray(), within(1e-6f));
    assertThatThrownBy(() -> Tensor.ones(1, 3, 3, 2).scaledDotProductAttention(kv, kv))
        .hasMessageContaining("no multiple").hasMessageContaining("(1, 3, 3, 2)");
  }

  @Test
  void aWindowHidesWhatIsFurtherAway() {
    Tensor.manualSeed(5);
    Tensor q = Tensor.randn(2, 3, 40, 8).requiresGrad();
    Tensor distance = Tensor.arange(40, DType.INT32).unsqueeze(1).sub(Tensor.arange(40, DType.INT32));
    Tensor near = distance.abs().le(5);
    isTheSame(q, AttentionOptions.DEFAULT.withWindow(5), AttentionOptions.DEFAULT.withMask(near));
    isTheSame(q, AttentionOptions.CAUSAL.withWindow(5), AttentionOptions.DEFAULT.withMask(near.and(distance.ge(0))));
    isTheSame(q, AttentionOptions.CAUSAL.withWindow(0), AttentionOptions.DEFAULT.withMask(distance.eq(0)));
    isTheSame(q, AttentionOptions.CAUSAL.withWindow(40), AttentionOptions.CAUSAL);
    assertThatThrownBy(() -> AttentionOptions.CAUSAL.withWindow(-1)).hasMessageContaining("a window of -1");
  }

  private static void isTheSame(Tensor q, AttentionOptions options, AttentionOptions expected) {
    Tensor ours = q.scaledDotProductAttention(q, q, options);
    Tensor reference = q.scaledDotProductAttention(q, q, expected);
    isClose(ours, reference);
    Tensor cotangent = Tensor.arange(40 * 8, DType.FLOAT32).div(320).reshape(40, 8);
    isClose(Gradient.of(ours.mul(cotangent).sum(), q), Gradient.of(reference.mul(cotangent).sum(), q));
  }

  private static void isClose(Tensor ours, Tensor expected) {
    assertThat(ours.toFloatArray()).containsExactly(expected.toFloatArray(), within(2e-5f));
  }

  @Test
  void aSoftCapBoundsScoresBeforeMasks() {
    Tensor q = Tensor.randn(1, 2, 9, 4).mul(5);
    Tensor scores = q.matmul(q.transpose(-1, -2)).div(2).div(3).tanh().mul(3);
    Tensor visible = Tensor.arange(9, DType.INT32).le(Tensor.arange(9, DType.INT32).unsqueeze(1));
    Tensor expected = visible.where(scores, Double.NEGATIVE_INFINITY).softmax(-1).matmul(q);
    isClose(q.scaledDotProductAttention(q, q, AttentionOptions.CAUSAL.withSoftCap(3)), expected);
    assertThatThrownBy(() -> AttentionOptions.CAUSAL.withSoftCap(0)).hasMessageContaining("softCap is positive");
    assertThatThrownBy(() -> AttentionOptions.CAUSAL.withSoftCap(Double.NaN)).hasMessageContaining("softCap is positive");
  }

  @Test
  void aQueryWithoutKeysGetsZerosAndPassesNoGradient() {
    Tensor q = Tensor.randn(1, 1, 3, 4).requiresGrad();
    Tensor mask = Tensor.of(new boolean[] {true, false, true, false, false, false, true, true, true}, 3, 3);
    Tensor y = q.scaledDotProductAttention(q, q, AttentionOptions.DEFAULT.withMask(mask));
    assertThat(y.select(2, 1).toFloatArray()).containsOnly(0);
    Tensor bias = mask.where(Tensor.of(0f), Double.NEGATIVE_INFINITY);
    Tensor added = q.scaledDotProductAttention(q, q, AttentionOptions.DEFAULT.withMask(bias));
    isClose(added, y);
    for (Tensor each : List.of(y, added)) {
      float[] gradient = Gradient.of(each.square().sum(), q).toFloatArray();
      assertThat(gradient).doesNotContain(Float.NaN);
    }
    Tensor hidden = Tensor.of(-INFINITY, -INFINITY).requiresGrad();
    assertThat(Gradient.of(hidden.logsumexp(0), hidden).toFloatArray()).as("PyTorch's").containsExactly(0, 0);
  }
}
