package org.teenygrad.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.bench.CudaReport.Row;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// Cases below the roof of a machine and beside a peer: operations a second against operations for each byte that has to move, an arrow
/// from the peer's rate to ours; and the part of the roof that each case reaches, a row for each, those on top in which the peer is
/// furthest ahead.
final class RooflinePicture {
  /// Of a few cases all have their names beside their points, of many those in which the peer is furthest ahead.
  private static final int MOST_NAMES = 12;

  private static final String FASTER = "as fast as PyTorch or faster";
  private static final String SLOWER = "slower; arrows from PyTorch's rate to ours";

  /// @param intensity operations for each byte, `gigaflops` ours; NaN where a case does not count them
  /// @param share of what the machine could do at best
  /// @param speed ours by the peer's; NaN where there is none
  private record Measured(String name, double intensity, double gigaflops, double share, double speed) {
    static Measured of(ComparedCase what, Row row) {
      double intensity = what instanceof CpuCase known ? known.flops() / known.bytes() : Double.NaN;
      double gigaflops = what instanceof CpuCase known ? known.flops() / known.unit().sample(known.work(), row.ours()) / 1e9 : Double.NaN;
      return new Measured(what.name(), intensity, gigaflops, row.share(), what.unit().isRate() ? row.ratio() : 1 / row.ratio());
    }
  }

  private final Peak peak;
  private final List<Measured> cases = new ArrayList<>();

  RooflinePicture(Peak peak) {
    this.peak = peak;
  }

  /// Takes up a case, if it was measured and the machine bounds it.
  void add(ComparedCase what, Row row) {
    if (row.failure() == null && !Double.isNaN(row.share())) {
      cases.add(Measured.of(what, row));
    }
  }

  /// Writes `cpu.svg` into a folder, which is made.
  /// @throws IOException if it cannot be made
  void write(Path folder) throws IOException {
    cases.sort(Comparator.comparingDouble(Measured::speed)); // NaN last
    Files.createDirectories(folder);
    Panels.of("", 1, roofline(), shares()).write(folder.resolve("cpu.svg"));
  }

  private Plot roofline() {
    double bytes = peak.bytesPerSecond() / 1e9;
    Plot plot = Plot.of("Operations on the roofline of this machine").x("operations for each byte that must move").y("GFLOP/s").logX().logY();
    for (DType type : List.of(DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64)) {
      plot.roof(type.name().toLowerCase(Locale.ROOT), bytes, peak.flops(type, MatmulPrecision.HIGHEST) / 1e9);
    }
    List<Measured> counted = cases.stream().filter(what -> Double.isFinite(what.intensity)).toList();
    points(plot, "teenygrad", counted, counted.stream().filter(what -> Double.isNaN(what.speed)).toList());
    points(plot, FASTER, counted, counted.stream().filter(what -> what.speed >= 1).toList());
    points(plot, SLOWER, counted, counted.stream().filter(what -> what.speed < 1).toList());
    return plot;
  }

  /// @param all of the picture, in the order in which they get names
  private static void points(Plot plot, String label, List<Measured> all, List<Measured> some) {
    if (some.isEmpty()) {
      return;
    }
    double[] xs = values(some, Measured::intensity);
    List<Measured> named = all.subList(0, Math.min(all.size(), MOST_NAMES));
    List<Measured> beside = some.stream().filter(what -> !Double.isNaN(what.speed)).toList();
    if (!beside.isEmpty()) {
      plot.arrows(label, values(beside, Measured::intensity), values(beside, what -> what.gigaflops / what.speed), new double[beside.size()],
          values(beside, what -> what.gigaflops - what.gigaflops / what.speed));
    }
    plot.points(label, xs, values(some, Measured::gigaflops), some.stream().map(what -> named.contains(what) ? what.name : "").toList());
  }

  private Plot shares() {
    List<String> names = cases.stream().map(Measured::name).toList();
    return Plot.of("The part of the roof that a case reaches; on top where PyTorch is furthest ahead").x("part of the roof").logX()
        .dots("PyTorch", names, values(cases, what -> what.share / what.speed))
        .dots("teenygrad", names, values(cases, Measured::share))
        .vertical("roof", 1);
  }

  private static double[] values(List<Measured> cases, ToDoubleFunction<Measured> value) {
    return cases.stream().mapToDouble(value).toArray();
  }
}
