package org.teenygrad.plot;

/// How the names below an axis are written: upright where they fit, else slanted, and only some where there are too many.
///
/// @param step every how many-th name is written
/// @param slanted whether names go down to the left
/// @param depth in pixels below the axis
record NameTicks(int step, boolean slanted, double depth) {
  static final double LONGEST = 150;
  private static final double UPRIGHT = 22;
  private static final double SLANTED_LINE = 17;

  static NameTicks of(Axis axis, double length) {
    if (!axis.named()) {
      return new NameTicks(1, false, UPRIGHT);
    }
    double cell = length / axis.cells();
    double widest = axis.widestLabel();
    if (widest + 6 <= cell) {
      return new NameTicks(1, false, UPRIGHT);
    }
    if (cell >= SLANTED_LINE || widest > 60) {
      return new NameTicks(round(SLANTED_LINE / cell), true, Math.min(widest, LONGEST) * Math.sqrt(0.5) + 18);
    }
    return new NameTicks(round((widest + 8) / cell), false, UPRIGHT);
  }

  /// Every how many-th name beside an upward axis is written.
  static int rows(Axis axis) {
    return round((Style.SMALL + 1) / axis.cell());
  }

  /// The next of 1, 2, 5, 10, 20, ...
  private static int round(double least) {
    int power = 1;
    while (10 * power < least) {
      power *= 10;
    }
    return least <= power ? power : least <= 2 * power ? 2 * power : least <= 5 * power ? 5 * power : 10 * power;
  }
}
