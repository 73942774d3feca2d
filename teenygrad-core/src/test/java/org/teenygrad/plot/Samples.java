package org.teenygrad.plot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// A figure of each kind, of awkward data: names that are long, values that are none.
final class Samples {
  private static final double NAN = Double.NaN;

  private Samples() {}

  static Map<String, Figure> all() {
    Random random = new Random(7);
    double[] xs = Grid.between(1, 1000, 500);
    double[] ys = IntStream.range(0, xs.length).mapToDouble(i -> i % 50 == 7 ? NAN : i % 90 == 3 ? Double.POSITIVE_INFINITY : random.nextGaussian()).toArray();
    double[] above = IntStream.range(0, xs.length).mapToDouble(i -> ys[i] + 1).toArray();
    double[][] matrix = IntStream.range(0, 9).mapToObj(i -> IntStream.range(0, 12).mapToDouble(j -> j == i ? NAN : random.nextGaussian()).toArray())
        .toArray(double[][]::new);
    List<String> rows = IntStream.range(0, 9).mapToObj(i -> "row with quite a long name " + i).toList();
    List<String> columns = IntStream.range(0, 12).mapToObj(j -> "extraordinarily long column " + j).toList();
    Grid grid = Grid.of(1, 10, 1, 5, 40, (x, y) -> x > 9 ? NAN : Math.sin(x) + y);
    int[] classes = IntStream.range(0, xs.length).map(i -> i % 11).toArray();
    String[] names = IntStream.range(0, 11).mapToObj(i -> "class number " + i + " of eleven").toArray(String[]::new);
    Map<String, Figure> samples = new LinkedHashMap<>();
    samples.put("lines", Plot.of("Lines").x("x (m)").y("y (s)").line("solid", xs, ys).dashed("dashed", xs, above).thin("thin", xs, ys).path("path", xs, ys)
        .band("solid", xs, ys, above).horizontal("zero", 0).vertical("two", 2).function("sine", 0, 100, Math::sin));
    samples.put("log", Plot.of("Logarithms").logX().logY().line("both signs", xs, ys).function("square", 1, 1000, x -> x * x).roof("a roof", 2, 100)
        .points("points", xs, above).histogram("values", above, 10).band("band", xs, ys, above));
    samples.put("classes", Plot.of("Classes").classes(xs, ys, classes, names));
    samples.put("colored", Plot.of("Colours").colored(xs, ys, above).arrows("arrows", xs, ys, ys, above).colorLabel("value (V)"));
    samples.put("histogram", Plot.of("Histograms").histogram("one", ys, 20).histogram("two", above, 30).y("count"));
    samples.put("heat map", Plot.of("Heat map").heatMap(matrix, rows, columns).numbers(2).colors(ColorMap.DIVERGING).x("columns").y("rows"));
    samples.put("field", Plot.of("Field").field(grid).contours(grid).points("here", new double[] {2, NAN}, new double[] {3, 3}, List.of("a name", "nowhere")));
    samples.put("regions", Plot.of("Regions").equalScales().regions(grid, "a", "b", "c").points("a", new double[] {2}, new double[] {3}));
    samples.put("bars", Plot.of("Bars").bars("first", columns, matrix[0]).bars("second", columns, matrix[1]));
    samples.put("dots", Plot.of("Dots").x("x").dots("first", columns, matrix[0]).dots("second", columns, matrix[1]).vertical("zero", 0));
    samples.put("images", Panels.of("Images", 2, Plot.of("gray").gray(matrix), Plot.of("rgb").rgb(new double[][][] {{{0, 0.5, NAN}, {1, 2, -1}}})));
    samples.put("empty", Plot.of("").line("", new double[0]));
    samples.put("panels", Panels.of("Panels of all sorts with a title that is so long that one line of eight hundred pixels is not enough for it, is it", 3,
        samples.values().stream().filter(Plot.class::isInstance).map(Plot.class::cast).toArray(Plot[]::new)));
    return samples;
  }
}
