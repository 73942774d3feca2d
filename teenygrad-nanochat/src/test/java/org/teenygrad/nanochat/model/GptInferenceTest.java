package org.teenygrad.nanochat.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.GeneratedToken.Alternative;
import org.teenygrad.models.inference.Generation;
import org.teenygrad.models.inference.Penalties;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;

/// A [Gpt] through the engine is the same as a pass over the whole text.
class GptInferenceTest {
  private static final int VOCAB = 70;

  /// With windows of 128 tokens in two of three blocks.
  private static final Gpt MODEL = model(new GptConfig(512, VOCAB, 3, 2, 1, 128, "SSL"));

  /// All of whose weights matter, which those at the start of a training do not.
  private static Gpt model(GptConfig config) {
    Tensor.manualSeed(5);
    Gpt model = Gpt.of(config, DType.FLOAT32);
    Tensor.noGrad(() -> {
      model.parameters().forEach(weight -> weight.assign(weight.add(weight.randnLike().mul(0.15))));
      Tensor.realize(model.parameters());
    });
    return model;
  }

  private static int[] prompt(int length, int seed) {
    return IntStream.range(0, length).map(i -> (i * i + 7 * i * seed + seed) % VOCAB).toArray();
  }

  private static int[] tokens(Completion completion) {
    return completion.tokens().stream().mapToInt(GeneratedToken::token).toArray();
  }

  /// The log-probability of each token of a text from the second on, as the loss has it.
  private static float[] logProbabilities(int... text) {
    int time = Math.ceilDiv(text.length, 64) * 64;
    int[] inputs = Arrays.copyOf(text, time);
    int[] targets = Arrays.copyOf(Arrays.copyOfRange(text, 1, text.length), time);
    return Tensor.noGrad(() -> MODEL.losses(Tensor.of(inputs, 1, time), Tensor.of(targets, 1, time)).neg().toFloatArray());
  }

  private static void assertThatItIsThePass(int[] prompt, Completion completion) {
    int[] added = tokens(completion);
    int[] text = IntStream.concat(Arrays.stream(prompt), Arrays.stream(added)).toArray();
    float[] whole = logProbabilities(text);
    for (int i = 0; i < added.length; i++) {
      GeneratedToken token = completion.tokens().get(i);
      if (!token.forced()) {
        assertThat(token.logProbability()).as("token %d after %d", i, prompt.length).isEqualTo(whole[prompt.length - 1 + i]);
      }
    }
  }

  @Test
  void greedyTextIsThatOfAPassForEachToken() {
    int[] prompt = prompt(9, 1);
    int[] added = tokens(Engine.of(MODEL, 1).generate(List.of(Request.of(prompt, 12, Sampling.GREEDY))).getFirst());
    int[] text = prompt;
    for (int token : added) {
      int time = Math.ceilDiv(text.length, 64) * 64;
      int[] padded = Arrays.copyOf(text, time);
      Tensor scores = Tensor.noGrad(() -> MODEL.forward(Tensor.of(padded, 1, time)));
      assertThat(token).isEqualTo(scores.select(1, text.length - 1).argmax(-1).toIntArray()[0]);
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = token;
    }
  }

  @Test
  void logProbabilitiesAreThoseOfTheLossToTheLastBit() {
    Sampling sampling = new Sampling(1, 0, 1, 3);
    List<int[]> prompts = List.of(prompt(1, 1), prompt(5, 2), prompt(31, 3), prompt(33, 4), prompt(120, 5), prompt(140, 6), prompt(7, 7));
    List<Completion> completions =
        Engine.of(MODEL, 4).generate(prompts.stream().map(prompt -> Request.of(prompt, 20, sampling)).toList());
    for (int i = 0; i < prompts.size(); i++) {
      assertThatItIsThePass(prompts.get(i), completions.get(i));
    }
  }

  @Test
  void textsGrowBeyondWindowsAndTheFirstRoomOfTheCache() {
    int[] prompt = prompt(115, 8);
    Completion completion = Engine.of(MODEL, 1).generate(List.of(Request.of(prompt, 40, new Sampling(0.9, 0, 1, 1)))).getFirst();
    assertThat(completion.tokens()).hasSize(40);
    assertThatItIsThePass(prompt, completion);
  }

