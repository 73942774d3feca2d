package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/// Bars without gaps over the bins of some values.
record Histogram(String label, Bins bins) implements Layer {
  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public DoubleStream xs() {
    return DoubleStream.of(bins.edges());
  }

  @Override
  public DoubleStream ys() {
    return DoubleStream.concat(DoubleStream.of(0), DoubleStream.of(bins.heights()));
  }

  @Override
  public void draw(Svg svg, Frame frame) {
    double base = frame.base();
    double[] edges = frame.xPixels(bins.edges());
    double[] tops = frame.yPixels(bins.heights());
    StringBuilder outline = new StringBuilder("M" + Svg.number(edges[0]) + " " + Svg.number(base));
    for (int i = 0; i < tops.length; i++) {
      outline.append('V').append(Svg.number(Double.isFinite(tops[i]) ? tops[i] : base)).append('H').append(Svg.number(edges[i + 1]));
    }
    outline.append('V').append(Svg.number(base));
    svg.path(frame.ink(label).color() + " area", outline + "z");
    svg.path(frame.ink(label).line() + " edge", outline);
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    Layer.box(svg, ink.color() + " area", left, middle);
  }
}
