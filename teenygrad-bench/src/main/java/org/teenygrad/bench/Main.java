package org.teenygrad.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `teenygrad bench`: measures ours and a peer in the same minutes, each in a process of its own.
@Command(
    name = "bench",
    description = {
      "Measures teenygrad beside PyTorch, or numpy where there is no PyTorch.",
      "NAME is gemm, layers (GPT-2's products, with gradients), elementwise, rows, sums, fft, attention, conv, linalg, index, optimizer, gpt-step, decode (tokens of a GPT, one text and eight at once), compile (scheduling and code generation of a GPT-2 training step), startup"
          + " (first training step of a small model, nothing cached) or memory (the most that a process holds that trains it).",
      "All of this processor in one table, checked against float64, and on its roofline: teenygrad bench cpu, see its --help.",
      "On a GPU: teenygrad bench cuda, see its --help; and teenygrad bench gemm --rung all.",
      "How fast texts are generated: teenygrad bench engine; from a GGUF file, beside llama.cpp: teenygrad bench gguf.",
      "The book in a browser: teenygrad bench web.",
      "What several GPUs bring to a training step, beside PyTorch: teenygrad bench ranks.",
      "What the compiler makes of a fixed set of graphs, to compare two versions: teenygrad bench kernels."
    },
    mixinStandardHelpOptions = true,
    subcommands = {CpuCommand.class, CudaCommand.class, EngineCommand.class, GgufCommand.class, KernelsCommand.class, RanksCommand.class},
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class Main implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", arity = "0..*", description = "What to measure, one or more.")
  private List<String> names = List.of();

  @Spec private CommandSpec spec;

  @Option(names = "--config", paramLabel = "MODEL", defaultValue = "char-cpu",
      description = "The model of gpt-step, decode, startup and memory: char-cpu, baby or gpt2 (default: char-cpu).")
  private String config;

  @Option(names = "--threads", paramLabel = "N", split = ",", defaultValue = "1,2", description = "Numbers of threads (default: 1,2).")
  private List<Integer> threads;

  @Option(names = "--seconds", paramLabel = "S", defaultValue = "1", description = "How long to sample each case (default: 1).")
  private double seconds;

  @Option(names = "--json", description = "Print a line of JSON for each case.")
  private boolean json;

  @Option(names = "--no-peers", description = "Measure ours only.")
  private boolean alone;

  @Mixin private TraceOption trace;

  @ArgGroup(exclusive = false)
  private @Nullable GemmLadder ladder;

  @Option(names = "--here", hidden = true, description = "Measure ours in this process.")
  private boolean here;

  private Main() {}

  public static void main(String[] args) {
    System.exit(command().execute(args));
  }

  /// The command, alone or as a subcommand of another.
  public static CommandLine command() {
    // cuda is a subcommand and a device.
    return new CommandLine(new Main()).setAllowSubcommandsAsOptionParameters(true).setExecutionExceptionHandler((e, line, parsed) -> {
      line.getErr().println("teenygrad bench: " + e.getMessage());
      return 1;
    });
  }

  @Override
  public Integer call() throws IOException {
    trace.apply();
    if (names.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "say what to measure: NAME");
    }
    if (ladder != null) {
      if (!names.equals(List.of(Suite.GEMM.text))) {
        throw new ParameterException(spec.commandLine(), "--rung is for gemm alone");
      }
      return ladder.measure(json, alone) ? 0 : 1;
    }
    List<Suite> suites = names.stream().map(Suite::of).toList();
    if (here) {
      suites.forEach(suite -> suite.run(config, new Sampler(seconds), figure -> System.out.println(figure.line())));
      return 0;
    }
    GptStep.of(config); // says so if there is none
    @Nullable String peer = alone ? null : Processes.peer();
    if (peer == null && !alone) {
      System.err.println("no peer: " + Processes.python() + " has neither torch nor numpy (TEENYGRAD_PYTHON names another Python)");
    }
    Report report = new Report(System.out, json, peer);
    for (Suite suite : suites) {
      for (int count : threads) {
        report.title(suite, count);
        List<Figure> ours = Processes.ours(suite, config, count, seconds);
        List<Figure> peers = peer == null || suite.isFresh() ? List.of() : Processes.peer(peer, suite, config, count, seconds);
        report.figures(ours, peers, count);
      }
    }
    return 0;
  }
}
