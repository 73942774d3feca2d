package org.teenygrad.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.pretrained.Pretrained;
import org.teenygrad.state.GgufWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad bench gguf`: one GGUF file read by us and by llama.cpp, in turns: the same tokens, and how fast.
@Command(
    name = "gguf",
    description = {
      "Writes a model with random weights as GGUF files and reads each by teenygrad and by llama.cpp, in turns:",
      "how far the scores after a prompt of 512 tokens are apart, how many of the 64 likeliest tokens that follow are the same, and tokens a second.",
      "",
      "start new: seconds from the start of a process to the first token after a prompt of 3 when no kernel has ever been compiled;",
      "start: when they have been, and the JVM has kept what it learned of the classes, as sample's has in an image (-XX:AOTCache, -XX:TieredStopAtLevel=1).",
      "For llama.cpp, from the loading of its library, the first and the second time. The file is in the system's cache for both."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class GgufCommand implements Callable<Integer> {
  @Mixin private TraceOption trace;

  private static final String ONE_COMPILER = "-XX:TieredStopAtLevel=1";
  private static final String ROW = "%-6s %-10s %9s %9s %10s t/s %10s t/s   %s%n";

  @Option(names = "--llama-cpp", paramLabel = "FILE",
      description = {
        "libllama.so with what it needs beside it, as in npm's @node-llama-cpp/linux-x64,",
        "or the jar de.kherud:llama (Maven Central), which has an older one for Linux; ours alone without."
      })
  private @Nullable Path peer;

  @Option(names = "--size", paramLabel = "SHAPE", defaultValue = "SMALL",
      description = "SMALL: 0.1 billion weights in Llama's shape; QWEN2: 0.5; QWEN3: 0.6; GEMMA3: 0.1 in Gemma 3's (default: ${DEFAULT-VALUE}).")
  private GgufShape shape;

  @Option(names = "--types", paramLabel = "TYPE", split = ",", defaultValue = "F32,F16,Q8_0,Q4_K", description = "Types of the weights (default: ${DEFAULT-VALUE}).")
  private List<GgufWriter.Type> types;

  @Option(names = "--file", paramLabel = "FILE", description = "Read this file instead of random weights.")
  private @Nullable Path file;

  @Option(names = "--precision", paramLabel = "PRECISION", defaultValue = "HIGHEST",
      description = {
        "How exactly we compute: HIGHEST; MEDIUM, which reads prompts with factors rounded to bfloat16; or LOW, which rounds to blocks of 8 bits",
        "what quantised weights are multiplied by, as llama.cpp does (default: ${DEFAULT-VALUE})."
      })
  private MatmulPrecision precision;

  @Option(names = "--float64", description = {
        "Say how far both are from scores that are computed in float64 of the file's weights, which takes 8 bytes a weight,",
        "and llama.cpp from itself when it reads the prompt token by token."
      })
  private boolean float64;

  @Option(names = "--first", hidden = true, description = "Say when the first token was there: what is started for that.")
  private boolean isFirst;

  private final int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws IOException {
    trace.apply();
    if (isFirst) {
      System.out.println(firstToken(Objects.requireNonNull(file)).line());
      return 0;
    }
    System.out.printf(Locale.ROOT, ROW, "type", "", "start new", "start", "prefill", "decode", "beside llama.cpp");
    if (file != null) {
      CausalModel model = Pretrained.read(file).model();
      compare("", file, GgufRun.Task.of(model.vocabSize(), model.maxPositions()), model.vocabSize());
      return 0;
    }
    Path folder = Files.createTempDirectory("bench-gguf");
    try {
      Tensor.manualSeed(1);
      CausalModel model = shape.random();
      for (GgufWriter.Type type : types) {
        Path written = folder.resolve("model.gguf");
        try {
          GgufShape.write(model, type, written);
          compare(type.name(), written, GgufRun.Task.of(model.vocabSize(), model.maxPositions()), model.vocabSize());
        } finally {
          Files.deleteIfExists(written);
        }
      }
    } finally {
      Files.delete(folder);
    }
    return 0;
  }

  private Figure firstToken(Path model) {
    if (peer == null) {
      GgufRun.first(model);
      return Fresh.figure("first_token", "s", Fresh.sinceStart());
    }
    long begin = System.nanoTime();
    GgufRun.first(peer, model, threads);
    return Fresh.figure("first_token", "s", (System.nanoTime() - begin) / 1e9);
  }

  private void compare(String name, Path model, GgufRun.Task task, int vocabSize) {
    List<Double> ownStarts = starts(true, List.of("--first", "--file", model.toString()));
    GgufRun ours = GgufRun.ours(model, task, precision);
    if (peer == null) {
      print(name, "teenygrad", task, ownStarts, ours, "");
      return;
    }
    List<Double> theirStarts = starts(false, List.of("--first", "--file", model.toString(), "--llama-cpp", peer.toString()));
    GgufRun theirs = GgufRun.theirs(peer, model, threads, vocabSize, task);
    print(name, "teenygrad", task, ownStarts, ours, String.format(Locale.ROOT,
        "first %d of %d tokens the same, scores apart by %.1e of the largest; start %+.2f s, prefill %.2fx, decode %.2fx", ours.sameTokens(theirs), task.following(),
        ours.apart(theirs.scores()), ownStarts.getLast() - theirStarts.getLast(), theirs.prefill() / ours.prefill(), theirs.decode() / ours.decode()));
    String further = "";
    if (float64) {
      float[] exact = GgufRun.exact(model, task.prompt());
      further = String.format(Locale.ROOT, "apart from float64: teenygrad %.1e, llama.cpp %.1e; llama.cpp token by token from at once: %.1e",
          ours.apart(exact), theirs.apart(exact), GgufRun.theirsFromThemselves(peer, model, threads, vocabSize, task));
    }
    print("", "llama.cpp", task, theirStarts, theirs, further);
  }

  private static void print(String type, String name, GgufRun.Task task, List<Double> starts, GgufRun run, String more) {
    System.out.printf(Locale.ROOT, ROW, type, name, seconds(starts.getFirst()), seconds(starts.getLast()),
        rate(task.prompt().length / run.prefill()), rate((task.following() - 1) / run.decode()), more);
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.2f s", seconds);
  }

  private static String rate(double rate) {
    return String.format(Locale.ROOT, "%.1f", rate);
  }

  /// Seconds to the first token in a new process with an empty kernel cache, and later in another.
  /// @param keeps whether the JVM keeps what it learns in between
  private List<Double> starts(boolean keeps, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("gguf"));
    command.addAll(arguments);
    return Processes.withCache(cache -> {
      double first = Processes.ownFigure(command, cache, threads, ONE_COMPILER);
      Path learned = cache.resolve("jvm.aot");
      if (!keeps) {
        return List.of(first, Processes.ownFigure(command, cache, threads, ONE_COMPILER));
      }
      Processes.ownFigure(command, cache, threads, "-XX:AOTCacheOutput=" + learned, "-Xlog:aot=error");
      return List.of(first, Processes.ownFigure(command, cache, threads, ONE_COMPILER, "-XX:AOTCache=" + learned));
    });
  }
}
