package org.teenygrad.book;

import java.util.Locale;

/// What a chapter says, as a number that was measured, and whether it is so.
///
/// @param text what was measured: `negative log-likelihood by counting`
/// @param measured the number
/// @param wanted what it should be: `2.4540 ± 0.0005`
/// @param holds whether it is
public record Claim(String text, double measured, String wanted, boolean holds) {

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %s: %s (%s)", holds ? "[holds]" : "[FAILS]", text, number(measured), wanted);
  }

  /// A number with as many digits as a reader wants: four significant ones behind the point, or as a power of ten.
  static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e7) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 1e-3 && size < 1e7 ? "%,.4f" : "%.1e", value);
  }
}
