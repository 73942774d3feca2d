package org.teenygrad.plot;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Lines along which a function has one value, each with that value on its longest part.
///
/// @param levels none for about ten round ones
record ContourLines(Grid grid, double[] levels) implements Layer {
  private static final int AUTOMATIC = 10;
  private static final int MOST = 200;

  /// In pixels: shorter lines have no number.
  private static final double LONG = 90;

  /// Every few places only, where there are more than a screen shows.
  static ContourLines of(Grid grid, double[] levels) {
    int acrossStep = (grid.xs.length + MOST - 1) / MOST;
    int upStep = (grid.ys.length + MOST - 1) / MOST;
    int[] across = kept(grid.xs.length, acrossStep);
    int[] up = kept(grid.ys.length, upStep);
    Grid coarse = acrossStep == 1 && upStep == 1 ? grid : Grid.of(
        IntStream.of(across).mapToDouble(i -> grid.xs[i]).toArray(), IntStream.of(up).mapToDouble(j -> grid.ys[j]).toArray(),
        IntStream.of(up).mapToObj(j -> IntStream.of(across).mapToDouble(i -> grid.values[j][i]).toArray()).toArray(double[][]::new));
    if (levels.length > 0) {
      return new ContourLines(coarse, levels);
    }
    Range range = Range.of(grid.stream(), Scale.LINEAR).spread();
    return new ContourLines(coarse, Ticks.linear(range, Ticks.step(range, AUTOMATIC)).stream().mapToDouble(Axis.Tick::value).toArray());
  }

  /// The ends stay.
  private static int[] kept(int count, int step) {
    return IntStream.concat(IntStream.iterate(0, i -> i < count - 1, i -> i + step), IntStream.of(count - 1)).toArray();
  }

  @Override
  public List<String> labels() {
    return List.of();
  }

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
    for (double level : levels) {
      StringBuilder path = new StringBuilder();
      double longest = LONG;
      double[][] numbered = null;
      for (double[][] line : MarchingSquares.lines(grid, level)) {
        double[][] pixels = {frame.xPixels(line[0]), frame.yPixels(line[1])};
        path.append(Thinning.path(pixels[0], pixels[1]));
        double length = length(pixels);
        if (length > longest) {
          longest = length;
          numbered = pixels;
        }
      }
      if (frame.field()) {
        svg.path("line under", path);
        svg.path("line over", path);
      } else {
        svg.path("level line", path);
      }
      if (numbered != null) {
        frame.labels().onLine(numbered, number(level));
      }
    }
  }

  private static String number(double level) {
    String text = Double.toString((float) level == level ? level : Math.round(level * 1e6) / 1e6);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static double length(double[][] line) {
    return IntStream.range(1, line[0].length).mapToDouble(i -> Math.hypot(line[0][i] - line[0][i - 1], line[1][i] - line[1][i - 1])).sum();
  }

  @Override
  public void swatch(Svg svg, Ink ink, double left, double middle) {}
}
