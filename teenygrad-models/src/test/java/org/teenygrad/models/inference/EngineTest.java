package org.teenygrad.models.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.models.pretrained.Quantized;
import org.teenygrad.nn.Module;
import org.teenygrad.state.GgufWriter;

/// The cache and the order of work, which no text may show.
class EngineTest {
  private static final int VOCAB = 50;
  private static final Sampling DRAWN = new Sampling(1, 0, 1, 3);

  private final Gpt model = model(1024);

  private static Gpt model(int blockSize) {
    Tensor.manualSeed(9);
    Gpt model = Gpt.of(new GptConfig(VOCAB, blockSize, 2, 2, 64, 0, true));
    Tensor.noGrad(() -> {
      model.parameters().forEach(weight -> weight.assign(weight.add(weight.randnLike().mul(0.2))));
      Tensor.realize(model.parameters());
    });
    return model;
  }

  private static int[] prompt(int length, int seed) {
    return IntStream.range(0, length).map(i -> (i * i + 7 * i * seed + seed) % VOCAB).toArray();
  }

  /// What is compared where a sequence begins anew: the log-probability of the token after that comes from another schedule, and may differ in its last
  /// digit.
  private static List<List<Integer>> tokens(List<Completion> completions) {
    return completions.stream().map(each -> each.tokens().stream().map(GeneratedToken::token).toList()).toList();
  }

  private static List<List<Integer>> tokensAlone(Gpt model, List<Request> requests) {
    return tokens(requests.stream().map(request -> alone(model, request)).toList());
  }

  private static Completion alone(Gpt model, Request request) {
    return Engine.of(model, 1).generate(List.of(request)).getFirst();
  }

  @Test
  void aBeginningThatWasReadIsNotReadAgain() {
    Engine engine = Engine.of(model, 4);
    Request request = Request.of(prompt(40, 1), 5, DRAWN);
    Completion first = engine.generate(List.of(request)).getFirst();
    assertThat(engine.load().sharedTokens()).isZero();
    assertThat(engine.generate(List.of(request)).getFirst()).isEqualTo(first);
    assertThat(engine.load().sharedTokens()).isEqualTo(32);
    assertThat(engine.load().promptTokens()).isEqualTo(80);
  }

  @Test
  void samplesOfOnePromptShareIt() {
    Engine engine = Engine.of(model, 8);
    Request request = Request.of(prompt(70, 1), 6, DRAWN);
    List<Request> samples = IntStream.range(0, 5).mapToObj(seed -> request.withSampling(DRAWN.withSeed(seed))).toList();
    List<Completion> completions = engine.generate(samples);
    assertThat(engine.load().sharedTokens()).isEqualTo(4 * 64);
    for (int i = 0; i < samples.size(); i++) {
      assertThat(completions.get(i)).isEqualTo(alone(model, samples.get(i)));
    }
  }

  @Test
  void oneCanSeeWhoHasWhichBlocks() {
    Engine engine = Engine.of(model, 4);
    Request request = Request.of(prompt(40, 1), 8, DRAWN);
    List<Generation> both = List.of(engine.submit(request), engine.submit(request.withSampling(DRAWN.withSeed(4))));
    for (int step = 0; step < 3; step++) {
      engine.step();
    }
    List<Integer> first = Objects.requireNonNull(engine.blocks().get(both.getFirst()));
    List<Integer> second = Objects.requireNonNull(engine.blocks().get(both.getLast()));
    assertThat(first).hasSize(3).doesNotHaveDuplicates();
    assertThat(second.subList(0, 2)).as("full blocks of the prompt are shared").isEqualTo(first.subList(0, 2));
    assertThat(second.getLast()).isNotEqualTo(first.getLast());
    both.forEach(Generation::cancel);
    while (engine.step()) {
      // until nobody is served
    }
    assertThat(engine.blocks()).isEmpty();
  }

  @Test
  void aConversationGoesOnWhereItWas() {
    Engine engine = Engine.of(model, 1);
    int[] text = prompt(20, 1);
    for (int turn = 0; turn < 3; turn++) {
      long shared = engine.load().sharedTokens();
      Request request = Request.of(text, 30, DRAWN.withSeed(turn));
      Completion answer = engine.generate(List.of(request)).getFirst();
      assertThat(answer).isEqualTo(alone(model, request));
      if (turn > 0) {
        assertThat(engine.load().sharedTokens() - shared).isGreaterThan(text.length - 2L * BlockPool.TOKENS);
      }
      text = IntStream.concat(Arrays.stream(text), Arrays.stream(answer.text())).toArray();
    }
  }

