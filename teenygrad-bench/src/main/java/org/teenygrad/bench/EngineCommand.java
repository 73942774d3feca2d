package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Settings;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.RowState;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.llama.LlamaConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad bench engine`: how fast an [Engine] continues texts, with random weights of a published model's shape, which cost what trained ones do.
@Command(
    name = "engine",
    description = {
      "Measures text generation with random weights of a published model's shape: time between tokens of one text, time to the first token,",
      "256 texts of 100 to 1,024 tokens (nano-vllm's benchmark), 500 texts of 512 that arrive at once. The last two run three times, each time with",
      "other texts: the first time every size of a pass is planned and compiled."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EngineCommand implements Callable<Integer> {
  @Mixin private TraceOption trace;

  /// Published shapes.
  enum Shape {
    QWEN3_0_6B(LlamaConfig.QWEN3_0_6B),
    QWEN2_0_5B(LlamaConfig.QWEN2_0_5B),
    LLAMA_3_2_1B(LlamaConfig.LLAMA_3_2_1B);

    private final LlamaConfig config;

    Shape(LlamaConfig config) {
      this.config = config;
    }
  }

  /// What is measured.
  enum Figure {
    DECODE,
    FIRST_TOKEN,
    MIXED,
    BURST
  }

  @Option(names = "--model", paramLabel = "SHAPE", defaultValue = "QWEN3_0_6B", description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Shape shape;

  @Option(names = "--only", paramLabel = "FIGURE", split = ",", description = "These of ${COMPLETION-CANDIDATES} only.")
  private List<Figure> figures = List.of(Figure.values());

  @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "BFLOAT16", description = "Type of weights, keys and values (default: bfloat16).")
  private DType type;

  @Option(names = "--device", paramLabel = "NAME", defaultValue = "cuda", description = "Where to compute (default: cuda).")
  private String device;

  @Option(names = "--check-invariance", description = {
    "Instead generate the same 96 texts 1, 8 and 64 at a time, twice each, and count tokens and log-probabilities that differ in any bit:", "none may."
  })
  private boolean checking;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  private EngineCommand() {}

  private static final int SEED = 1;

  @Override
  public Integer call() {
    trace.apply();
    Settings.DEVICE.set("--device ", device);
    LlamaConfig config = shape.config;
    Tensor.manualSeed(SEED);
    Llama model = Llama.random(config, type);
    long bytes = model.stateDict().values().stream().distinct().mapToLong(weight -> weight.numel() * weight.dtype().bytes()).sum();
    System.out.printf(Locale.ROOT, "%s, random %s weights, %,d MB, on %s%n", shape, type, bytes / 1_000_000, Devices.runtime(Device.of(device)).machine());
    if (checking) {
      return new Invariance(model).differences() == 0 ? 0 : 1;
    }
    for (Figure figure : figures) {
      switch (figure) {
        case DECODE -> decode(model, bytes);
        case FIRST_TOKEN -> firstToken(model);
        case MIXED -> several("256 texts of 100-1024 tokens, answers of 100-1024", model, 256, seed -> requests(seed, 256, 100, 1024, 100, 1024));
        case BURST -> several("500 texts of 512 tokens at once, answers of 128", model, 256, seed -> requests(seed, 500, 512, 512, 128, 128));
      }
    }
    return 0;
  }

  private static Request request(Random random, int vocabSize, int prompt, int answer) {
    int[] tokens = IntStream.range(0, prompt).map(i -> random.nextInt(vocabSize)).toArray();
    return Request.of(tokens, answer, Sampling.GREEDY).withState(RowState.endingWith());
  }

  private List<Request> requests(int seed, int count, int leastPrompt, int mostPrompt, int leastAnswer, int mostAnswer) {
    Random random = new Random(seed);
    return IntStream.range(0, count).mapToObj(i -> request(
        random, shape.config.vocabSize(), random.nextInt(leastPrompt, mostPrompt + 1), random.nextInt(leastAnswer, mostAnswer + 1))).toList();
  }

  /// When the tokens of one text came, of [System#nanoTime].
  private static List<Long> times(Engine engine, Request request) {
    List<Long> times = new ArrayList<>();
    engine.generate(List.of(request.withSink(token -> times.add(System.nanoTime()))));
    return times;
  }

  private static double median(LongStream nanos) {
    long[] sorted = nanos.sorted().toArray();
    return sorted[sorted.length / 2] / 1e6;
  }

  /// Until the JVM has compiled what hands steps in: for some thousand tokens a step takes a third longer.
  private static final int TEXTS_BEFORE = 6;

  private void decode(CausalModel model, long bytes) {
    Engine engine = Engine.of(model, 1);
    Random random = new Random(SEED);
    for (int i = 0; i < TEXTS_BEFORE; i++) {
      times(engine, request(random, model.vocabSize(), 128, 256));
    }
    List<Long> times = times(engine, request(random, model.vocabSize(), 128, 256));
    double between = median(IntStream.range(1, times.size()).mapToLong(i -> times.get(i) - times.get(i - 1)));
    double peak = Peak.of(Devices.runtime(Device.of(device)).machine()).bytesPerSecond();
    double rate = bytes / (between / 1e3);
    System.out.printf(Locale.ROOT, "1 text: %.3f ms between tokens, %.2f TB/s of weights%s%n", between, rate / 1e12,
        Double.isNaN(peak) ? "" : String.format(Locale.ROOT, ", %.0f %% of the memory's", 100 * rate / peak));
  }

  private static void firstToken(CausalModel model) {
    Engine engine = Engine.of(model, 1);
    Random random = new Random(SEED);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Request request = request(random, model.vocabSize(), 128, 1);
      long start = System.nanoTime();
      waits.add(times(engine, request).getFirst() - start);
    }
    System.out.printf(Locale.ROOT, "first token of a prompt of 128: %.2f ms; the very first %.0f ms%n",
        median(waits.stream().skip(1).mapToLong(Long::longValue)), waits.getFirst() / 1e6);
  }

  /// @param texts by a seed: of a text that was read before, the cache would have the prompt
  private static void several(String what, CausalModel model, int rows, IntFunction<List<Request>> texts) {
    Engine engine = Engine.of(model, rows);
    int seed = SEED;
    for (String run : List.of("first", "second", "third")) {
      List<Request> requests = texts.apply(seed++);
      long start = System.nanoTime();
      int tokens = engine.generate(requests).stream().mapToInt(answer -> answer.tokens().size()).sum();
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(Locale.ROOT, "%s, %s: %.2f s, %,.0f tokens/s, %.1f texts/s%n", what, run, seconds, tokens / seconds, requests.size() / seconds);
    }
  }

  /// The same requests in other company: none of their bits may change.
  private record Invariance(CausalModel model) {
    private static final int TEXTS = 96;

    long differences() {
      Random random = new Random(SEED);
      int[] common = IntStream.range(0, 200).map(i -> random.nextInt(model.vocabSize())).toArray();
      List<Request> requests = new ArrayList<>();
      for (int i = 0; i < TEXTS; i++) {
        Request own = request(random, model.vocabSize(), random.nextInt(1, 700), random.nextInt(1, 48));
        int[] prompt = i % 3 > 0 ? own.prompt() : IntStream.concat(Arrays.stream(common), Arrays.stream(own.prompt())).toArray();
        Sampling sampling = i % 2 == 0 ? Sampling.GREEDY : new Sampling(1, 0, 1, i);
        requests.add(Request.of(prompt, own.maxNewTokens(), sampling).withState(own.state()));
      }
      List<Completion> alone = List.of();
      long all = 0;
      for (int rows : List.of(1, 8, 64)) {
        Engine engine = Engine.of(model, rows, 1 << 15);
        for (String cache : List.of("empty", "filled")) {
          List<Completion> answers = engine.generate(requests);
          alone = alone.isEmpty() ? answers : alone;
          long count = different(alone, answers);
          all += count;
          System.out.printf(Locale.ROOT, "%d at a time, cache %s: %,d tokens, %,d differ in token or log-probability%n",
              rows, cache, answers.stream().mapToInt(answer -> answer.tokens().size()).sum(), count);
        }
      }
      return all;
    }

    private static long different(List<Completion> expected, List<Completion> answers) {
      long count = 0;
      for (int i = 0; i < expected.size(); i++) {
        List<GeneratedToken> one = expected.get(i).tokens();
        List<GeneratedToken> other = answers.get(i).tokens();
        count += IntStream.range(0, one.size()).filter(at -> !one.get(at).equals(other.get(at))).count();
      }
      return count;
    }
  }
}
