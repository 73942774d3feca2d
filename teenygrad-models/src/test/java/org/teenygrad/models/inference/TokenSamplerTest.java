package org.teenygrad.models.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.TokenSampler.Choice;
import org.teenygrad.models.inference.TokenSampler.Scores;

class TokenSamplerTest {
  private static final int DRAWS = 4000;
  private static final double[] PROBABILITIES = {0.4, 0.3, 0.2, 0.1};

  /// How often each of four tokens is drawn.
  private static double[] shares(Sampling sampling) {
    Tensor scores = Tensor.of(PROBABILITIES).log().toFloat().expand(DRAWS, PROBABILITIES.length);
    Tensor positions = Tensor.arange(DRAWS, DType.INT32).unsqueeze(1);
    int[] tokens = TokenSampler.of(Collections.nCopies(DRAWS, sampling), PROBABILITIES.length, 0).choose(Scores.of(scores), positions, null, null).token().toIntArray();
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
  void leavesOutWhatIsMuchLessLikelyThanTheLikeliest() {
    assertShares(new Sampling(1, 0, 1, 7).withMinP(0.6), 0.4 / 0.7, 0.3 / 0.7, 0, 0);
    assertShares(new Sampling(1, 0, 1, 7).withMinP(1), 1, 0, 0, 0);
    assertShares(new Sampling(1, 3, 0.5, 7).withMinP(0.4), 0.4 / 0.7, 0.3 / 0.7, 0, 0); // of 0.9 together, half is reached by two
  }

  @Test
  void biasIsAddedBeforeAllElse() {
    assertShares(new Sampling(1, 0, 1, 7).withLogitBias(Map.of(3, Math.log(4))), 0.4 / 1.3, 0.3 / 1.3, 0.2 / 1.3, 0.4 / 1.3);
    assertShares(Sampling.GREEDY.withLogitBias(Map.of(2, 9.0)), 0, 0, 1, 0);
  }

  @Test
  void penaltiesAreThoseOfTokensThatWereThere() {
    Penalties penalties = new Penalties(2, 0.5, 0.25);
    ScoreBias bias = ScoreBias.of(List.of(Sampling.GREEDY.withPenalties(penalties), Sampling.GREEDY), 4);
    Tensor scores = Tensor.of(new float[] {1, -1, 3, 4, 1, -1, 3, 4}, 2, 4);
    int inPrompt = ScoreBias.IN_PROMPT;
    Tensor counts = Tensor.of(new int[] {inPrompt, inPrompt + 2, 1, 0, inPrompt, inPrompt + 2, 1, 0}, 2, 4);
    assertThat(bias.on(scores, counts, null).toFloatArray())
        .containsExactly(0.5f, -2 - 0.5f - 0.5f, 1.5f - 0.5f - 0.25f, 4, 1, -1, 3, 4);
  }

  @Test
  void whatIsNotAllowedNeverComes() {
    int vocab = 70;
    BitSet odd = new BitSet();
    IntStream.range(0, vocab).filter(token -> token % 2 == 1).forEach(odd::set);
    BitSet last = new BitSet();
    last.set(vocab - 1);
    List<@Nullable BitSet> rows = Arrays.asList(odd, null, last);
    Tensor scores = Tensor.arange(vocab).neg().toFloat().expand(3, vocab);
    TokenSampler sampler = TokenSampler.of(Collections.nCopies(3, Sampling.GREEDY), vocab, 0);
    Choice choice = sampler.choose(Scores.of(scores), Tensor.zeros(DType.INT32, 3, 1), null, ScoreBias.packed(rows, vocab));
    assertThat(choice.token().toIntArray()).containsExactly(1, 0, vocab - 1);
  }

  @Test
  void alternativesAreTheLikeliestByTheScoresAsTheyAre() {
    Tensor scores = Tensor.of(PROBABILITIES).log().toFloat().unsqueeze(0);
    Sampling sampling = Sampling.GREEDY.withLogitBias(Map.of(2, 9.0));
    Choice choice = TokenSampler.of(List.of(sampling), 4, 2).choose(Scores.of(scores), Tensor.zeros(DType.INT32, 1, 1), null, null);
    assertThat(choice.token().toIntArray()).containsExactly(2);
    assertThat(choice.logProbability().toFloatArray()).containsExactly(new float[] {(float) Math.log(0.2)}, within(1e-6f));
    assertThat(Objects.requireNonNull(choice.alternatives()).toIntArray()).containsExactly(0, 1);
    assertThat(Objects.requireNonNull(choice.alternativeLogProbabilities()).toFloatArray())
        .containsExactly(new float[] {(float) Math.log(0.4), (float) Math.log(0.3)}, within(1e-6f));
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
    assertThatThrownBy(() -> Sampling.GREEDY.withMinP(1.5)).hasMessageContaining("min-p").hasMessageContaining("1.5");
    assertThatThrownBy(() -> Sampling.GREEDY.withLogitBias(Map.of(3, Double.NaN))).hasMessageContaining("token 3");
    assertThatThrownBy(() -> new Penalties(0, 0, 0)).hasMessageContaining("repetition");
    assertThatThrownBy(() -> new Penalties(1, Double.NaN, 0)).hasMessageContaining("presence");
    assertThatThrownBy(() -> Request.of(new int[] {1}, 1, Sampling.GREEDY).withAlternatives(33)).hasMessageContaining("32").hasMessageContaining("33");
    assertThatThrownBy(() -> Request.of(new int[0], 1, Sampling.GREEDY)).hasMessageContaining("prompt is empty");
    assertThatThrownBy(() -> Request.of(new int[] {1}, 0, Sampling.GREEDY)).hasMessageContaining("at least 1");
  }
}
