package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/// Points joined by straight lines in their order.
record Line(String label, Kind kind, double[] xs0, double[] ys0) implements Layer {
  enum Kind {
    SOLID(""),
    DASHED(" dashed"),
    THIN(" thin"),
    /// With a marker on each point.
    MARKED("");

    private final String classes;

    Kind(String classes) {
      this.classes = classes;
    }
  }

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
  public void draw(Svg svg, Frame frame) {
    frame.line(svg, frame.ink(label).line() + kind.classes, xs0, ys0);
  }

  @Override
  public void mark(Svg svg, Frame frame) {
    if (kind == Kind.MARKED) {
      Ink ink = frame.ink(label);
      int[] which = frame.visible(xs0, ys0);
      Markers.draw(svg, ink.color(), ink.marker(), Markers.radius(which.length), frame.xPixels(xs0), frame.yPixels(ys0), which);
    }
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    svg.path(ink.line() + kind.classes, "M" + Svg.number(left) + " " + Svg.number(middle) + "h18");
    if (kind == Kind.MARKED) {
      Markers.draw(svg, ink, left + 9, middle);
    }
  }
}
