package org.teenygrad.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.Launcher;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.MemoryBudget;
import org.teenygrad.engine.runtime.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad bench ranks`: what several GPUs bring.
@Command(
    name = "ranks",
    description = {
      "Measures a training step of a GPT on one GPU and on several of this machine, each with a batch as large, and beside it PyTorch's",
      "DistributedDataParallel, compiled. Weights and the optimizer's states are spread over the GPUs (FSDP)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RanksCommand implements Callable<Integer> {
  @Mixin private TraceOption trace;

  private static final int STEPS = 10;
  private static final int SAMPLES = 5;
  private static final List<String> PEER = List.of("cuda_peer.py", "ranks_peer.py");

  @Option(names = "--devices", paramLabel = "N", split = ",", defaultValue = "1,2", description = "On how many GPUs (default: 1,2).")
  private List<Integer> counts;

  @Option(names = "--config", paramLabel = "MODEL", defaultValue = "gpt2", description = "The model: char-cpu, baby or gpt2 (default: gpt2).")
  private String config;

  @Option(names = "--batch", paramLabel = "N", description = "Sequences of each GPU (default: the model's).")
  private Integer batch;

  @Option(names = "--no-peers", description = "Measure ours only.")
  private boolean alone;

  @Option(names = "--here", hidden = true, description = "Be one of the ranks.")
  private boolean here;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  private RanksCommand() {}

  private GptStep step() {
    GptStep step = GptStep.of(config).onGpu();
    return batch == null ? step : step.with(batch, step.time(), step.dtype());
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    trace.apply();
    if (here) {
      return measure();
    }
    GptStep step = step();
    System.out.printf(Locale.ROOT, "%s, %s, %d sequences of %,d tokens a GPU, on %s%n", step.text(), DType.BFLOAT16, step.batch(), step.time(),
        Devices.runtime(Devices.defaultDevice()).machine());
    int status = 0;
    for (int count : counts) {
      List<String> command = Processes.java();
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "ranks", "--here", "--config", config, "--batch", String.valueOf(step.batch())));
      status |= Launcher.run(count, command);
    }
    if (!alone) {
      for (int count : counts) {
        status |= peer(count, step);
      }
    }
    return status;
  }

  /// On each rank; rank 0 says what it saw.
  private int measure() {
    try (World world = World.join()) {
      GptStep step = step();
      GptStep all = step.with(step.batch() * world.size(), step.time(), step.dtype());
      Tensor.manualSeed(1);
      Runnable steps = all.prepare(STEPS, world.size() == 1 ? null : world.mesh("data"));
      long start = System.nanoTime();
      steps.run();
      double first = (System.nanoTime() - start) / 1e9;
      steps.run();
      double[] seconds = IntStream.range(0, SAMPLES).mapToDouble(_ -> seconds(steps) / STEPS).sorted().toArray();
      double median = seconds[SAMPLES / 2];
      if (world.rank() == 0) {
        System.out.printf(Locale.ROOT, "teenygrad  %d GPU%s %8.2f ms a step (%.2f to %.2f), %,9.0f tokens/s, first %d steps %.1f s, most memory %s, planned %s%n", world.size(),
            world.size() == 1 ? ", " : "s,", 1e3 * median, 1e3 * seconds[0], 1e3 * seconds[SAMPLES - 1], world.size() * step.tokensPerStep() / median, STEPS, first,
            MemoryBudget.text(Devices.runtime(world.device()).allocator().peakBytes()), MemoryBudget.text(all.plan(World.fake(world.size(), Cluster.H200)).bytes()));
      }
      return 0;
    }
  }

  private static double seconds(Runnable steps) {
    long start = System.nanoTime();
    steps.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static int peer(int count, GptStep step) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("teenygrad-bench");
    try {
      for (String script : PEER) {
        try (InputStream source = Objects.requireNonNull(RanksCommand.class.getResourceAsStream(script))) {
          Files.copy(source, folder.resolve(script));
        }
      }
      List<String> command = new ArrayList<>(List.of(Settings.PYTHON.or("python3"), "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", String.valueOf(count),
          folder.resolve(PEER.getLast()).toString()));
      for (int number : new int[] {step.config().vocabSize(), step.config().blockSize(), step.config().nLayer(), step.config().nHead(), step.config().nEmbd(), step.batch(), step.time()}) {
        command.add(String.valueOf(number));
      }
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } finally {
      for (String script : PEER) {
        Files.deleteIfExists(folder.resolve(script));
      }
      Files.deleteIfExists(folder);
    }
  }
}
