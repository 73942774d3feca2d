package org.teenygrad.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad bench kernels`: what the scheduler and the code generator make of a fixed set of graphs, as text. Two
/// versions of the project made the same code if `diff` of their listings is empty; what a change of the compiler
/// changed is what it shows.
@Command(
    name = "kernels",
    description = {
      "Lists the kernels of a fixed set of graphs for a processor and for two GPUs (sm_80, sm_90), none of which is needed: target, graph,",
      "name with a hash of its code, how often it is launched, size of the launch, and what it fuses. Compare two versions by diff."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class KernelsCommand implements Callable<Integer> {
  @Mixin private TraceOption trace;

  @Option(names = "--out", paramLabel = "FILE", description = "Where to write the list (default: the terminal).")
  private @Nullable Path out;

  @Option(names = "--only", paramLabel = "NAME", split = ",", description = "These graphs only.")
  private List<String> only = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  private KernelsCommand() {}

  @Override
  public Integer call() throws IOException {
    trace.apply();
    List<PlannedGraph> graphs = PlannedGraph.of(only);
    if (out == null) {
      lines(graphs).forEach(System.out::println);
      return 0;
    }
    List<String> lines = lines(graphs).toList();
    Files.write(out, lines);
    System.out.printf(Locale.ROOT, "%,d kernels of %d graphs: %s%n", lines.size(), graphs.size(), out);
    return 0;
  }

  private static Stream<String> lines(List<PlannedGraph> graphs) {
    return Arrays.stream(PlanningDevice.values()).flatMap(device -> graphs.stream().flatMap(graph -> device.kernels(graph).stream()));
  }
}
