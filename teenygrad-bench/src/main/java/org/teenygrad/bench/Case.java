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
    GIGAFLOPS("GFLOP/s"),
    GIGABYTES("GB/s"),
    MILLIS("ms"),
    SECONDS("s"),
    COUNT("");

    final String text;

    Unit(String text) {
      this.text = text;
    }

    /// What is reported of a call that took so long.
    double figure(double work, double seconds) {
      return this == MILLIS ? seconds * 1e3 : work / seconds * 1e-9;
    }

    static Unit of(String text) {
      for (Unit unit : values()) {
        if (unit.text.equals(text)) {
          return unit;
        }
      }
      throw new IllegalArgumentException("no unit " + text);
    }
  }
}
