package org.teenygrad.bench;

import java.util.function.Supplier;

/// Something to measure.
///
/// @param name the same for ours and for peers
/// @param unit what `work` is counted in
/// @param work how much of it one call does; ignored where that is no rate
/// @param prepare makes the inputs and returns the call
record Case(String name, Unit unit, double work, Supplier<Runnable> prepare) {
  enum Unit {
    GIGAFLOPS("GFLOP/s", 1e-9),
    GIGABYTES("GB/s", 1e-9),
    TERAFLOPS("TFLOP/s", 1e-12),
    TERABYTES("TB/s", 1e-12),
    TOKENS("tokens/s", 1),
    MILLIS("ms", 1e3),
    MEBIBYTES("MiB", 1.0 / (1 << 20)),
    PERCENT("%", 100);

    final String text;
    private final double scale;

    Unit(String text, double scale) {
      this.text = text;
      this.scale = scale;
    }

    /// Whether more is better; else it is a time, memory or a part, of which a sample is the number.
    boolean isRate() {
      return switch (this) {
        case GIGAFLOPS, GIGABYTES, TERAFLOPS, TERABYTES, TOKENS -> true;
        case MILLIS, MEBIBYTES, PERCENT -> false;
      };
    }

    /// What is reported of a sample: the seconds that a call took, or its bytes, or a part.
    double figure(double work, double sample) {
      return (isRate() ? work / sample : sample) * scale;
    }

    /// The sample of which that was reported.
    double sample(double work, double figure) {
      return isRate() ? work * scale / figure : figure / scale;
    }
  }
}
