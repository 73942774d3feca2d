package org.teenygrad.plot;

import java.util.stream.IntStream;

/// How the names below an axis are written: upright where they fit, else slanted if more of them fit so, and only some
/// where there are too many.
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
    int upright = round((widest + 8) / cell);
    int slanted = round(SLANTED_LINE / cell);
    return slanted < upright
        ? new NameTicks(slanted, true, Math.min(widest, LONGEST) * Math.sqrt(0.5) + 18)
        : new NameTicks(upright, false, UPRIGHT);
  }

  /// How far slanted names reach to the left of the axis.
  double overhang(Axis axis, double length) {
    double cell = length / axis.cells();
    return !slanted ? 0 : IntStream.range(0, axis.ticks().size()).filter(i -> i % step == 0)
        .mapToDouble(i -> Math.min(LONGEST, Text.width(axis.ticks().get(i).label(), Style.SMALL)) * Math.sqrt(0.5) - (i + 0.5) * cell)
        .max().orElse(0);
  }

  /// Every how many-th name beside an upward axis is written.
  static int rows(Axis axis) {
    return axis.cell() >= Style.SMALL + 1 ? 1 : round(1.6 * Style.SMALL / axis.cell());
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
