package org.teenygrad.cli;

import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.report.JsonText;

/// What [BenchWeb] found.
///
/// @param bar what it is to be, in words; empty for none
record WebFigure(String name, String unit, double median, double least, double most, String bar) {
  /// Of what was measured several times.
  static WebFigure of(String name, String unit, String bar, double... samples) {
    double[] sorted = DoubleStream.of(samples).sorted().toArray();
    return new WebFigure(name, unit, median(sorted), sorted[0], sorted[sorted.length - 1], bar);
  }

  /// The middle of numbers; of an even number of them the mean of the two that are there.
  static double median(double... samples) {
    double[] sorted = DoubleStream.of(samples).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  String line(boolean json) {
    if (json) {
      Map<String, @Nullable Object> facts = Map.of("name", name, "unit", unit, "median", median, "least", least, "most", most, "bar", bar);
      return JsonText.oneLine(facts);
    }
    String range = least == most ? "" : String.format(Locale.ROOT, "%.4g to %.4g", least, most);
    return String.format(Locale.ROOT, "%-58s %9.4g %-8s %-18s %s", name, median, unit, range, bar.isEmpty() ? "" : "bar: " + bar).stripTrailing();
  }
}
