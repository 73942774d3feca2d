package org.teenygrad.plot;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Where a plot's layers draw, and with what.
///
/// @param inks by label
/// @param field whether colours of values lie below the layers that follow
/// @param bars the labels of layers of bars, in their order
record Frame(Axis x, Axis y, Shades shades, boolean field, Map<String, Ink> inks, List<String> bars, PointLabels labels) {
  Ink ink(String label) {
    return Objects.requireNonNull(inks.get(label));
  }

  double[] xPixels(double[] xs) {
    return DoubleStream.of(xs).map(x::pixel).toArray();
  }

  double[] yPixels(double[] ys) {
    return DoubleStream.of(ys).map(y::pixel).toArray();
  }

  /// Which of these points have markers: those between the ends of both axes, thinned.
  int[] visible(double[] xs, double[] ys) {
    double[] across = IntStream.range(0, xs.length).mapToDouble(i -> x.contains(xs[i]) ? x.pixel(xs[i]) : Double.NaN).toArray();
    double[] up = IntStream.range(0, ys.length).mapToDouble(i -> y.contains(ys[i]) ? y.pixel(ys[i]) : Double.NaN).toArray();
    return Thinning.points(across, up);
  }

  /// Draws a line, or several, that names of points keep away from.
  void line(Svg svg, String classes, double[] xs, double[] ys) {
    double[] across = xPixels(xs);
    double[] up = yPixels(ys);
    svg.path(classes, Thinning.path(across, up));
    labels.avoid(across, up);
  }

  /// The pixel where bars stand.
  double base() {
    return y.contains(0) ? y.pixel(0) : y.firstPixel();
  }
}
