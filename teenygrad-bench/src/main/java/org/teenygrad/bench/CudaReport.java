package org.teenygrad.bench;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.report.JsonText;

/// The table of `teenygrad bench cuda`, or the same as lines of JSON.
record CudaReport(PrintStream out, boolean json) {
  /// A line of it. What does not apply is NaN.
  ///
  /// @param ours median of the samples, `min` and `max` in the same unit
  /// @param share the part of what the machine could do at best
  /// @param error the relative error that was found before, `bound` the largest that is right
  /// @param failure why nothing was measured, or null
  record Row(String name, String unit, double ours, double min, double max, double peer, double share, double error, double bound,
      @Nullable String failure) {
    static Row failed(String name, ComparedCase what, double error, String failure) {
      double none = Double.NaN;
      return new Row(name, what.unit().text, none, none, none, none, none, error, what.bound(), failure);
    }

    /// Ours by the peer's: the higher the better for rates, the lower for times and memory.
    double ratio() {
      return ours / peer;
    }
  }

  void title(String machine, String peer, long seed) {
    if (!json) {
      out.printf(Locale.ROOT, "%s; peer: %s; --seed %d%n", machine, peer, seed);
      out.printf(Locale.ROOT, "  %-44s %10s %19s %10s %6s %9s %-8s %9s%n",
          "case", "ours", "min .. max", "peer", "ratio", "roofline", "unit", "error");
    }
  }

  void row(Row row) {
    if (json) {
      out.println(JsonText.oneLine(entries(row)));
    } else if (row.failure() != null) {
      out.printf(Locale.ROOT, "  %-44s %s%n", row.name(), row.failure());
    } else {
      out.printf(Locale.ROOT, "  %-44s %10s %19s %10s %6s %9s %-8s %9s%n",
          row.name(), number(row.ours()), number(row.min()) + " .. " + number(row.max()), number(row.peer()),
          number(row.ratio()), number(row.share()), row.unit(), Double.isNaN(row.error()) ? "-"
              : String.format(Locale.ROOT, "%.1e", row.error()));
    }
  }

  private static Map<String, @Nullable Object> entries(Row row) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("case", row.name());
    line.put("ours", row.ours());
    line.put("peer", row.peer());
    line.put("ratio", row.ratio());
    line.put("unit", row.unit());
    line.put("shareOfRoofline", row.share());
    line.put("min", row.min());
    line.put("max", row.max());
    line.put("error", row.error());
    line.put("bound", row.bound());
    if (row.failure() != null) {
      line.put("failure", row.failure());
    }
    return line;
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-"
        : String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
  }
}
