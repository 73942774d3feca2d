package org.teenygrad.plot;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// A grid of values as colours.
///
/// @param decimals how many digits each cell's number has behind the point; null for no numbers
record Field(Grid grid, @Nullable Integer decimals) implements Layer {
  @Override
  public List<String> labels() {
    return List.of();
  }

  @Override
  public DoubleStream xs() {
    return DoubleStream.of(grid.xs);
  }

  @Override
  public DoubleStream ys() {
    return DoubleStream.of(grid.ys);
  }

  @Override
  public DoubleStream shaded() {
    return grid.stream();
  }

  @Override
  public boolean fills() {
    return true;
  }

  @Override
  public void draw(Svg svg, Frame frame) {
    Raster raster = Raster.averaged(grid, frame);
    raster.draw(svg, frame.shades().palette(), frame.shades()::index);
    if (decimals != null) {
      numbers(svg, frame, decimals);
    }
  }

  /// As large as the widest fits its cell.
  private void numbers(Svg svg, Frame frame, int digits) {
    double widest = shaded().filter(Double::isFinite).mapToObj(value -> text(value, digits)).mapToDouble(text -> Text.width(text, 1))
        .max().orElse(1);
    double size = Math.min(Math.min((frame.x().cell() - 2) / widest, frame.y().cell() * 0.75), Style.TEXT);
    for (int j = 0; j < grid.ys.length; j++) {
      for (int i = 0; i < grid.xs.length; i++) {
        double value = grid.values[j][i];
        if (Double.isFinite(value)) {
          String color = ColorMap.light(frame.shades().color(frame.shades().index(value))) ? "on-light" : "on-dark";
          svg.text(color, size, "middle", frame.x().pixel(i), frame.y().pixel(j) + 0.36 * size, text(value, digits));
        }
      }
    }
  }

  /// What rounds to zero has no sign.
  private static String text(double value, int digits) {
    String text = String.format(Locale.ROOT, "%." + digits + "f", value);
    return text.matches("-[0.]+") ? text.substring(1) : text;
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {}
}
