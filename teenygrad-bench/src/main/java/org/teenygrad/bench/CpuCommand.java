package org.teenygrad.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.bench.Comparison.Checked;
import org.teenygrad.bench.Comparison.Ours;
import org.teenygrad.bench.Comparison.Sides;
import org.teenygrad.bench.CudaReport.Row;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad bench cpu`: checks every case against float64, measures ours and PyTorch's in turns, each in a process of its own, and draws
/// both on the roofline of this machine.
@Command(
    name = "cpu",
    description = {
      "Measures teenygrad beside PyTorch on this processor. Each case is first compared with float64; one that is wrong is not measured.",
      "Figures are medians by the clock, once Java has compiled what it will. TEENYGRAD_PYTHON names a Python with PyTorch."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CpuCommand implements Callable<Integer> {
  @Mixin private TraceOption trace;

  @Option(names = "--group", paramLabel = "GROUP", split = ",", description =
      "The cases of these groups: gemm, layers, elementwise, rows, sums, fft, attention, conv, linalg, index, optimizer, training, decode, host.")
  private List<String> groups = List.of();

  @Option(names = "--only", paramLabel = "NAME", split = ",", description = "These cases.")
  private List<String> only = List.of();

  @Option(names = "--threads", paramLabel = "N", description = "Of ours and of PyTorch's (default: one for each processor).")
  private int threads = java.lang.Runtime.getRuntime().availableProcessors();

  @Option(names = "--minutes", paramLabel = "N", defaultValue = "20",
      description = "When all has ended: what would begin too late is left out (default: 20).")
  private double minutes;

  @Option(names = "--json", description = "Print a line of JSON for each case.")
  private boolean json;

  @Option(names = "--out", paramLabel = "FOLDER", description = "Draw the cases on the roofline: FOLDER/cpu.svg.")
  private @Nullable Path folder;

  @Option(names = "--no-peers", description = "Measure ours only.")
  private boolean alone;

  @Option(names = "--seed", paramLabel = "N", description = "What the random inputs begin with (default: the time).")
  private long seed = System.currentTimeMillis();

  @Option(names = "--check-here", hidden = true, description = "Check the cases in this process.")
  private boolean checking;

  @Option(names = "--measure-here", hidden = true, description = "Measure the case in this process.")
  private boolean measuring;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  private CpuCommand() {}

  @Override
  public Integer call() throws IOException {
    trace.apply();
    List<ComparedCase> cases = CpuCases.of(groups, only);
    if (checking) {
      Answering.errors(cases, seed, System.out);
      return 0;
    }
    if (measuring) {
      Answering.measure(cases.getFirst(), System.out);
      return 0;
    }
    try (Comparison comparison = new Comparison(Sides.cpu(threads), seed, minutes, alone)) {
      return compare(cases, comparison) ? 0 : 1;
    }
  }

  /// @return whether all went well
  private boolean compare(List<ComparedCase> cases, Comparison comparison) throws IOException {
    System.setProperty(Settings.THREADS.property(), Integer.toString(threads)); // the roof is measured here
    Runtime runtime = Devices.runtime(Device.of("cpu"));
    Map<ComparedCase, Checked> outcomes = comparison.check(cases, Ours.PLAIN);
    CudaReport report = new CudaReport(System.out, json);
    report.title("cpu, " + threads + (threads == 1 ? " thread" : " threads"), comparison.peerName(), seed);
    Peak peak = Peak.ofCpu(runtime);
    RooflinePicture picture = new RooflinePicture(peak);
    boolean well = true;
    for (ComparedCase what : cases) {
      List<Row> rows = comparison.rows(what, Objects.requireNonNull(outcomes.get(what)), Ours.PLAIN, "", peak);
      rows.forEach(report::row);
      picture.add(what, rows.getFirst());
      well &= rows.stream().allMatch(row -> row.failure() == null);
    }
    if (folder != null) {
      picture.write(folder);
    }
    return well;
  }
}