  @Test
  void whereBlocksRunOutTheLastBeginsAnew() {
    List<Request> requests = IntStream.range(0, 5).mapToObj(i -> Request.of(prompt(10 + 5 * i, i), 40, DRAWN.withSeed(i))).toList();
    Engine narrow = Engine.of(model, 4, 128);
    assertThat(tokens(narrow.generate(requests))).isEqualTo(tokensAlone(model, requests));
    assertThat(narrow.load().promptTokens()).as("some were read again").isGreaterThan(requests.stream().mapToLong(r -> r.prompt().length).sum());
    assertThat(narrow.load()).extracting(Engine.Load::running, Engine.Load::waiting, Engine.Load::usedTokens).containsExactly(0, 0, 0L);
  }

  @Test
  void penaltiesSurviveThatARowBeginsAnew() {
    Sampling penalised = DRAWN.withPenalties(new Penalties(1.3, 0.5, 0.5));
    List<Request> requests = IntStream.range(0, 4).mapToObj(i -> Request.of(prompt(20, i), 40, penalised.withSeed(i))).toList();
    assertThat(tokens(Engine.of(model, 4, 128).generate(requests))).isEqualTo(tokensAlone(model, requests));
  }

  @Test
  void aLongTextIsReadBetweenTheTokensOfOthers() {
    Request request = Request.of(prompt(900, 2), 4, DRAWN);
    Completion expected = alone(model, request);
    Engine engine = Engine.of(model, 4);
    List<Integer> early = new ArrayList<>();
    engine.submit(Request.of(prompt(3, 1), 60, DRAWN).withSink(token -> early.add(token.token())));
    engine.step();
    engine.step();
    Generation late = engine.submit(request);
    int before = early.size();
    engine.step();
    engine.step();
    assertThat(early.size()).as("it did not wait for the long text").isGreaterThan(before);
    while (engine.step()) {
      // to the end
    }
    assertThat(late.completion()).isEqualTo(expected);
  }

  @Test
  void changedWeightsAreNoticed() {
    Gpt changing = model(64);
    Engine engine = Engine.of(changing, 1);
    Request request = Request.of(prompt(40, 1), 6, Sampling.GREEDY);
    Completion first = engine.generate(List.of(request)).getFirst();
    Tensor.noGrad(() -> {
      changing.parameters().forEach(weight -> weight.update(weight.add(0.3)));
      Tensor.realize(changing.parameters());
    });
    Completion second = engine.generate(List.of(request)).getFirst();
    assertThat(second).isEqualTo(alone(changing, request)).isNotEqualTo(first);
  }

  /// Weights that were read from a file are not trained, but may be replaced by those of a training.
  @Test
  void changedWeightsOfAModelWithoutParametersAreNoticed() {
    Gpt read = Module.derived(model, weight -> weight.detach().mul(1).realize());
    assertThat(read.parameters()).isEmpty();
    Engine engine = Engine.of(read, 1);
    Request request = Request.of(prompt(40, 1), 6, Sampling.GREEDY);
    Completion first = engine.generate(List.of(request)).getFirst();
    assertThat(engine.generate(List.of(request)).getFirst()).isEqualTo(first);
    assertThat(engine.load().sharedTokens()).as("the same weights").isEqualTo(32);
    Gpt trained = model(1024);
    Tensor.noGrad(() -> {
      trained.parameters().forEach(weight -> weight.update(weight.add(0.3)));
      Tensor.realize(trained.parameters());
    });
    read.loadStateDict(trained.stateDict());
    Completion second = engine.generate(List.of(request)).getFirst();
    assertThat(second).isEqualTo(alone(trained, request)).isNotEqualTo(first);
    assertThat(engine.load().sharedTokens()).as("nothing of the texts before").isEqualTo(32);
  }

  @Test
  void cancelledTextsGiveTheirBlocksBack() {
    Engine engine = Engine.of(model, 4);
    List<Generation> all = IntStream.range(0, 6).mapToObj(i -> engine.submit(Request.of(prompt(30, i), 100, DRAWN))).toList();
    engine.step();
    engine.step();
    assertThat(engine.load().running()).isEqualTo(4);
    assertThat(engine.load().waiting()).isEqualTo(2);
    assertThat(engine.load().usedTokens()).isEqualTo(4 * 32);
    all.forEach(Generation::cancel);
    while (engine.step()) {
      // until nobody is served
    }
    assertThat(engine.load()).extracting(Engine.Load::running, Engine.Load::waiting, Engine.Load::usedTokens).containsExactly(0, 0, 0L);
  }

  /// A model that tells how many rows it is asked to compute, once for each schedule.
  private record Observed(Gpt model, List<Integer> rows) implements CausalModel {
    @Override
    public int vocabSize() {
      return model.vocabSize();
    }

    @Override
    public int maxPositions() {
      return model.maxPositions();
    }

    @Override
    public KeyValueShape keyValueShape() {
      return model.keyValueShape();
    }

    @Override
    public List<Tensor> weights() {
      return model.weights();
    }

