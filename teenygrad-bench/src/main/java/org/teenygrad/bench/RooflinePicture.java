package org.teenygrad.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.bench.CudaReport.Row;
import org.teenygrad.plot.Plot;

/// Cases on the roofline of a machine: operations a second against operations for each byte that has to move.
final class RooflinePicture {
  /// @param name empty for the peer's
  private record Point(String name, double intensity, double gigaflops) {}

  private final Peak peak;
  private final List<Point> ours = new ArrayList<>();
  private final List<Point> peers = new ArrayList<>();

  RooflinePicture(Peak peak) {
    this.peak = peak;
  }

  /// Takes up a case whose operations and bytes are known, if it was measured.
  void add(ComparedCase what, Row row) {
    if (what instanceof CpuCase known && row.failure() == null) {
      ours.add(point(known, row.ours()));
      if (!Double.isNaN(row.peer())) {
        peers.add(point(known, row.peer()));
      }
    }
  }

  private static Point point(CpuCase what, double figure) {
    return new Point(what.name(), what.flops() / what.bytes(), what.flops() / what.unit().seconds(what.work(), figure) / 1e9);
  }

  /// Writes `cpu.svg` into a folder, which is made.
  /// @throws IOException if it cannot be made
  void write(Path folder) throws IOException {
    double bytes = peak.bytesPerSecond() / 1e9;
    Plot plot = Plot.of("Operations on the roofline of this machine").x("operations for each byte that must move").y("GFLOP/s").logX().logY();
    for (DType type : List.of(DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64)) {
      plot.roof(type.name().toLowerCase(Locale.ROOT), bytes, peak.flops(type, MatmulPrecision.HIGHEST) / 1e9);
    }
    points(plot, "PyTorch", peers);
    plot.points("teenygrad", xs(ours), ys(ours), ours.stream().map(Point::name).toList());
    Files.createDirectories(folder);
    plot.write(folder.resolve("cpu.svg"));
  }

  private static void points(Plot plot, String label, List<Point> points) {
    if (!points.isEmpty()) {
      plot.points(label, xs(points), ys(points));
    }
  }

  private static double[] xs(List<Point> points) {
    return points.stream().mapToDouble(Point::intensity).toArray();
  }

  private static double[] ys(List<Point> points) {
    return points.stream().mapToDouble(Point::gigaflops).toArray();
  }
}
