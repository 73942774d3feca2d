package org.teenygrad.plot;

import java.util.Arrays;
import java.util.function.DoubleToIntFunction;
import java.util.stream.IntStream;

/// A grid as an image: its cells in the order of the screen, not more than a screen shows.
///
/// @param values (rows from the top, columns from the left)
record Raster(double[][] values, double left, double top, double width, double height) {
  private static final int MOST = 512;

  /// Of a grid with more cells, blocks are averaged.
  static Raster averaged(Grid grid, Frame frame) {
    return of(grid, frame, shrunk(grid.values));
  }

  /// Of a grid with more cells, some are left out.
  static Raster sampled(Grid grid, Frame frame) {
    double[][] all = grid.values;
    int rows = Math.min(MOST, all.length);
    int columns = Math.min(MOST, all[0].length);
    double[][] values = new double[rows][columns];
    for (int j = 0; j < rows; j++) {
      for (int i = 0; i < columns; i++) {
        values[j][i] = all[from(j, rows, all.length)][from(i, columns, all[0].length)];
      }
    }
    return of(grid, frame, values);
  }

  /// The matrix itself, or, where it has more than 512 rows or columns, the means of blocks.
  static double[][] shrunk(double[][] matrix) {
    int rows = Math.min(MOST, matrix.length);
    int columns = Math.min(MOST, matrix[0].length);
    double[][] means = new double[rows][columns];
    for (int j = 0; j < rows; j++) {
      for (int i = 0; i < columns; i++) {
        means[j][i] = mean(matrix, from(j, rows, matrix.length), from(j + 1, rows, matrix.length),
            from(i, columns, matrix[0].length), from(i + 1, columns, matrix[0].length));
      }
    }
    return means;
  }

  private static Raster of(Grid grid, Frame frame, double[][] values) {
    double[] across = places("x", frame.xPixels(grid.xs), frame.x().cell());
    double[] down = places("y", frame.yPixels(grid.ys), frame.y().cell());
    return new Raster(turned(values, across[1] < 0, down[1] < 0),
        Math.min(across[0], across[0] + across[1]), Math.min(down[0], down[0] + down[1]), Math.abs(across[1]), Math.abs(down[1]));
  }

  private static int from(int block, int blocks, int cells) {
    return (int) ((long) block * cells / blocks);
  }

  /// Of the values that are finite.
  private static double mean(double[][] matrix, int fromY, int toY, int fromX, int toX) {
    return IntStream.range(fromY, toY)
        .mapToObj(j -> Arrays.stream(matrix[j], fromX, toX))
        .flatMapToDouble(row -> row.filter(Double::isFinite))
        .average().orElse(Double.NaN);
  }

  private static double[][] turned(double[][] values, boolean sideways, boolean over) {
    int rows = values.length;
    int columns = values[0].length;
    double[][] turned = new double[rows][columns];
    for (int j = 0; j < rows; j++) {
      for (int i = 0; i < columns; i++) {
        turned[j][i] = values[over ? rows - 1 - j : j][sideways ? columns - 1 - i : i];
      }
    }
    return turned;
  }

  /// Where cells begin whose middles are here, and how far they reach: negative if they go up or left.
  private static double[] places(String axis, double[] pixels, double cell) {
    double step = pixels.length > 1 ? (pixels[pixels.length - 1] - pixels[0]) / (pixels.length - 1) : cell;
    for (int i = 0; i < pixels.length; i++) {
      if (!(Math.abs(pixels[i] - pixels[0] - i * step) <= Math.abs(step) / 4 + 0.01)) {
        throw new IllegalArgumentException("field: the grid's " + axis + "s do not stand at equal distances on this axis; "
            + "cells are of one size: evenly spaced numbers, on a logarithmic axis numbers with one factor between them");
      }
    }
    return new double[] {pixels[0] - step / 2, step * pixels.length};
  }

  /// @param color for a value a number of the palette
  void draw(Svg svg, int[] palette, DoubleToIntFunction color) {
    byte[] pixels = new byte[values.length * values[0].length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) color.applyAsInt(values[i / values[0].length][i % values[0].length]);
    }
    svg.image(Png.indexed(values[0].length, pixels, palette), left, top, width, height);
  }
}
