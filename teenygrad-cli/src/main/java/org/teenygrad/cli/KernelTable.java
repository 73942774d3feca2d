package org.teenygrad.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.teenygrad.Profile;

/// Prints the kernels of a [Profile], a line each.
final class KernelTable {
  private KernelTable() {}

  static void print(Profile profile, PrintWriter out) {
    out.printf(Locale.ROOT, "%4s  %4s %9s %9s %9s %8s  %s%n", "", "runs", "MFLOP", "MB", "us", "GFLOP/s", "fuses");
    int runs = 0;
    double flops = 0;
    double bytes = 0;
    long nanos = 0;
    for (int i = 0; i < profile.launches().size(); i++) {
      Profile.Launch launch = profile.launches().get(i);
      line(out, Integer.toString(i), launch.runs(), launch.flops(), launch.bytes(), launch.nanos(), launch.description());
      runs += launch.runs();
      flops += launch.flops();
      bytes += launch.bytes();
      nanos += launch.nanos();
    }
    line(out, "all", runs, flops, bytes, nanos, "");
  }

  private static void line(PrintWriter out, String number, int runs, double flops, double bytes, long nanos, String fuses) {
    out.println(String.format(
            Locale.ROOT,
            "%4s  %4d %9.3f %9.3f %9.1f %8.1f  %s",
            number, runs, flops / 1e6, bytes / 1e6, nanos / 1e3, flops / Math.max(1, nanos), fuses)
        .stripTrailing());
  }
}
