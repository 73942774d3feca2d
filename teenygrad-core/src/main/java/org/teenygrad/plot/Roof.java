package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/// The least of a slope and a height: what a machine reaches at most (Williams, Waterman and Patterson: Roofline, 2009).
record Roof(String label, double slope, double height) implements Layer {
  /// How far an axis goes at least to either side of the ridge.
  private static final double REACH = 4;

  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public DoubleStream xs() {
    return DoubleStream.of(height / slope / REACH, height / slope * REACH);
  }

  @Override
  public DoubleStream ys() {
    return DoubleStream.of(height / REACH, height);
  }

  /// A pixel at a time: on axes of two scales the slope is a curve.
  @Override
  public void draw(Svg svg, Frame frame) {
    Axis x = frame.x();
    double[] places = DoubleStream.concat(
            DoubleStream.iterate(x.firstPixel(), pixel -> pixel < x.lastPixel(), pixel -> pixel + 1).map(x::value),
            DoubleStream.of(height / slope, x.last()))
        .sorted().toArray();
    frame.line(svg, frame.ink(label).line(), places, DoubleStream.of(places).map(at -> Math.min(height, slope * at)).toArray());
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    svg.path(ink.line(), "M" + Svg.number(left) + " " + Svg.number(middle + 5) + "l8 -10h10");
  }
}
