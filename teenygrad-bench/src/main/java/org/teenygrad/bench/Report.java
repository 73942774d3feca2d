package org.teenygrad.bench;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.report.JsonText;

/// Ours beside a peer's, as a table or as lines of JSON.
final class Report {
  private final PrintStream out;
  private final boolean json;
  private final @Nullable String peer;

  Report(PrintStream out, boolean json, @Nullable String peer) {
    this.out = out;
    this.json = json;
    this.peer = peer;
  }

  void title(Suite suite, int threads) {
    if (!json) {
      out.printf(Locale.ROOT, "%n%s, %d thread%s%n", suite.text, threads, threads == 1 ? "" : "s");
      out.printf(Locale.ROOT, "  %-34s %10s %21s %10s %7s %7s  %-7s %s%n",
          "case", "ours", "min .. max", peer == null ? "no peer" : peer, "ratio", "of best", "unit", "others' CPUs");
    }
  }

  /// Ratios are ours by the peer's, of the medians and of the best samples: the higher the better for rates, the lower for times.
  void figures(List<Figure> ours, List<Figure> peers, int threads) {
    for (Figure figure : ours) {
      Figure other = peers.stream().filter(f -> f.name().equals(figure.name())).findFirst().orElse(null);
      double ratio = other == null ? Double.NaN : figure.median() / other.median();
      double bestRatio = other == null ? Double.NaN : figure.best() / other.best();
      if (json) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("case", figure.name());
        line.put("threads", threads);
        line.put("ours", figure.median());
        line.put("min", figure.min());
        line.put("max", figure.max());
        line.put("peer", other == null ? null : other.median());
        line.put("peerName", other == null ? null : peer);
        line.put("ratio", ratio);
        line.put("bestRatio", bestRatio);
        line.put("unit", figure.unit());
        line.put("otherCpus", figure.otherCpus());
        out.println(JsonText.oneLine(line));
      } else {
        String range = figure.min() == figure.max() ? "" : number(figure.min()) + " .. " + number(figure.max());
        out.printf(Locale.ROOT, "  %-34s %10s %21s %10s %7s %7s  %-7s %s%n",
            figure.name(), number(figure.median()), range,
            other == null ? "-" : number(other.median()), number(ratio), number(bestRatio), figure.unit(), number(figure.otherCpus()));
      }
    }
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
  }
}
