package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

class GptTest {
  private static final GptConfig TINY = new GptConfig(11, 6, 2, 2, 8, 0.0, true);

  @Test
  void gpt2HasItsParameters() {
    // As published for GPT-2 small; nothing is computed, so nothing is allocated.
    Gpt model = Gpt.of(new GptConfig(50_257, 1024, 12, 12, 768, 0.0, true));
    assertThat(model.parameterCount()).isEqualTo(124_439_808);
  }

  @Test
  void biasesAreLeftOut() {
    Gpt model = Gpt.of(new GptConfig(11, 6, 1, 2, 8, 0.0, false));
    assertThat(model.namedParameters().keySet()).containsExactly(
        "wte.weight",
        "wpe.weight",
        "h.0.ln1.weight",
        "h.0.attn.cAttn.weight",
        "h.0.attn.cProj.weight",
        "h.0.ln2.weight",
        "h.0.mlp.cFc.weight",
        "h.0.mlp.cProj.weight",
        "lnF.weight");
  }

  @Test
  void startsAsGpt2Does() {
    Tensor.manualSeed(1);
    Gpt model = Gpt.of(new GptConfig(50, 40, 2, 2, 32, 0.0, true));
    var parameters = model.namedParameters();
    assertThat(deviation(named(parameters, "wte.weight"))).isCloseTo(0.02, within(0.001));
    assertThat(deviation(named(parameters, "h.0.mlp.cFc.weight"))).isCloseTo(0.02, within(0.001));
    assertThat(deviation(named(parameters, "h.1.mlp.cProj.weight"))).isCloseTo(0.02 / Math.sqrt(4), within(0.0005));
    assertThat(deviation(named(parameters, "h.0.attn.cProj.weight"))).isCloseTo(0.02 / Math.sqrt(4), within(0.0005));
    assertThat(named(parameters, "h.0.attn.cAttn.bias").toFloatArray()).containsOnly(0);
    assertThat(named(parameters, "lnF.weight").toFloatArray()).containsOnly(1);
  }

  private static Tensor named(Map<String, Tensor> parameters, String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  private static double deviation(Tensor weights) {
    double[] values = weights.toDoubleArray();
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum() / values.length);
  }

  @Test
  void knowsNothingAtFirst() {
    Tensor.manualSeed(1);
    // The targets are other tokens: a token resembles itself from the start, as the last layer is the first one.
    float loss = Gpt.of(TINY).loss(tokens(2, 6), tokens(2, 6).add(1).remainder(TINY.vocabSize())).item();
    assertThat((double) loss).isCloseTo(Math.log(TINY.vocabSize()), within(0.05));
  }

  @Test
  void seesNoLaterToken() {
    Tensor.manualSeed(1);
    Gpt model = Gpt.of(TINY);
    float[] once = model.forward(Tensor.of(new int[] {1, 2, 3, 4}, 1, 4)).toFloatArray();
    float[] changed = model.forward(Tensor.of(new int[] {1, 2, 3, 9}, 1, 4)).toFloatArray();
    int before = 3 * TINY.vocabSize();
    assertThat(Arrays.copyOf(changed, before)).containsExactly(Arrays.copyOf(once, before));
    assertThat(changed).isNotEqualTo(once);
  }

  @Test
  void mixedPrecisionIsNearAndReachesTheSameParameters() {
    Tensor.manualSeed(1);
    Gpt model = Gpt.of(TINY);
    Tensor loss = model.in(DType.BFLOAT16).loss(tokens(1, 6), tokens(1, 6));
    assertThat(loss.item()).isCloseTo(model.loss(tokens(1, 6), tokens(1, 6)).item(), within(0.05f));
    loss.backward();
    assertThat(model.parameters()).allSatisfy(p -> assertThat(p.grad().dtype()).isEqualTo(DType.FLOAT32));
  }

  @Test
  void refusesAContextThatIsTooLong() {
    assertThatThrownBy(() -> Gpt.of(TINY).forward(tokens(1, 7))).hasMessageContaining("7 tokens is longer than the block size, 6");
  }

  @Test
  void refusesHeadsThatDoNotDivide() {
    assertThatThrownBy(() -> new GptConfig(11, 6, 2, 3, 8, 0.0, true))
        .hasMessageContaining("n_embd (8) must be a multiple of n_head (3)");
  }

  private static Tensor tokens(int batch, int time) {
    return Tensor.of(IntStream.range(0, batch * time).map(i -> i * 7 % TINY.vocabSize()).toArray(), batch, time);
  }
}
