package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/// Points with one marker, each with a name beside it if there are names.
///
/// @param names one for each point, or none at all
record Points(String label, double[] xs0, double[] ys0, List<String> names) implements Layer {
  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public DoubleStream xs() {
    return DoubleStream.of(xs0);
  }

  @Override
  public DoubleStream ys() {
    return DoubleStream.of(ys0);
  }

  @Override
  public void mark(Svg svg, Frame frame) {
    Ink ink = frame.ink(label);
    int[] which = frame.visible(xs0, ys0);
    double radius = Markers.radius(which.length);
    double[] across = frame.xPixels(xs0);
    double[] up = frame.yPixels(ys0);
    Markers.draw(svg, ink.color(), ink.marker(), radius, across, up, which);
    for (int i : which) {
      frame.labels().add(across[i], up[i], radius, names.isEmpty() ? "" : names.get(i));
    }
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    Markers.draw(svg, ink, left + 9, middle);
  }
}
