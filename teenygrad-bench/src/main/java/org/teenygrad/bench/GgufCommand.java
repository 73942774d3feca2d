package org.teenygrad.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.llama.GgufExport;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.llama.LlamaConfig;
import org.teenygrad.models.llama.Rope;
import org.teenygrad.models.pretrained.Pretrained;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;
import org.teenygrad.state.GgufWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `teenygrad bench gguf`: one GGUF file read by us and by llama.cpp, in turns: the same tokens, and how fast.
@Command(
    name = "gguf",
    description = {
      "Writes a model with random weights as GGUF files and reads each by teenygrad and by llama.cpp, in one process and in turns:",
      "how far the scores after a prompt of 512 tokens are apart, how many of the 64 likeliest tokens that follow are the same, and tokens a second."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class GgufCommand implements Callable<Integer> {
  private static final int PROMPT = 512;
  private static final int NEW = 64;
  private static final int BYTES = 256;

  /// About 0.1 billion weights in Llama's shape.
  private static final LlamaConfig SMALL = new LlamaConfig(32_000, 768, 2048, 12, 12, 4, 64, 2048, 1e-5, Rope.of(1e4), false, false, true);

  /// What may be measured.
  enum Size {
    /// 0.1 billion.
    SMALL,
    /// Qwen3's 0.6 billion.
    QWEN3
  }

  @Option(names = "--llama-cpp", paramLabel = "FILE", description = "libllama.so, or the jar de.kherud:llama (Maven Central), which has one for Linux; ours alone without.")
  private @Nullable Path peer;

  @Option(names = "--size", paramLabel = "SMALL|QWEN3", defaultValue = "SMALL", description = "The model: 0.1 billion weights in Llama's shape, or Qwen3's 0.6 (default: ${DEFAULT-VALUE}).")
  private Size size;

  @Option(names = "--types", paramLabel = "TYPE", split = ",", defaultValue = "F32,F16,Q8_0,Q4_K", description = "Types of the weights (default: ${DEFAULT-VALUE}).")
  private List<GgufWriter.Type> types;

  @Option(names = "--float64", description = "Say how far both are from scores that are computed in float64 of the file's weights; takes 8 bytes a weight.")
  private boolean float64;

  @Override
  public Integer call() throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    System.out.printf(Locale.ROOT, "%-6s %-10s %12s %14s %14s   %s%n", "type", "", "load, first", "prefill 512", "decode", "beside llama.cpp");
    Path folder = Files.createTempDirectory("bench-gguf");
    try {
      Tensor.manualSeed(1);
      LlamaConfig config = size == Size.SMALL ? SMALL : LlamaConfig.QWEN3_0_6B;
      Llama model = Llama.random(config, DType.FLOAT32);
      for (GgufWriter.Type type : types) {
        Path file = folder.resolve("model.gguf");
        try {
          GgufExport.write(model, type, vocabulary(config.vocabSize()), file);
          compare(type, file, threads, config.vocabSize());
        } finally {
          Files.deleteIfExists(file);
        }
      }
    } finally {
      Files.delete(folder);
    }
    return 0;
  }

  /// What one engine did: seconds, tokens and scores.
  private record Run(double first, double prefill, double decode, int[] tokens, float[] scores) {
    void print(String type, String name, String more) {
      System.out.printf(Locale.ROOT, "%-6s %-10s %10.2f s %10.1f t/s %10.1f t/s   %s%n", type, name, first, PROMPT / prefill, (NEW - 1) / decode, more);
    }
  }

  private void compare(GgufWriter.Type type, Path file, int threads, int vocabSize) {
    int[] prompt = IntStream.range(0, PROMPT).map(i -> (int) (i * 2_654_435_761L % vocabSize)).toArray();
    Run ours = ours(file, prompt);
    if (peer == null) {
      ours.print(type.name(), "teenygrad", "");
      return;
    }
    Run theirs = theirs(peer, file, threads, vocabSize, prompt);
    int same = 0;
    while (same < NEW && ours.tokens()[same] == theirs.tokens()[same]) {
      same++;
    }
    ours.print(type.name(), "teenygrad", String.format(Locale.ROOT, "first %d of %d tokens the same, scores apart by %.1e of the largest; prefill %.2fx, decode %.2fx",
        same, NEW, apart(ours.scores(), theirs.scores()), theirs.prefill() / ours.prefill(), theirs.decode() / ours.decode()));
    String further = "";
    if (float64) {
      float[] exact = exact(file, prompt);
      further = String.format(Locale.ROOT, "apart from float64: teenygrad %.1e, llama.cpp %.1e", apart(ours.scores(), exact), apart(theirs.scores(), exact));
    }
    theirs.print("", "llama.cpp", further);
  }

  /// The largest difference of two lists of scores, of the largest score.
  private static double apart(float[] scores, float[] others) {
    double largest = 0;
    double apart = 0;
    for (int i = 0; i < scores.length; i++) {
      largest = Math.max(largest, Math.abs(others[i]));
      apart = Math.max(apart, Math.abs(scores[i] - others[i]));
    }
    return apart / largest;
  }

  /// Scores of the weights as the file has them, without a rounding that shows.
  private static float[] exact(Path file, int[] prompt) {
    Module model = (Module) Pretrained.read(file).model();
    return scores((CausalModel) Module.derived(model, weight -> weight.cast(DType.FLOAT64).realize()), prompt);
  }

  private static Run ours(Path file, int[] prompt) {
    long start = System.nanoTime();
    Pretrained read = Pretrained.read(file);
    Engine engine = Engine.of(read.model(), 1, 1024);
    engine.generate(List.of(Request.of(new int[] {1, 2, 3}, 1, Sampling.GREEDY)));
    double first = (System.nanoTime() - start) / 1e9;
    engine.generate(List.of(Request.of(IntStream.of(prompt).map(token -> token ^ 1).toArray(), 4, Sampling.GREEDY))); // its kernels are made
    List<Long> times = new ArrayList<>();
    long begin = System.nanoTime();
    List<GeneratedToken> tokens = engine.generate(List.of(Request.of(prompt, NEW, Sampling.GREEDY).withSink(token -> times.add(System.nanoTime())))).getFirst().tokens();
    return new Run(first, (times.getFirst() - begin) / 1e9, (times.getLast() - times.getFirst()) / 1e9, tokens.stream().mapToInt(GeneratedToken::token).toArray(), scores(read.model(), prompt));
  }

  private static float[] scores(CausalModel model, int[] prompt) {
    return Tensor.noGrad(() -> Mode.EVALUATION.call(() -> {
      Tensor hidden = model.hidden(Tensor.of(prompt, 1, prompt.length), null, KeyValues.CAUSAL);
      return model.scores(hidden.slice(1, prompt.length - 1, prompt.length).contiguous().realize()).toFloatArray();
    }));
  }

  private static Run theirs(Path peer, Path file, int threads, int vocabSize, int[] prompt) {
    long start = System.nanoTime();
    try (LlamaCpp llama = LlamaCpp.open(peer, file, threads, vocabSize)) {
      llama.read(1, 2, 3);
      double first = (System.nanoTime() - start) / 1e9;
      llama.clear();
      llama.read(IntStream.of(prompt).map(token -> token ^ 1).toArray());
      llama.clear();
      long begin = System.nanoTime();
      float[] scores = llama.read(prompt);
      long read = System.nanoTime();
      int[] tokens = new int[NEW];
      float[] next = scores;
      for (int i = 0; i < NEW; i++) {
        tokens[i] = likeliest(next);
        next = i < NEW - 1 ? llama.read(tokens[i]) : next;
      }
      return new Run(first, (read - begin) / 1e9, (System.nanoTime() - read) / 1e9, tokens, scores);
    }
  }

  private static int likeliest(float[] scores) {
    return IntStream.range(0, scores.length).reduce(0, (best, i) -> scores[i] > scores[best] ? i : best);
  }

  /// Names for all tokens: those of bytes, one merge, and numbers.
  private static Map<String, Object> vocabulary(int size) {
    List<String> tokens = new ArrayList<>();
    char spare = 0x100;
    for (char b = 0; b < BYTES; b++) {
      boolean isPrintable = b > 0x20 && b < 0x7F || b > 0xA0 && b != 0xAD;
      tokens.add(String.valueOf(isPrintable ? b : spare++));
    }
    tokens.add("he");
    while (tokens.size() < size) {
      tokens.add("t" + tokens.size());
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("tokenizer.ggml.model", "gpt2");
    metadata.put("tokenizer.ggml.pre", "gpt-2");
    metadata.put("tokenizer.ggml.tokens", tokens);
    metadata.put("tokenizer.ggml.token_type", Collections.nCopies(size, 1));
    metadata.put("tokenizer.ggml.merges", List.of("h e"));
    metadata.put("tokenizer.ggml.bos_token_id", 0);
    metadata.put("tokenizer.ggml.eos_token_id", 0);
    return metadata;
  }
}