  @Test
  void whatARowGetsDependsOnNoOther() {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      requests.add(Request.of(prompt(3 + 14 * i, i), 3 + 4 * (i % 3), new Sampling(1, 0, 1, i)));
    }
    List<Completion> together = Engine.of(MODEL, 4).generate(requests);
    for (int i = 0; i < requests.size(); i++) {
      assertThat(Engine.of(MODEL, 1).generate(List.of(requests.get(i))).getFirst()).isEqualTo(together.get(i));
    }
  }

  /// Only tokens that a remainder by three allows, which goes round.
  private static final class Rota implements RowState {
    private int count;

    @Override
    public OptionalInt due() {
      return OptionalInt.empty();
    }

    @Override
    public void accept(int token) {
      count++;
    }

    @Override
    public boolean isCompleted() {
      return false;
    }

    @Override
    public boolean isConstrained() {
      return true;
    }

    @Override
    public BitSet allowed() {
      return IntStream.range(0, VOCAB).filter(token -> token % 3 == count % 3).collect(BitSet::new, BitSet::set, BitSet::or);
    }
  }

  @Test
  void aRowDependsOnNoOthersSampling() {
    int[] prompt = prompt(20, 4);
    Sampling drawn = new Sampling(1, 0, 1, 3);
    List<Request> requests = List.of(
        Request.of(prompt, 6, Sampling.GREEDY),
        Request.of(prompt, 6, drawn),
        Request.of(prompt, 6, new Sampling(0.5, 5, 1, 1)),
        Request.of(prompt, 6, new Sampling(1.5, 0, 0.7, 2)),
        Request.of(prompt, 6, drawn.withMinP(0.1)),
        Request.of(prompt, 6, drawn.withPenalties(new Penalties(1.5, 0.5, 0.5))),
        Request.of(prompt, 6, drawn.withLogitBias(Map.of(3, 2.0, 69, -1.0))),
        Request.of(prompt, 6, drawn).withAlternatives(3),
        Request.of(prompt, 6, drawn).withState(Rota::new));
    List<Completion> alone = requests.stream().map(request -> Engine.of(MODEL, 1).generate(List.of(request)).getFirst()).toList();
    assertThat(Engine.of(MODEL, 16).generate(requests)).isEqualTo(alone);
    List<Completion> greedy = List.of(alone.get(0), alone.get(3));
    assertThat(Engine.of(MODEL, 4).generate(List.of(requests.get(0), requests.get(3)))).isEqualTo(greedy);
  }

  /// The scores after a text.
  private static float[] scores(int... text) {
    int time = Math.ceilDiv(text.length, 64) * 64;
    Tensor scores = Tensor.noGrad(() -> MODEL.forward(Tensor.of(Arrays.copyOf(text, time), 1, time)));
    return scores.select(1, text.length - 1).toFloatArray();
  }

  @Test
  void penaltiesCountTheRowsOwnTokens() {
    int[] prompt = prompt(12, 2);
    Penalties penalties = new Penalties(1.3, 0.7, 0.9);
    Request other = Request.of(prompt(5, 1), 4, Sampling.GREEDY);
    Request request = Request.of(prompt, 16, Sampling.GREEDY.withPenalties(penalties));
    int[] added = tokens(Engine.of(MODEL, 4).generate(List.of(other, request, other)).get(1));
    int[] text = prompt;
    int[] counts = new int[VOCAB];
    for (int token : added) {
      float[] scores = scores(text);
      for (int i = 0; i < VOCAB; i++) {
        int candidate = i;
        if (IntStream.of(text).anyMatch(seen -> seen == candidate)) {
          scores[i] = scores[i] > 0 ? scores[i] / 1.3f : scores[i] * 1.3f;
        }
        scores[i] -= 0.7f * Math.min(counts[i], 1) + 0.9f * counts[i];
      }
      assertThat(token).isEqualTo(IntStream.range(0, VOCAB).boxed().max(Comparator.comparing(i -> scores[i])).orElseThrow());
      counts[token]++;
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = token;
    }
    assertThat(added).isNotEqualTo(tokens(Engine.of(MODEL, 4).generate(List.of(request.withSampling(Sampling.GREEDY))).getFirst()));
  }

  @Test
  void aConstrainedRowTakesTheLikeliestOfWhatIsAllowed() {
    int[] prompt = prompt(12, 2);
    Request request = Request.of(prompt, 7, Sampling.GREEDY).withState(Rota::new);
    Completion completion = Engine.of(MODEL, 4).generate(List.of(Request.of(prompt, 3, Sampling.GREEDY), request)).get(1);
    assertThatItIsThePass(prompt, completion);
    int[] text = prompt;
    for (int i = 0; i < 7; i++) {
      int remainder = i % 3;
      float[] scores = scores(text);
      int expected = IntStream.range(0, VOCAB).filter(t -> t % 3 == remainder).boxed().max(Comparator.comparing(t -> scores[t])).orElseThrow();
      assertThat(tokens(completion)[i]).isEqualTo(expected);
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = expected;
    }
  }

  @Test
  void alternativesBeginWithTheGreedyToken() {
    Request request = Request.of(prompt(12, 2), 5, Sampling.GREEDY).withAlternatives(3);
    Completion completion = Engine.of(MODEL, 4).generate(List.of(request, request.withAlternatives(5))).getFirst();
    for (GeneratedToken token : completion.tokens()) {
      assertThat(token.alternatives()).hasSize(3).first().isEqualTo(new Alternative(token.token(), token.logProbability()));
      assertThat(token.alternatives()).isSortedAccordingTo(Comparator.comparing(Alternative::logProbability).reversed());
    }
  }

  @Test
  void rowsWithoutEndGoOn() {
    int[] prompt = prompt(6, 3);
    Request request = Request.of(prompt, 10, Sampling.GREEDY);
    int[] greedy = tokens(Engine.of(MODEL, 1).generate(List.of(request)).getFirst());
    Request endless = request.withState(RowState.withoutEnd(RowState.endingWith(greedy[4])));
    assertThat(tokens(Engine.of(MODEL, 1).generate(List.of(endless)).getFirst())).isEqualTo(greedy);
  }

  @Test
  void aRowThatJoinsLateChangesNothing() {
    Request first = Request.of(prompt(20, 1), 30, new Sampling(1, 0, 1, 1));
    Request second = Request.of(prompt(130, 2), 10, new Sampling(0.7, 9, 1, 2));
    List<Completion> alone = List.of(
        Engine.of(MODEL, 8).generate(List.of(first)).getFirst(), Engine.of(MODEL, 8).generate(List.of(second)).getFirst());
    Engine engine = Engine.of(MODEL, 8);
    Generation early = engine.submit(first);
    for (int i = 0; i < 7; i++) {
      engine.step();
    }
    Generation late = engine.submit(second);
    while (engine.step()) {
      // until both are done
    }
    assertThat(List.of(early.completion(), late.completion())).isEqualTo(alone);
  }

  @Test
  void seedsGiveSamplesAndTheSamePromptIsReadOnce() {
    Request request = Request.of(prompt(10, 1), 12, new Sampling(1, 0, 1, 0));
    List<Request> samples = IntStream.range(0, 4).mapToObj(seed -> request.withSampling(request.sampling().withSeed(seed))).toList();
    List<Completion> first = Engine.of(MODEL, 4).generate(samples);
    assertThat(first).doesNotHaveDuplicates();
    assertThat(Engine.of(MODEL, 4).generate(samples)).isEqualTo(first);
  }

  @Test
  void rowsEndWhereTheirStateSays() {
    int[] prompt = prompt(6, 3);
    int[] greedy = tokens(Engine.of(MODEL, 1).generate(List.of(Request.of(prompt, 10, Sampling.GREEDY))).getFirst());
    int end = greedy[4];
    int at = IntStream.range(0, 10).filter(i -> greedy[i] == end).findFirst().orElseThrow();
    Completion ended =
        Engine.of(MODEL, 1).generate(List.of(Request.of(prompt, 10, Sampling.GREEDY).withState(RowState.endingWith(end)))).getFirst();
    assertThat(ended.reason()).isEqualTo(Completion.Reason.STOP);
    assertThat(ended.text()).isEqualTo(Arrays.copyOf(greedy, at));
  }

  /// After every third token two come that nobody sampled.
  private static final class Forcing implements RowState {
    private int count;

    @Override
    public OptionalInt due() {
      return count % 5 >= 3 ? OptionalInt.of(60 + count % 5) : OptionalInt.empty();
    }

    @Override
    public void accept(int token) {
      count++;
    }

    @Override
    public boolean isCompleted() {
      return false;
    }
  }

  @Test
  void forcedTokensAreReadAsIfTheyHadBeenSampled() {
    int[] prompt = prompt(6, 3);
    Request request = Request.of(prompt, 17, new Sampling(1, 0, 1, 5)).withState(Forcing::new);
    Completion completion = Engine.of(MODEL, 4).generate(List.of(request, Request.of(prompt, 3, Sampling.GREEDY))).getFirst();
    for (int i = 0; i < 17; i++) {
      assertThat(completion.tokens().get(i).forced()).isEqualTo(i % 5 >= 3);
      if (i % 5 >= 3) {
        assertThat(completion.tokens().get(i).token()).isEqualTo(60 + i % 5);
      }
    }
    assertThatItIsThePass(prompt, completion);
  }

  @Test
  void aCancelledRowEndsAndOthersGoOn() {
    Engine engine = Engine.of(MODEL, 1);
    Generation cancelled = engine.submit(Request.of(prompt(4, 1), 100, Sampling.GREEDY));
    Generation waiting = engine.submit(Request.of(prompt(4, 2), 100, Sampling.GREEDY));
    Request request = Request.of(prompt(4, 3), 5, Sampling.GREEDY);
    Generation other = engine.submit(request);
    engine.step();
    engine.step();
    cancelled.cancel();
    waiting.cancel();
    while (engine.step()) {
      // until the other is done
    }
    assertThat(cancelled.completion().reason()).isEqualTo(Completion.Reason.CANCELLED);
    assertThat(cancelled.completion().tokens()).hasSizeLessThan(4);
    assertThat(waiting.completion().tokens()).isEmpty();
    assertThat(other.completion()).isEqualTo(Engine.of(MODEL, 1).generate(List.of(request)).getFirst());
  }
}
