package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ends the process of a training by SIGKILL at a random moment, goes on, and compares with a training that nothing disturbed.
class NanochatKillTest {
  /// Moments for each stage; `-Pcampaign` takes ten, and longer trainings on compiled kernels.
  private static final int MOMENTS = Integer.getInteger("teenygrad.fuzz.times", 1);

  private static final boolean CAMPAIGN = MOMENTS > 1;
  private static final String DEVICE = CAMPAIGN ? "cpu" : "interpreter";
  private static final int ITERATIONS = CAMPAIGN ? 60 : 8;

  private static final List<String> SHAPE = List.of(
      "--depth", "1", "--aspect-ratio", "24", "--head-dim", "12", "--max-seq-len", "16", "--device-batch-size", "1", "--total-batch-size", "32",
      "--eval-tokens", "16", "--warmup-steps", "2");

  /// How long after a line of progress the end may come: some iterations, evaluations and checkpoints.
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  @TempDir Path folder;

  @Test
  void baseTrainingGoesOnWithTheSameLosses() throws IOException, InterruptedException {
    Path text = corpus();
    killedAnywhereGoesOn(words(List.of("base-train", "--data", text.toString()), SHAPE), tokenizer(text), "");
  }

  @Test
  void fineTuningGoesOnWithTheSameLosses() throws IOException, InterruptedException {
    Path text = corpus();
    Path base = tokenizer(text);
    run(base, words(words(List.of("base-train", "--data", text.toString()), SHAPE), List.of("--num-iterations", "1")));
    Path chats = Files.write(folder.resolve("chats.jsonl"), IntStream.range(0, 80).mapToObj(i -> "{\"messages\": [{\"role\": \"user\", \"content\": \"" + i
        + "\"}, {\"role\": \"assistant\", \"content\": \"" + (i % 2 == 0 ? "even" : "odd") + "\"}]}").toList());
    killedAnywhereGoesOn(List.of("sft", "--data", chats.toString(), "--eval-tokens", "16"), base, "sft");
  }

  /// @param begun the folder that a training begins with
  /// @param stage where in it the stage's files go
  private void killedAnywhereGoesOn(List<String> command, Path begun, String stage) throws IOException, InterruptedException {
    List<String> training =
        words(command, List.of("--num-iterations", String.valueOf(ITERATIONS), "--eval-every", "2", "--log-every", "1", "--keep", "2"));
    Path whole = copy(begun, "whole");
    int lines = (int) run(whole, training).out().lines().filter(line -> line.startsWith("iteration ")).count();
    for (int moment = 0; moment < MOMENTS; moment++) {
      long seed = Long.getLong("teenygrad.kill.seed", System.nanoTime());
      System.out.printf("nanochat %s, killed by -Dteenygrad.kill.seed=%d%n", command.getFirst(), seed);
      Path killed = copy(begun, "killed" + moment);
      kill(killed, training, lines, new Random(seed));
      boolean saved = Files.exists(killed.resolve(stage).resolve("checkpoint.safetensors"));
      run(killed, words(training, List.of("--init-from", saved ? "resume" : "scratch")));
      assertThat(losses(killed.resolve(stage))).as("seed %d", seed).isEqualTo(losses(whole.resolve(stage))).hasSize(1 + ITERATIONS + 1);
      for (String file : List.of("checkpoint.safetensors", "model.safetensors", String.format(Locale.ROOT, "checkpoint-%06d.safetensors", ITERATIONS - 2))) {
        assertThat(killed.resolve(stage).resolve(file)).as("seed %d", seed).hasSameBinaryContentAs(whole.resolve(stage).resolve(file));
      }
    }
  }

  /// Runs the command in a process of its own, and kills it some time after one of its lines.
  private static void kill(Path out, List<String> training, int lines, Random random) throws IOException, InterruptedException {
    Process process = Teenygrad.process(List.of("-Dteenygrad.llvm=" + System.getProperty("teenygrad.llvm")), command(out, training)).redirectErrorStream(true).start();
    try {
      int last = random.nextInt(lines);
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        int seen = 0;
        for (String line = output.readLine(); line != null && seen <= last; line = output.readLine()) {
          seen += line.startsWith("iteration ") ? 1 : 0;
        }
        assertThat(seen).isEqualTo(last + 1);
        process.waitFor(random.nextLong(MOST_NANOS), TimeUnit.NANOSECONDS);
        process.destroyForcibly().waitFor();
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private Path corpus() throws IOException {
    return Files.writeString(folder.resolve("corpus.txt"), String.join("\n\n", IntStream.range(0, 200)
        .mapToObj(i -> "The number " + i + " is " + (i % 2 == 0 ? "even" : "odd") + ", and the one after it is not.").toList()));
  }

  private Path tokenizer(Path text) throws IOException {
    Path out = Files.createDirectories(folder.resolve("begun"));
    run(out, List.of("tok-train", "--data", text.toString(), "--vocab-size", "290"));
    return out;
  }

  private static List<String> words(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private static String[] command(Path out, List<String> words) {
    List<String> device = words.contains("tok-train") ? List.of() : List.of("--device", DEVICE);
    return words(words(List.of("nanochat"), words), words(List.of("--out", out.toString()), device)).toArray(String[]::new);
  }

  private static Teenygrad.Result run(Path out, List<String> words) {
    Teenygrad.Result result = Teenygrad.run(command(out, words));
    assertThat(result.status()).as(result.err()).isZero();
    return result;
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = Files.createDirectories(folder.resolve(name));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  /// All columns of the log but the duration.
  private static List<String> losses(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("log.csv")).stream().map(row -> row.replaceFirst("^((?:[^,]*,){3})[^,]*,", "$1")).toList();
  }
}