    @Override
    public Tensor hidden(Tensor ids, @Nullable Past past, KeyValues keyValues) {
      if (ids.size(1) == 1) {
        rows.add(Math.toIntExact(ids.size(0)));
      }
      return model.hidden(ids, past, keyValues);
    }

    @Override
    public Tensor scores(Tensor hidden) {
      return model.scores(hidden);
    }
  }

  @Test
  void rowsThatNobodyNeedsAnyMoreAreNotComputed() {
    Observed observed = new Observed(model, new ArrayList<>());
    List<Request> requests = IntStream.range(0, 8).mapToObj(i -> Request.of(prompt(10, i), i == 5 ? 12 : i % 2 == 0 ? 3 : 6, DRAWN.withSeed(i))).toList();
    Engine engine = Engine.of(observed, 8);
    assertThat(engine.generate(requests)).isEqualTo(requests.stream().map(request -> alone(model, request)).toList());
    assertThat(observed.rows()).as("8 texts, then 4 that are longer, then one").containsExactly(8, 4, 1);
  }

  @Test
  void aTextLongerThanTheCacheIsRefused() {
    Engine engine = Engine.of(model, 1, 64);
    assertThatThrownBy(() -> engine.submit(Request.of(prompt(65, 1), 1, DRAWN))).hasMessageContaining("65").hasMessageContaining("64");
    assertThat(engine.generate(List.of(Request.of(prompt(60, 1), 50, DRAWN))).getFirst().tokens()).hasSize(5);
    assertThatThrownBy(() -> Engine.of(model, 1, 15)).hasMessageContaining("16");
    assertThatThrownBy(() -> Engine.of(model, 0)).hasMessageContaining("at least 1 row");
  }

  /// Requests with lengths and samplings of all kinds; some begin alike.
  private static List<Request> mixed(int count) {
    return IntStream.range(0, count).mapToObj(i -> {
      Sampling sampling = switch (i % 6) {
        case 0 -> Sampling.GREEDY;
        case 1 -> DRAWN;
        case 2 -> new Sampling(0.7, 5, 1, i);
        case 3 -> new Sampling(1.3, 0, 0.8, i).withMinP(0.02);
        case 4 -> DRAWN.withPenalties(new Penalties(1.2, 0.3, 0.1));
        default -> DRAWN.withLogitBias(Map.of(i % VOCAB, 2.0));
      };
      return Request.of(prompt(1 + i * 37 % 150, i % 7), 1 + i * 5 % 24, sampling.withSeed(i));
    }).toList();
  }

  /// More with `-Dinvariance.requests=1000`.
  @Test
  void nobodyIsToldWhoElseIsServed() {
    List<Request> requests = mixed(Integer.getInteger("invariance.requests", 60));
    List<Completion> expected = Engine.of(model, 1).generate(requests);
    for (int rows : new int[] {8, 64}) {
      Engine engine = Engine.of(model, rows);
      assertThat(engine.generate(requests)).as("%d at once", rows).isEqualTo(expected);
      assertThat(engine.generate(requests)).as("%d at once, beginnings cached", rows).isEqualTo(expected);
    }
    assertThat(tokens(Engine.of(model, 8, 512).generate(requests))).as("little room").isEqualTo(tokens(expected));
  }

  /// Weights of 16 bits are read by other kernels than those of 32.
  @Test
  void norWhereWeightsAreNarrow() {
    Gpt narrow = Module.derived(model, weight -> weight.detach().cast(DType.FLOAT16).realize().toFloat());
    List<Request> requests = mixed(24);
    List<Completion> expected = Engine.of(narrow, 1).generate(requests);
    for (int rows : new int[] {2, 3, 8}) {
      assertThat(Engine.of(narrow, rows).generate(requests)).as("%d at once", rows).isEqualTo(expected);
    }
  }

  @Test
  void norWherePromptsAreReadLessExactly() {
    List<Request> requests = mixed(24);
    List<Completion> expected = Engine.of(model, 1, 4096, MatmulPrecision.MEDIUM).generate(requests);
    assertThat(Engine.of(model, 8, 4096, MatmulPrecision.MEDIUM).generate(requests)).isEqualTo(expected);
  }

  @Test
  void norWhereWhatQuantizedWeightsMultiplyIsRounded() {
    CausalModel quantized = Quantized.of(model, GgufWriter.Type.Q8_0).model();
    List<Request> requests = mixed(24);
    List<Completion> expected = Engine.of(quantized, 1, 4096, MatmulPrecision.LOW).generate(requests);
    for (int rows : new int[] {3, 8}) {
      assertThat(Engine.of(quantized, rows, 4096, MatmulPrecision.LOW).generate(requests)).as("%d at once", rows).isEqualTo(expected);
    }
    assertThat(Engine.of(quantized, 8, 4096).generate(requests)).isNotEqualTo(expected);
  }
}
