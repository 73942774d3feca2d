package org.teenygrad.bench;

import java.util.Locale;

/// What was measured of a case.
///
/// @param median of the samples; `min` and `max` in the same unit
/// @param otherCpus how many processors everything else on the machine took meanwhile: near 0 on a quiet one, NaN where unknown
record Figure(String name, String unit, double median, double min, double max, double otherCpus) {
  /// The least disturbed sample: the highest rate, the shortest time.
  double best() {
    return unit.endsWith("/s") ? max : min;
  }

  /// One line that [#parse] reads; peers' scripts write the same.
  String line() {
    return String.join("\t", "figure", name, unit, number(median), number(min), number(max), number(otherCpus));
  }

  static boolean isLine(String line) {
    return line.startsWith("figure\t");
  }

  static Figure parse(String line) {
    String[] parts = line.split("\t", -1);
    return new Figure(parts[1], parts[2], Double.parseDouble(parts[3]), Double.parseDouble(parts[4]), Double.parseDouble(parts[5]),
        Double.parseDouble(parts[6]));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "NaN" : String.format(Locale.ROOT, "%.6g", value);
  }
}
