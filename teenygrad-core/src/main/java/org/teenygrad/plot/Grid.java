package org.teenygrad.plot;

import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Values of a function of two variables on a grid, for [field][Plot#field], [contours][Plot#contours] and [regions][Plot#regions].
///
/// ```java
/// Grid bowl = Grid.of(-2, 2, -1, 1, 100, (a, b) -> a * a + 4 * b * b);
/// Plot.of("A bowl").x("a").y("b").contours(bowl, 0.5, 1, 2, 4).write(folder.resolve("bowl.svg"));
/// ```
public final class Grid {
  final double[] xs;
  final double[] ys;

  /// (ys, xs)
  final double[][] values;

  private Grid(double[] xs, double[] ys, double[][] values) {
    this.xs = xs;
    this.ys = ys;
    this.values = values;
  }

  /// Values that were computed elsewhere.
  ///
  /// @param xs ascending or descending
  /// @param ys ascending or descending
  /// @param values (ys, xs): `values[j][i]` belongs to `xs[i]` and `ys[j]`
  /// @throws IllegalArgumentException if the sizes do not fit, or an axis has fewer than two places or is not monotone
  public static Grid of(double[] xs, double[] ys, double[][] values) {
    monotone("xs", xs);
    monotone("ys", ys);
    if (values.length != ys.length || Stream.of(values).anyMatch(row -> row.length != xs.length)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "Grid: %d xs and %d ys, but %d rows of values%s; there must be a row for each of ys with a value for each of xs",
          xs.length, ys.length, values.length, values.length == 0 ? "" : ", the first of " + values[0].length));
    }
    return new Grid(xs.clone(), ys.clone(), Stream.of(values).map(double[]::clone).toArray(double[][]::new));
  }

  /// A function at these places.
  /// @throws IllegalArgumentException if an axis has fewer than two places or is not monotone
  public static Grid of(double[] xs, double[] ys, DoubleBinaryOperator function) {
    double[][] values = DoubleStream.of(ys)
        .mapToObj(y -> DoubleStream.of(xs).map(x -> function.applyAsDouble(x, y)).toArray())
        .toArray(double[][]::new);
    return of(xs, ys, values);
  }

  /// A function at `steps` + 1 places in either direction, the ends included.
  /// @throws IllegalArgumentException if `steps` is not positive, or a side is empty
  public static Grid of(double fromX, double toX, double fromY, double toY, int steps, DoubleBinaryOperator function) {
    return of(between(fromX, toX, steps), between(fromY, toY, steps), function);
  }

  /// `steps` + 1 numbers at equal distances, the ends included.
  ///
  /// ```java
  /// double[] places = Grid.between(0, 1, 4);   // [0.0, 0.25, 0.5, 0.75, 1.0]
  /// ```
  /// @throws IllegalArgumentException if `steps` is not positive
  public static double[] between(double from, double to, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("between: " + steps + " steps from " + from + " to " + to + "; there must be 1 or more");
    }
    return IntStream.rangeClosed(0, steps).mapToDouble(i -> i == steps ? to : from + (to - from) * i / steps).toArray();
  }

  /// Rows from the top down, at 0, 1, 2, ...
  static Grid ofMatrix(double[][] matrix) {
    return new Grid(indices(matrix[0].length), indices(matrix.length), Stream.of(matrix).map(double[]::clone).toArray(double[][]::new));
  }

  static double[] indices(int count) {
    return IntStream.range(0, count).asDoubleStream().toArray();
  }

  DoubleStream stream() {
    return Stream.of(values).flatMapToDouble(DoubleStream::of);
  }

  private static void monotone(String name, double[] places) {
    boolean up = IntStream.range(1, places.length).allMatch(i -> places[i] > places[i - 1]);
    boolean down = IntStream.range(1, places.length).allMatch(i -> places[i] < places[i - 1]);
    if (places.length < 2 || !up && !down) {
      throw new IllegalArgumentException(
          "Grid: " + name + " has " + places.length
              + " places; there must be two or more, each greater (or each less) than the one before");
    }
  }
}
