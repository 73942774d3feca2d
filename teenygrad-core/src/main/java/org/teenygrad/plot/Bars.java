package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// A bar for each name; the bars of several layers stand side by side.
record Bars(String label, double[] values) implements Layer {
  /// Of a name's cell, the bars of all layers together.
  private static final double FULL = 0.8;

  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public DoubleStream xs() {
    return IntStream.range(0, values.length).asDoubleStream();
  }

  @Override
  public DoubleStream ys() {
    return DoubleStream.concat(DoubleStream.of(0), DoubleStream.of(values));
  }

  @Override
  public void draw(Svg svg, Frame frame) {
    double width = FULL * frame.x().cell() / frame.bars().size();
    double offset = -FULL * frame.x().cell() / 2 + width * frame.bars().indexOf(label);
    double base = frame.base();
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      double top = frame.y().pixel(values[i]);
      if (Double.isFinite(top)) {
        double left = frame.x().pixel(i) + offset;
        path.append('M').append(Svg.number(left)).append(' ').append(Svg.number(base)).append('V').append(Svg.number(top))
            .append('h').append(Svg.number(width)).append('V').append(Svg.number(base)).append('z');
      }
    }
    svg.path(frame.ink(label).color() + " bar", path);
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    Layer.box(svg, ink.color() + " bar", left, middle);
  }
}
