package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.Tensor;
import org.teenygrad.optim.AdamW;
import org.teenygrad.testing.JavaProcess;

/// Loops that close nothing do not grow, though the collector knows nothing of the memory behind tensors.
///
/// `-Dteenygrad.loop.steps=N` makes them longer or shorter; `-Pcampaign` takes 20,000 steps.
class FlatMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int STEPS = Integer.getInteger("teenygrad.loop.steps", 2_000);
  private static final int SAMPLES = 10;
  private static final Map<String, String> CPU = Map.of("TEENYGRAD_DEVICE", "cpu", "TEENYGRAD_THREADS", "2");

  @ParameterizedTest
  @ValueSource(strings = {"forgotten", "kept"})
  void stepsThatCloseNothingStayFlat(String graphs) {
    assumeTrue(Files.exists(STATUS), "only Linux says how much memory a process has");
    String output = JavaProcess.run(Loop.class, List.of("-Xmx200m"), CPU, graphs, Integer.toString(STEPS));
    List<Long> megabytes = output.lines().filter(line -> line.startsWith("resident ")).map(line -> Long.parseLong(line.substring(9))).toList();
    assertThat(megabytes).hasSize(SAMPLES);
    // Every thousand steps make over 1 GB of results.
    assertThat(megabytes.getLast()).as("megabytes after each tenth of %d steps: %s", STEPS, megabytes).isLessThan(megabytes.get(5) + 60);
    assertThat(megabytes).allMatch(size -> size < 1500);
  }

  @Test
  void runningOutOfMemoryNamesTheSizes() {
    String output = JavaProcess.run(TooMuch.class, List.of("-Dteenygrad.memory=64m"), CPU);
    assertThat(output).contains("no room for 400.0 MiB").contains("64.0 MiB is the limit").contains("and goes on: 3.0");
  }

  /// A training step with some big results, again and again.
  static final class Loop {
    public static void main(String[] arguments) throws IOException {
      boolean keeps = arguments[0].equals("kept");
      int steps = Integer.parseInt(arguments[1]);
      Tensor weight = Tensor.randn(64, 512).requiresGrad();
      Tensor bias = Tensor.zeros(64).requiresGrad();
      var optimizer = new AdamW(Map.of("weight", weight, "bias", bias), 1e-3);
      ArrayDeque<Tensor> kept = new ArrayDeque<>();
      for (int step = 1; step <= steps; step++) {
        Tensor x = Tensor.of(new float[512 * 512], 512, 512);
        Tensor y = x.linear(weight, bias).tanh();
        Tensor loss = y.square().mean();
        optimizer.step(loss);
        if (keeps) {
          // Lazy expressions over this step's data, alive for a while and never computed.
          kept.add(x.add(1).exp());
          if (kept.size() > 20) {
            kept.remove();
          }
        }
        if (step % (steps / SAMPLES) == 0) {
          loss.item();
          String resident = Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("VmRSS")).findFirst().orElseThrow();
          System.out.println("resident " + Long.parseLong(resident.replaceAll("\\D", "")) / 1024);
        }
      }
    }
  }

  static final class TooMuch {
    public static void main(String[] arguments) {
      try {
        Tensor.ones(100, 1024, 1024).add(Tensor.of(1f)).realize();
      } catch (OutOfMemoryException e) {
        System.out.println(e.getMessage());
      }
      System.out.println("and goes on: " + Tensor.of(1f).add(2).item());
    }
  }
}
