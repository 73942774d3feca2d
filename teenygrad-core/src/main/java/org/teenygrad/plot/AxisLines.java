package org.teenygrad.plot;

import org.teenygrad.plot.Axis.Tick;

/// Axes as lines with ticks and numbers or names.
///
/// @param besides how wide the names at the left may be
record AxisLines(Axis x, Axis y, NameTicks names, double besides) {
  private static final double SIZE = Style.SMALL;

  void grid(Svg svg) {
    StringBuilder path = new StringBuilder();
    for (Tick tick : y.ticks()) {
      if (!tick.label().isEmpty()) {
        path.append('M').append(n(x.firstPixel())).append(' ').append(n(y.pixel(tick.value()))).append('H').append(n(x.lastPixel()));
      }
    }
    for (Tick tick : x.ticks()) {
      if (!x.named() && !tick.label().isEmpty()) {
        path.append('M').append(n(x.pixel(tick.value()))).append(' ').append(n(y.firstPixel())).append('V').append(n(y.lastPixel()));
      }
    }
    svg.path("grid", path);
  }

  void draw(Svg svg) {
    double bottom = Math.max(y.firstPixel(), y.lastPixel());
    double top = Math.min(y.firstPixel(), y.lastPixel());
    StringBuilder lines = new StringBuilder("M" + n(x.firstPixel()) + " " + n(top) + "V" + n(bottom) + "H" + n(x.lastPixel()));
    below(svg, lines, bottom);
    aside(svg, lines);
    svg.path("axis", lines);
  }

  private void below(Svg svg, StringBuilder lines, double bottom) {
    for (int i = 0; i < x.ticks().size(); i++) {
      Tick tick = x.ticks().get(i);
      double at = x.pixel(tick.value());
      if (i % names.step() == 0) {
        lines.append('M').append(n(at)).append(' ').append(n(bottom)).append(tick.label().isEmpty() ? "v3" : "v5");
        if (names.slanted()) {
          svg.turned("faint", SIZE, "end", at + 4, bottom + 15, -45, Text.shorten(tick.label(), SIZE, NameTicks.LONGEST));
        } else if (!tick.label().isEmpty()) {
          svg.text("faint", SIZE, "middle", at, bottom + 18, tick.label());
        }
      }
    }
  }

  private void aside(Svg svg, StringBuilder lines) {
    int step = y.named() ? NameTicks.rows(y) : 1;
    for (int i = 0; i < y.ticks().size(); i++) {
      Tick tick = y.ticks().get(i);
      double at = y.pixel(tick.value());
      if (i % step == 0) {
        lines.append('M').append(n(x.firstPixel())).append(' ').append(n(at)).append(tick.label().isEmpty() ? "h-3" : "h-5");
        if (!tick.label().isEmpty()) {
          svg.text("faint", SIZE, "end", x.firstPixel() - 8, at + 0.36 * SIZE,
              y.named() ? Text.shorten(tick.label(), SIZE, besides) : tick.label());
        }
      }
    }
  }

  private static String n(double number) {
    return Svg.number(number);
  }
}
