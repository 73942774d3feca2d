package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/// A dashed line over the whole plot where x, or y, has one value.
record Rule(String label, boolean horizontal, double value) implements Layer {
  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public DoubleStream xs() {
    return horizontal ? DoubleStream.empty() : DoubleStream.of(value);
  }

  @Override
  public DoubleStream ys() {
    return horizontal ? DoubleStream.of(value) : DoubleStream.empty();
  }

  @Override
  public void draw(Svg svg, Frame frame) {
    double pixel = (horizontal ? frame.y() : frame.x()).pixel(value);
    if (Double.isFinite(pixel)) {
      Axis along = horizontal ? frame.x() : frame.y();
      String from = Svg.number(along.firstPixel());
      String to = Svg.number(along.lastPixel());
      String at = Svg.number(pixel);
      svg.path(frame.ink(label).line() + " dashed", horizontal ? "M" + from + " " + at + "H" + to : "M" + at + " " + from + "V" + to);
    }
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    svg.path(ink.line() + " dashed", "M" + Svg.number(left) + " " + Svg.number(middle) + "h18");
  }
}
