package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Arrows from (x, y) to (x + dx, y + dy).
record Arrows(String label, double[] xs0, double[] ys0, double[] dxs, double[] dys) implements Layer {
  private static final double HEAD = 8;

  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public DoubleStream xs() {
    return DoubleStream.concat(DoubleStream.of(xs0), ends(xs0, dxs));
  }

  @Override
  public DoubleStream ys() {
    return DoubleStream.concat(DoubleStream.of(ys0), ends(ys0, dys));
  }

  private static DoubleStream ends(double[] from, double[] by) {
    return IntStream.range(0, from.length).mapToDouble(i -> from[i] + by[i]);
  }

  @Override
  public void draw(Svg svg, Frame frame) {
    double[] fromX = frame.xPixels(xs0);
    double[] fromY = frame.yPixels(ys0);
    double[] toX = frame.xPixels(ends(xs0, dxs).toArray());
    double[] toY = frame.yPixels(ends(ys0, dys).toArray());
    StringBuilder path = new StringBuilder();
    for (int i : frame.visible(xs0, ys0)) {
      arrow(path, fromX[i], fromY[i], toX[i], toY[i]);
      frame.labels().avoid(new double[] {fromX[i], toX[i]}, new double[] {fromY[i], toY[i]});
    }
    svg.path(frame.ink(label).line(), path);
  }

  private static void arrow(StringBuilder path, double fromX, double fromY, double toX, double toY) {
    double length = Math.hypot(toX - fromX, toY - fromY);
    if (Double.isFinite(length)) {
      double head = Math.min(HEAD, length / 2) / Math.max(length, 1e-9);
      double alongX = (fromX - toX) * head;
      double alongY = (fromY - toY) * head;
      move(path, 'M', fromX, fromY);
      move(path, 'L', toX, toY);
      move(path, 'M', toX + alongX - alongY / 2, toY + alongY + alongX / 2);
      move(path, 'L', toX, toY);
      move(path, 'L', toX + alongX + alongY / 2, toY + alongY - alongX / 2);
    }
  }

  private static void move(StringBuilder path, char command, double x, double y) {
    path.append(command).append(Svg.number(x)).append(' ').append(Svg.number(y));
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    StringBuilder path = new StringBuilder();
    arrow(path, left, middle, left + 18, middle);
    svg.path(ink.line(), path);
  }
}
