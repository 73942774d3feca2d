package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.teenygrad.data.CounterRandom;

class SamplerTest {
  /// Probabilities 0.5, 0.25, 0.125, 0.125 at temperature 1.
  private static final float[] LOGITS = {log(0.125), log(0.5), log(0.125), log(0.25)};

  private static float log(double p) {
    return (float) Math.log(p);
  }

  private static double[] frequencies(double temperature, int topK, double topP) {
    Sampler sampler = new Sampler(new Sampler.Settings(temperature, topK, topP), CounterRandom.of(5));
    double[] frequencies = new double[LOGITS.length];
    for (int i = 0; i < 8000; i++) {
      frequencies[sampler.choose(LOGITS)] += 1 / 8000.0;
    }
    return frequencies;
  }

  @Test
  void drawsByProbability() {
    assertThat(frequencies(1, 0, 1)).containsExactly(new double[] {0.125, 0.5, 0.125, 0.25}, within(0.02));
  }

  @Test
  void temperatureSharpens() {
    double sum = 0.25 + 0.0625 + 2 * 0.015625;
    assertThat(frequencies(0.5, 0, 1))
        .containsExactly(new double[] {0.015625 / sum, 0.25 / sum, 0.015625 / sum, 0.0625 / sum}, within(0.02));
  }

  @Test
  void temperatureZeroTakesTheLikeliest() {
    assertThat(frequencies(0, 0, 1)[1]).isCloseTo(1, within(1e-9));
  }

  @Test
  void topKKeepsTheLikeliest() {
    assertThat(frequencies(1, 2, 1)).containsExactly(new double[] {0, 2 / 3.0, 0, 1 / 3.0}, within(0.02));
  }

  @Test
  void topPKeepsWhatReachesIt() {
    assertThat(frequencies(1, 0, 0.7)).containsExactly(new double[] {0, 2 / 3.0, 0, 1 / 3.0}, within(0.02));
    assertThat(frequencies(1, 0, 0.1)[1]).isCloseTo(1, within(1e-9));
  }

  @Test
  void largeScoresDoNotOverflow() {
    Sampler sampler = new Sampler(new Sampler.Settings(1e-3, 0, 1), CounterRandom.of(5));
    assertThat(sampler.choose(3e38f, -3e38f)).isZero();
  }

  @Test
  void refusesWhatIsNoSetting() {
    assertThatThrownBy(() -> new Sampler.Settings(Double.NaN, 0, 1)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> new Sampler.Settings(1, -1, 1)).hasMessageContaining("top-k");
    assertThatThrownBy(() -> new Sampler.Settings(1, 0, 0)).hasMessageContaining("top-p");
    Sampler sampler = new Sampler(Sampler.Settings.DEFAULT, CounterRandom.of(1));
    assertThatThrownBy(() -> sampler.choose(1, Float.NaN)).hasMessageContaining("NaN");
  }
}
