package org.teenygrad.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/// Points whose colours show a third number.
record ColoredPoints(double[] xs0, double[] ys0, double[] values) implements Layer {
  /// Neighbouring shades, which nobody tells apart, are drawn together.
  private static final int TOGETHER = 4;

  @Override
  public List<String> labels() {
    return List.of();
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
  public DoubleStream shaded() {
    return DoubleStream.of(values);
  }

  @Override
  public void mark(Svg svg, Frame frame) {
    int[] which = frame.visible(xs0, ys0);
    double[] across = frame.xPixels(xs0);
    double[] up = frame.yPixels(ys0);
    Map<Integer, List<Integer>> byShade = new TreeMap<>();
    for (int i : which) {
      int shade = frame.shades().index(values[i]);
      if (shade != Shades.BLANK) {
        byShade.computeIfAbsent(shade / TOGETHER * TOGETHER, key -> new ArrayList<>()).add(i);
      }
    }
    byShade.forEach((shade, members) -> {
      svg.add("<g stroke=\"#%s\">", String.format(Locale.ROOT, "%06x", frame.shades().color(shade)));
      Markers.draw(svg, "", 0, Markers.radius(which.length) + 0.6, across, up, members.stream().mapToInt(Integer::intValue).toArray());
      svg.add("</g>");
    });
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {}
}
