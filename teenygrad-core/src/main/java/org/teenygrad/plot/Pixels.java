package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// An image in its own colours.
///
/// @param argb (height, width), row by row
record Pixels(int width, int[] argb) implements Layer {
  /// @param image (height, width)
  static Pixels gray(double[][] image, Range range) {
    return of(new double[][][] {Raster.shrunk(image)}, range.spread());
  }

  /// @param image (height, width, 3): red, green and blue from 0 to 1
  static Pixels rgb(double[][][] image) {
    double[][][] channels = new double[3][][];
    for (int c = 0; c < 3; c++) {
      int channel = c;
      channels[c] = Raster.shrunk(Stream.of(image).map(row -> Stream.of(row).mapToDouble(pixel -> pixel[channel]).toArray())
          .toArray(double[][]::new));
    }
    return of(channels, new Range(0, 1));
  }

  /// @param channels (1 or 3, height, width)
  private static Pixels of(double[][][] channels, Range range) {
    int width = channels[0][0].length;
    int[] argb = new int[channels[0].length * width];
    for (int i = 0; i < argb.length; i++) {
      int color = 0;
      boolean blank = false;
      for (int c = 0; c < 3; c++) {
        double value = channels[c % channels.length][i / width][i % width];
        blank |= !Double.isFinite(value);
        color = color << 8 | (int) Math.round(255 * Math.clamp((value - range.min()) / range.width(), 0, 1));
      }
      argb[i] = blank ? 0 : 0xff000000 | color;
    }
    return new Pixels(width, argb);
  }

  int height() {
    return argb.length / width;
  }

  @Override
  public List<String> labels() {
    return List.of();
  }

  @Override
  public DoubleStream xs() {
    return DoubleStream.of(-0.5, width - 0.5);
  }

  @Override
  public DoubleStream ys() {
    return DoubleStream.of(-0.5, height() - 0.5);
  }

  @Override
  public boolean fills() {
    return true;
  }

  @Override
  public void draw(Svg svg, Frame frame) {
    Axis x = frame.x();
    Axis y = frame.y();
    svg.image(Png.argb(width, argb), x.pixel(-0.5), y.pixel(-0.5), x.pixel(width - 0.5) - x.pixel(-0.5),
        y.pixel(height() - 0.5) - y.pixel(-0.5));
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {}
}
