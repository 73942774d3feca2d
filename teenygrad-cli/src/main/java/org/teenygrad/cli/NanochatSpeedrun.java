package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.nanochat.corpus.EmbeddedCorpus;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat speedrun`: all stages one after the other, each by the command that anybody can type.
@Command(
    name = "speedrun",
    description = {
      "Trains a tiny model that chats about a small world, from raw text on: tokenizer, base training, fine-tuning, reinforcement, each evaluated.",
      "Takes some minutes on two cores, and says each command that it runs. Data come with the program."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatSpeedrun implements Callable<Integer> {
  @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/nanochat", description = "Where all files go (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--depth", paramLabel = "N", defaultValue = "4", description = "Transformer blocks (default: ${DEFAULT-VALUE}).")
  private int depth;

  @Option(names = "--base-iterations", paramLabel = "N", defaultValue = "160", description = "Of base training (default: ${DEFAULT-VALUE}).")
  private int baseIterations;

  @Option(names = "--sft-iterations", paramLabel = "N", defaultValue = "100", description = "Of fine-tuning (default: ${DEFAULT-VALUE}).")
  private int sftIterations;

  @Option(names = "--rl-iterations", paramLabel = "N", defaultValue = "24", description = "Of reinforcement (default: ${DEFAULT-VALUE}).")
  private int rlIterations;

  @Option(
      names = {"-x", "--max-problems"},
      paramLabel = "N",
      defaultValue = "50",
      description = "Questions of a task in evaluations of models that chat (default: ${DEFAULT-VALUE}).")
  private int maxProblems;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    PrintStream screen = System.out;
    deviceOptions.apply();
    Path corpus = EmbeddedCorpus.write(out.resolve("data")).corpus();
    screen.println("data in " + Printable.of(out.resolve("data")));
    for (List<String> command : commands(corpus)) {
      List<String> whole = Stream.of(List.of("nanochat"), command, List.of("--out", out.toString())).flatMap(List::stream).toList();
      screen.println();
      screen.println("$ teenygrad " + Printable.of(String.join(" ", whole)));
      screen.flush();
      CommandLine line = Main.commandLine(((Main) spec.root().userObject()).interrupt())
          .setOut(spec.commandLine().getOut()).setErr(spec.commandLine().getErr());
      int status = line.execute(whole.toArray(String[]::new));
      if (status != 0) {
        return status;
      }
    }
    screen.printf(Locale.ROOT, "%nAll of it took %.0f s.%n", (System.nanoTime() - start) / 1e9);
    return 0;
  }

  private List<List<String>> commands(Path corpus) {
    List<List<String>> commands = new ArrayList<>();
    commands.add(words("tok-train --vocab-size 1024", "--data", corpus.toString()));
    // rates are for batches of 128 times as many tokens, and fall with the root of that
    commands.add(words(
        "base-train --aspect-ratio 48 --head-dim 48 --max-seq-len 256 --window-pattern L --device-batch-size 16 --total-batch-size 4096"
            + " --matrix-lr 0.1 --embedding-lr 1.5 --unembedding-lr 0.04 --warmup-steps 10 --eval-tokens 16384",
        "--depth", String.valueOf(depth), "--num-iterations", String.valueOf(baseIterations), "--data", corpus.toString()));
    commands.add(words("eval -i base"));
    commands.add(words("sft --init-lr-frac 0.2 --eval-every 50 --gsm8k-epochs 1", "--num-iterations", String.valueOf(sftIterations)));
    commands.add(words("eval -i sft -m 96 -b 32", "-x", String.valueOf(maxProblems)));
    commands.add(words("rl", "--num-iterations", String.valueOf(rlIterations), "--eval-examples", String.valueOf(maxProblems)));
    commands.add(words("eval -i rl -m 96 -b 32", "-x", String.valueOf(maxProblems)));
    commands.add(words("report"));
    return commands;
  }

  private static List<String> words(String text, String... more) {
    return Stream.concat(Stream.of(text.split(" ")), Stream.of(more)).toList();
  }
}
