package org.teenygrad.plot;

/// What the colours of values mean, at the right of a plot.
record ColorBar(Shades shades, Axis axis, String label) {
  private static final double GAP = 14;
  private static final double THICK = 12;
  private static final double TEXT = THICK + 9;
  private static final int TICKS = 6;

  ColorBar(Shades shades, String label) {
    this(shades, Axis.exact(Scale.LINEAR, shades.range(), TICKS), label);
  }

  /// With the gap before it.
  double width() {
    return GAP + TEXT + axis.widestLabel() + (label.isBlank() ? 0 : 20);
  }

  /// @param right where the plot's area ends
  void draw(Svg svg, double right, double top, double height) {
    double left = right + GAP;
    byte[] pixels = new byte[Shades.BLANK];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (pixels.length - 1 - i);
    }
    svg.image(Png.indexed(1, pixels, shades.palette()), left, top, THICK, height);
    Axis up = axis.between(top + height, top);
    double free = Double.POSITIVE_INFINITY;
    for (Axis.Tick tick : up.ticks()) {
      double at = up.pixel(tick.value());
      if (free - at >= Style.SMALL + 2) {
        svg.text("faint", Style.SMALL, "start", left + TEXT - 3, at + 0.36 * Style.SMALL, tick.label());
        free = at;
      }
    }
    svg.label("middle", left + TEXT + axis.widestLabel() + 14, top + height / 2, -90, label);
  }
}
