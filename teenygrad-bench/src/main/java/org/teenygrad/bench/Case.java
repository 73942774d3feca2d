package org.teenygrad.bench;

import java.util.function.Supplier;

/// Something to measure.
///
/// @param name the same for ours and for peers
/// @param unit what `work` is counted in
/// @param work how much of it one call does; ignored for milliseconds
/// @param prepare makes the inputs and returns the call
record Case(String name, Unit unit, double work, Supplier<Runnable> prepare) {
  enum Unit {
    GIGAFLOPS("GFLOP/s", 1e-9),
    GIGABYTES("GB/s", 1e-9),
    TERAFLOPS("TFLOP/s", 1e-12),
    TERABYTES("TB/s", 1e-12),
    TOKENS("tokens/s", 1),
    MILLIS("ms", 1e3);

    final String text;
    private final double scale;

    Unit(String text, double scale) {
      this.text = text;
      this.scale = scale;
    }

    /// What is reported of a call that took so long.
    double figure(double work, double seconds) {
      return (this == MILLIS ? seconds : work / seconds) * scale;
    }

    /// How long a call took of which that was reported.
    double seconds(double work, double figure) {
      return this == MILLIS ? figure / scale : work * scale / figure;
    }
  }
}
