package org.teenygrad.models.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

class TokenSamplerTest {
  private static final int DRAWS = 4000;
  private static final double[] PROBABILITIES = {0.4, 0.3, 0.2, 0.1};

  /// How often each of four tokens is drawn.
  private static double[] shares(Sampling sampling) {
    Tensor scores = Tensor.of(PROBABILITIES).log().toFloat().expand(DRAWS, PROBABILITIES.length);
    Tensor positions = Tensor.arange(DRAWS, DType.INT32).unsqueeze(1);
    int[] tokens = TokenSampler.of(Collections.nCopies(DRAWS, sampling), PROBABILITIES.length).choose(scores, positions).token().toIntArray();
    return IntStream.range(0, PROBABILITIES.length).mapToDouble(i -> IntStream.of(tokens).filter(token -> token == i).count() / (double) DRAWS).toArray();
  }

  private static void assertShares(Sampling sampling, double... expected) {
    assertThat(shares(sampling)).containsExactly(expected, within(0.03));
  }

  @Test
  void drawsByProbability() {
    assertShares(new Sampling(1, 0, 1, 7), PROBABILITIES);
    assertShares(new Sampling(0.5, 0, 1, 7), 0.16 / 0.3, 0.09 / 0.3, 0.04 / 0.3, 0.01 / 0.3);
    assertShares(Sampling.GREEDY, 1, 0, 0, 0);
  }

  @Test
  void leavesOutTheUnlikelyByRankAndByProbability() {
    assertShares(new Sampling(1, 2, 1, 7), 0.4 / 0.7, 0.3 / 0.7, 0, 0);
    assertShares(new Sampling(1, 0, 0.75, 7), 0.4 / 0.9, 0.3 / 0.9, 0.2 / 0.9, 0);
    assertShares(new Sampling(1, 2, 0.5, 7), 1, 0, 0, 0);
  }

  @Test
  void findsTheHighestScoresWhateverTheirSign() {
    Tensor scores = Tensor.of(new float[] {-3, 5, 0, -1, 2, -8}, 1, 6);
    for (int k = 1; k <= 6; k++) {
      int count = k;
      Tensor top = ScoreOrder.of(scores).top(at -> at.cast(DType.FLOAT32).sum(-1, true).ge(count));
      assertThat(top.cast(DType.FLOAT32).sum().itemDouble()).isEqualTo(k);
      assertThat(top.where(scores, 9).min().itemDouble()).isEqualTo(List.of(5.0, 2.0, 0.0, -1.0, -3.0, -8.0).get(k - 1));
    }
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> new Sampling(-1, 0, 1, 0)).hasMessageContaining("temperature").hasMessageContaining("-1");
    assertThatThrownBy(() -> new Sampling(1, -2, 1, 0)).hasMessageContaining("top-k").hasMessageContaining("-2");
    assertThatThrownBy(() -> new Sampling(1, 0, 0, 0)).hasMessageContaining("top-p").hasMessageContaining("0.0");
    assertThatThrownBy(() -> Request.of(new int[0], 1, Sampling.GREEDY)).hasMessageContaining("prompt is empty");
    assertThatThrownBy(() -> Request.of(new int[] {1}, 0, Sampling.GREEDY)).hasMessageContaining("at least 1");
  }
}
