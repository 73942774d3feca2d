package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/// One thing that a plot shows.
sealed interface Layer permits Line, Points, ColoredPoints, Arrows, Band, Histogram, Bars, Rule, Roof, Field, Regions, ContourLines,
    Pixels {
  /// Those with a colour of their own, which the legend explains.
  List<String> labels();

  /// The numbers that the axis must hold.
  DoubleStream xs();

  DoubleStream ys();

  /// Numbers that colours show.
  default DoubleStream shaded() {
    return DoubleStream.empty();
  }

  /// Whether it fills the whole plane between the ends of its data, so that axes end there.
  default boolean fills() {
    return false;
  }

  /// What is clipped at the axes.
  default void draw(Svg svg, Frame frame) {}

  /// What may reach over the axes: markers and text.
  default void mark(Svg svg, Frame frame) {}

  /// Its sign in the legend: 18 pixels from `left`.
  void swatch(Svg svg, Ink ink, double left, double middle);

  /// The legend's sign of an area.
  static void box(Svg svg, String classes, double left, double middle) {
    svg.rectangle(classes, left, middle - 6, 18, 12);
  }
}
