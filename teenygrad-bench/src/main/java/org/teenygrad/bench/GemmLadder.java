package org.teenygrad.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.Device;
import org.teenygrad.bench.Comparison.Checked;
import org.teenygrad.bench.Comparison.Ours;
import org.teenygrad.bench.CudaReport.Row;
import org.teenygrad.bench.ProductCases.ProductType;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Settings;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.Target.Rung;
import picocli.CommandLine.Option;

/// `teenygrad bench gemm --rung`: a GPU's product of matrices on each rung of the ladder, each checked against float64, beside PyTorch's.
final class GemmLadder {
  private static final String ALL = "all";
  private static final double MOST_MINUTES = 4;

  @Option(names = "--rung", required = true, paramLabel = "RUNG",
      description = "On a GPU, how gemm multiplies: naive, shared, registers, mma, wgmma, tma or all.")
  private String rung;

  @Option(names = "--device", paramLabel = "GPU", defaultValue = "cuda", description = "The GPU (default: cuda).")
  private String device;

  @Option(names = "--size", paramLabel = "N", defaultValue = "4096", description = "Rows and columns of the matrices (default: 4096).")
  private int size;

  @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "bfloat16",
      description = "bfloat16, float16, float32 or tf32 (default: bfloat16).")
  private String dtype;

  @Option(names = "--seed", paramLabel = "N", description = "What the random inputs begin with (default: the time).")
  private long seed = System.currentTimeMillis();

  @SuppressWarnings("NullAway.Init") // picocli makes it and sets the fields
  private GemmLadder() {}

  /// @return whether all went well
  boolean measure(boolean json, boolean alone) throws IOException {
    if (size < 1 || size > 65_536) {
      throw new IllegalArgumentException("--size is 1 to 65536, not " + size);
    }
    ComparedCase what = ProductCases.square(size, ProductType.of(dtype));
    List<Rung> asked = rung.equals(ALL) ? List.of(Rung.values()) : List.of(Rung.of(rung));
    Runtime runtime = Devices.runtime(Device.of(device)); // says why there is none
    if (!(runtime.target() instanceof Target.Gpu gpu)) {
      throw new IllegalArgumentException("--rung is for GPUs, and '" + device + "' is none");
    }
    List<Rung> rungs = asked.stream().filter(gpu.rung()::includes).toList();
    if (rungs.isEmpty()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "the %s has no %s; its highest rung is %s",
          runtime.machine(), rung, gpu.rung().text));
    }
    CudaReport report = new CudaReport(System.out, json);
    Peak peak = Peak.of(runtime.machine());
    boolean well = true;
    try (Comparison comparison = new Comparison(Comparison.Sides.cuda(device), seed, MOST_MINUTES, alone)) {
      report.title(runtime.machine(), comparison.peerName(), seed);
      for (Rung each : rungs) {
        Ours ours = new Ours("_" + each.text, List.of("-D" + Settings.RUNG.property() + "=" + each.text));
        Map<ComparedCase, Checked> outcomes = comparison.check(List.of(what), ours);
        for (Row row : comparison.rows(what, Objects.requireNonNull(outcomes.get(what)), ours, "", peak)) {
          report.row(row);
          well &= row.failure() == null;
        }
      }
    }
    return well;
  }
}
