package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nn.Mode;

/// What a [Gpt] says token by token is what it says of the whole text.
class GenerationTest {
  private static final int BLOCK = 40;
  private static final int VOCAB = 10;

  private final Gpt model = model(new GptConfig(VOCAB, BLOCK, 2, 2, 8, 0.5, true));

  private static Gpt model(GptConfig config) {
    Tensor.manualSeed(3);
    Gpt model = Gpt.of(config);
    Tensor.noGrad(() -> {
      model.parameters().forEach(weight -> weight.assign(weight.add(weight.randnLike().mul(0.2))));
      Tensor.realize(model.parameters());
    });
    return model;
  }

  private static int[] text(int length) {
    return IntStream.range(0, length).map(i -> (i * i + 3 * i) % VOCAB).toArray();
  }

  private static float[] logProbabilities(Gpt model, int... text) {
    Tensor logits = Tensor.noGrad(() -> Mode.EVALUATION.call(() -> model.forward(Tensor.of(text, 1, text.length)))).cast(DType.FLOAT32);
    return logits.select(1, text.length - 1).logSoftmax(-1).toFloatArray();
  }

  private static void assertThatItIsThePass(Gpt model, int[] prompt, Completion completion, double tolerance) {
    int[] text = prompt;
    for (GeneratedToken token : completion.tokens()) {
      assertThat(token.logProbability()).isCloseTo(logProbabilities(model, text)[token.token()], within((float) tolerance));
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = token.token();
    }
  }

  @Test
  void saysTokenByTokenWhatTheModelSaysAtOnce() {
    Sampling sampling = new Sampling(1, 0, 1, 5);
    List<int[]> prompts = List.of(text(3), text(12), text(BLOCK - 2), text(BLOCK));
    List<Completion> completions = Engine.of(model, 4).generate(prompts.stream().map(prompt -> Request.of(prompt, 6, sampling)).toList());
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(completions.get(i).tokens()).hasSize(Math.min(6, BLOCK - prompts.get(i).length + 1));
      assertThatItIsThePass(model, prompts.get(i), completions.get(i), 1e-5);
    }
  }

  @Test
  void weightsInBfloat16MakeAModelOfItsOwn() {
    Gpt narrow = model.in(DType.BFLOAT16);
    Completion completion = Engine.of(narrow, 1).generate(List.of(Request.of(text(5), 8, Sampling.GREEDY))).getFirst();
    assertThatItIsThePass(narrow, text(5), completion, 0.02);
  }

  @Test
  void goesOnWithHalfOfAFullBlock() {
    List<Integer> greedy = generate(model, text(BLOCK - 1), 5, Sampling.GREEDY);
    int[] text = text(BLOCK - 1);
    for (int i = 0; i < 5; i++) {
      int[] context = i < 2 ? text : Arrays.copyOfRange(text, BLOCK + 1 - BLOCK / 2, text.length);
      float[] scores = logProbabilities(model, context);
      int likeliest = IntStream.range(0, VOCAB).reduce((a, b) -> scores[b] > scores[a] ? b : a).orElseThrow();
      assertThat(greedy.get(i)).as("token %d", i).isEqualTo(likeliest);
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = likeliest;
    }
  }

  @Test
  void readsTheEndOfALongText() {
    int[] text = text(3 * BLOCK);
    assertThat(generate(model, text, 30, new Sampling(1, 0, 1, 1)))
        .isEqualTo(generate(model, Arrays.copyOfRange(text, 2 * BLOCK, 3 * BLOCK), 30, new Sampling(1, 0, 1, 1)));
  }

  @Test
  void theSameSeedGivesTheSameText() {
    Sampling sampling = new Sampling(1, 0, 1, 7);
    List<Integer> first = generate(model, text(1), 20, sampling);
    assertThat(first).hasSize(20);
    assertThat(generate(model, text(1), 20, sampling)).isEqualTo(first);
    assertThat(generate(model, text(1), 20, sampling.withSeed(8))).isNotEqualTo(first);
    assertThat(generate(model, text(1), 2, sampling)).isEqualTo(first.subList(0, 2));
  }

  /// The model knows nothing, so that its random numbers alone choose, and positions come again when half of a block is read again.
  @Test
  void randomNumbersDoNotComeAgainWithPositions() {
    Tensor.manualSeed(3);
    Gpt fresh = Gpt.of(new GptConfig(64, 8, 1, 1, 4, 0, false));
    List<Integer> tokens = generate(fresh, new int[] {1}, 40, new Sampling(1, 0, 1, 1));
    assertThat(tokens.subList(8, 13)).isNotEqualTo(tokens.subList(13, 18));
    assertThat(tokens.subList(13, 18)).isNotEqualTo(tokens.subList(18, 23));
  }

  @Test
  void oneTokenOfContextIsEnough() {
    Tensor.manualSeed(3);
    assertThat(generate(Gpt.of(new GptConfig(4, 1, 1, 1, 4, 0, false)), new int[] {1, 2}, 5, new Sampling(1, 0, 1, 1))).hasSize(5);
  }

  @Test
  void scoresThatAreNoNumbersAreRefused() {
    Tensor.noGrad(() -> model.lnF().weight().assign(Tensor.full(model.lnF().weight().shape(), Double.NaN, DType.FLOAT32)).realize());
    assertThatThrownBy(() -> generate(model, text(3), 2, Sampling.GREEDY)).hasMessageContaining("NaN");
  }

  private static List<Integer> generate(Gpt model, int[] prompt, int maxNewTokens, Sampling sampling) {
    List<Integer> tokens = new ArrayList<>();
    model.generate(prompt, maxNewTokens, sampling, tokens::add);
    return tokens;
  }
}
