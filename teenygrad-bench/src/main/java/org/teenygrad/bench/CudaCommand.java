package org.teenygrad.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.teenygrad.Device;
import org.teenygrad.bench.Comparison.Checked;
import org.teenygrad.bench.Comparison.Ours;
import org.teenygrad.bench.Comparison.Sides;
import org.teenygrad.bench.CudaReport.Row;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad bench cuda`: checks every case against float64 references, then measures ours and PyTorch's in turns,
/// each in a process of its own.
@Command(
    name = "cuda",
    description = {
      "Measures teenygrad beside PyTorch on a GPU. Each case is first compared with float64 on the CPU; one that is wrong is not measured.",
      "Kernels are timed by the GPU's clock, training steps by the host's; figures are medians. TEENYGRAD_PYTHON names a Python with PyTorch."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CudaCommand implements Callable<Integer> {
  @Mixin private TraceOption trace;

  /// What the name of a case ends with whose peer is compiled by torch.compile.
  private static final String COMPILED = "_compile";

  @Option(names = "--group", paramLabel = "GROUP", split = ",",
      description = "The cases of these groups: rows, products, attention, conv, index, training.")
  private List<String> groups = List.of();

  @Option(names = "--only", paramLabel = "NAME", split = ",", description = {
    "These cases; of any size are gemm_SIZE_TYPE, such as gemm_1024_float16, and attention_bBhHtTdD, such as attention_b4h16t4096d128"
        + " (batch, heads, time, headDim), with k8 after the heads where they share the keys of 8, q1 where there is one query, and at the end"
        + " _windowN, _softcapN, _mask or _bias, then _backward; convolutions, whose channels lie innermost in memory, may end in _channels_first."
  })
  private List<String> only = List.of();

  @Option(names = "--minutes", paramLabel = "N", defaultValue = "10",
      description = "When all has ended: what would begin too late is left out (default: 10).")
  private double minutes;

  @Option(names = "--json", description = "Print a line of JSON for each case.")
  private boolean json;

  @Option(names = "--no-peers", description = "Measure ours only.")
  private boolean alone;

  @Option(names = "--seed", paramLabel = "N", description = "What the random inputs begin with (default: the time).")
  private long seed = System.currentTimeMillis();

  @Option(names = "--device", hidden = true, defaultValue = "cuda", description = "Where ours runs.")
  private String device;

  @Option(names = "--check-here", hidden = true, description = "Check the cases in this process.")
  private boolean checking;

  @Option(names = "--measure-here", hidden = true, description = "Measure the case in this process.")
  private boolean measuring;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  private CudaCommand() {}

  @Override
  public Integer call() throws IOException {
    trace.apply();
    List<ComparedCase> cases = GpuCases.of(groups, only);
    if (checking) {
      Answering.errors(cases, seed, System.out);
      return 0;
    }
    if (measuring) {
      Answering.measure(cases.getFirst(), System.out);
      return 0;
    }
    Runtime runtime = Devices.runtime(Device.of(device)); // says why there is none
    try (Comparison comparison = new Comparison(Sides.cuda(device), seed, minutes, alone)) {
      return compare(cases, comparison, runtime.machine()) ? 0 : 1;
    }
  }

  /// @return whether all went well
  private boolean compare(List<ComparedCase> cases, Comparison comparison, String machine) throws IOException {
    Map<ComparedCase, Checked> outcomes = comparison.check(cases, Ours.PLAIN);
    CudaReport report = new CudaReport(System.out, json);
    report.title(machine.isEmpty() ? device : machine, comparison.peerName(), seed);
    Peak peak = Peak.of(machine);
    boolean well = true;
    for (ComparedCase what : cases) {
      List<Row> rows = comparison.rows(what, checked(outcomes, what), Ours.PLAIN, "", peak);
      rows.forEach(report::row);
      well &= rows.stream().allMatch(row -> row.failure() == null);
    }
    for (ComparedCase what : cases) {
      if (what instanceof TrainingCase && checked(outcomes, what).isRight(what) && comparison.compiles()) {
        comparison.rows(what, checked(outcomes, what), Ours.PLAIN, COMPILED, peak).forEach(report::row);
      }
    }
    return well;
  }

  private static Checked checked(Map<ComparedCase, Checked> outcomes, ComparedCase what) {
    return Objects.requireNonNull(outcomes.get(what));
  }
}
