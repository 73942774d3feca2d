package org.teenygrad.nanochat.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Completion.Reason;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.evaluation.Answerer;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.tasks.GradedTask;
import org.teenygrad.nanochat.tasks.SpellingBee;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;

class RolloutTest {
  private static final NanochatTokenizer BYTES = new TokenizerTrainer(265).train(Stream.of("a").iterator()).tokenizer();
  private static final int END = BYTES.token(SpecialToken.ASSISTANT_END);

  private static GeneratedToken sampled(int token) {
    return new GeneratedToken(token, false, -1);
  }

  private static GeneratedToken forced(int token) {
    return new GeneratedToken(token, true, Float.NaN);
  }

  private static final Rollout ROLLOUT = new Rollout(
      new int[] {1, 2, 3},
      List.of(
          new Completion(List.of(sampled(4), forced(5), sampled(6), sampled(END)), Reason.STOP),
          new Completion(List.of(sampled(7)), Reason.LENGTH)),
      new double[] {1, 0});

  @Test
  void targetsAreTheSampledTokens() {
    Batch batch = ROLLOUT.batch(0, 2, BYTES);
    assertThat(batch.inputs().shape().toArray()).containsExactly(2, 32);
    assertThat(batch.inputs().narrow(1, 0, 7).toIntArray()).containsExactly(1, 2, 3, 4, 5, 6, END, 1, 2, 3, 7, END, END, END);
    assertThat(batch.targets().narrow(1, 0, 7).toIntArray()).containsExactly(-1, -1, 4, -1, 6, -1, -1, -1, -1, 7, -1, -1, -1, -1);
    assertThat(batch.fields().get(2).toFloatArray()).containsExactly(0.5f, -0.5f);
    assertThat(ROLLOUT.meanLength()).isEqualTo(5);
  }

  @Test
  void advantagesAreOverAllAnswersAlsoWhereABatchHasOne() {
    assertThat(ROLLOUT.batch(1, 2, BYTES).fields().get(2).toFloatArray()).containsExactly(-0.5f);
  }

  @Test
  void theLossWeighsLogProbabilitiesAndIsAMeanOverSampledTokens() {
    Tensor.manualSeed(1);
    Gpt model = Gpt.of(new GptConfig(16, 265, 1, 2, 2, 32, "L"), DType.FLOAT32);
    Batch batch = ROLLOUT.batch(0, 2, BYTES);
    float[] losses = model.losses(batch.inputs(), batch.targets()).toFloatArray(); // of tokens 4, 6 and 7
    double wanted = (0.5 * (losses[2] + losses[4]) - 0.5 * losses[32 + 2]) / 3;
    assertThat(Rollout.loss(model, batch).itemDouble()).isCloseTo(wanted, within(1e-6));
  }

  /// A model of the speedrun's head size, all of whose weights matter.
  private static Gpt model() {
    Tensor.manualSeed(8);
    Gpt model = Gpt.of(new GptConfig(256, 265, 2, 2, 2, 96, "L"), DType.FLOAT32);
    Tensor.noGrad(() -> {
      model.parameters().forEach(weight -> weight.assign(weight.add(weight.randnLike().mul(0.1))));
      Tensor.realize(model.parameters());
    });
    return model;
  }

  /// As an iteration does it: problems of unlike lengths are answered together, and the answers to each are a batch.
  @ParameterizedTest
  @ValueSource(ints = {0, 50})
  void aStepFindsTheSamplersLogProbabilitiesToTheLastBit(int topK) {
    Gpt model = model();
    Answerer answerer = new Answerer(model, BYTES, new Answerer.Options(32, 8, 24, 1, topK, 5));
    List<int[]> prompts = IntStream.of(5, 23, 40, 61).mapToObj(length -> new Random(length).ints(length, 0, 256).toArray()).toList();
    List<List<Completion>> answers = answerer.completions(prompts, 7);
    int compared = 0;
    for (int problem = 0; problem < prompts.size(); problem++) {
      Rollout rollout = new Rollout(prompts.get(problem), answers.get(problem), new double[] {1, 0, 0, 1, 0, 0, 1, 0});
      Batch batch = rollout.batch(0, 8, BYTES);
      float[] passed = Tensor.noGrad(() -> model.losses(batch.inputs(), batch.targets())).toFloatArray();
      float[] stepped = withDerivatives(model, batch);
      for (int row = 0; row < 8; row++) {
        Completion answer = rollout.answers().get(row);
        for (int i = 0; i < answer.text().length; i++) {
          if (!answer.tokens().get(i).forced()) {
            int at = row * batch.inputs().size(1) + rollout.prompt().length + i - 1;
            float sampled = answer.tokens().get(i).logProbability();
            assertThat(-passed[at]).as("token %d of answer %d to problem %d", i, row, problem).isEqualTo(sampled);
            assertThat(-stepped[at]).as("the same with derivatives").isEqualTo(sampled);
            compared++;
          }
        }
      }
    }
    assertThat(compared).isGreaterThan(500);
  }

  /// The losses of tokens as a step computes them, in one schedule with the derivatives.
  private static float[] withDerivatives(Gpt model, Batch batch) {
    Tensor losses = model.losses(batch.inputs(), batch.targets());
    model.parameters().forEach(Tensor::zeroGrad);
    Rollout.loss(model, batch).backward();
    List<Tensor> computed = new ArrayList<>(model.parameters().stream().map(weight -> Objects.requireNonNull(weight.grad())).toList());
    computed.add(losses);
    Tensor.realize(computed);
    return losses.toFloatArray();
  }

  @Test
  void passAtKIsWhatTheFirstKAnswersSolve() {
    List<Double> shares = new PassAtK(new OneIsRight(), BYTES, 10).of(
        prompts -> List.of(List.of("no", "yes", "no"), List.of("no", "no", "no"), List.of("yes", "no", "no"), List.of("no", "no", "yes")), 3);
    assertThat(shares).containsExactly(0.25, 0.5, 0.75);
    assertThat(PassAtK.names(2)).containsExactly("pass@1", "pass@2");
  }

  private record OneIsRight() implements GradedTask {
    @Override
    public int size() {
      return 4;
    }

    @Override
    public Conversation conversation(int index) {
      return new SpellingBee(List.of("apple"), 4, true).conversation(index);
    }

    @Override
    public boolean isCorrect(int index, String answer) {
      return answer.equals("yes");
    }
  }
}
