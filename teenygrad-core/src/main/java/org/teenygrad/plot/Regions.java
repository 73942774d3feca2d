package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;

/// The plane in the pale colours of classes: what a classifier says where.
///
/// @param grid numbers of labels
record Regions(Grid grid, List<String> labels) implements Layer {
  private static final int PALE = 0x58;

  @Override
  public DoubleStream xs() {
    return DoubleStream.of(grid.xs);
  }

  @Override
  public DoubleStream ys() {
    return DoubleStream.of(grid.ys);
  }

  @Override
  public boolean fills() {
    return true;
  }

  @Override
  public void draw(Svg svg, Frame frame) {
    int[] palette = new int[labels.size() + 1];
    for (int i = 0; i < labels.size(); i++) {
      palette[i] = PALE << 24 | frame.ink(labels.get(i)).light();
    }
    Raster.sampled(grid, frame).draw(svg, palette, value -> value >= 0 && value < labels.size() ? (int) value : labels.size());
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {
    Layer.box(svg, ink.color() + " band", left, middle);
  }
}
