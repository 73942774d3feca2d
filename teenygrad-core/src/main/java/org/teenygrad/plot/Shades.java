package org.teenygrad.plot;

/// The colours of a plot's values.
record Shades(ColorMap map, Range range) {
  /// The palette's number for what is left blank.
  static final int BLANK = 255;

  /// From 0 to 254, or [#BLANK].
  int index(double value) {
    double place = (value - range.min()) / (range.max() - range.min());
    return Double.isFinite(place) ? (int) Math.round(Math.clamp(place, 0, 1) * (BLANK - 1)) : BLANK;
  }

  int color(int index) {
    return map.color(index / (BLANK - 1.0));
  }

  /// 0xAARRGGBB for each number.
  int[] palette() {
    int[] palette = new int[BLANK + 1];
    for (int i = 0; i < BLANK; i++) {
      palette[i] = 0xff000000 | color(i);
    }
    return palette;
  }
}
