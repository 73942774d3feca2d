package org.teenygrad.plot;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// The area between two lines over the same xs.
record Band(String label, double[] xs0, double[] low, double[] high) implements Layer {
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
    return DoubleStream.concat(DoubleStream.of(low), DoubleStream.of(high));
  }

  /// A band is broken where either of its lines is: each part there and back.
  @Override
  public void draw(Svg svg, Frame frame) {
    double[] across = frame.xPixels(xs0);
    double[] lower = frame.yPixels(low);
    double[] upper = frame.yPixels(high);
    StringBuilder path = new StringBuilder();
    for (int from = 0, to; from < across.length; from = to + 1) {
      to = from;
      while (to < across.length && Double.isFinite(across[to] + lower[to] + upper[to])) {
        to++;
      }
      if (to > from) {
        path.append(Thinning.path(part(across, from, to), part(upper, from, to)))
            .append(Thinning.path(backwards(part(across, from, to)), backwards(part(lower, from, to))).replace(0, 1, "L"))
            .append('z');
      }
    }
    svg.path(frame.ink(label).color() + " band", path);
  }

  private static double[] part(double[] values, int from, int to) {
    return Arrays.copyOfRange(values, from, to);
  }

  private static double[] backwards(double[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[values.length - 1 - i]).toArray();
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    Layer.box(svg, ink.color() + " band", left, middle);
  }
}
