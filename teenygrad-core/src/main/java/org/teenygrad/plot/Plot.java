package org.teenygrad.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A chart: axes, and layers drawn over each other in the order of the calls. See the package for what there is.
///
/// ```java
/// double[] step = Grid.between(0, 100, 100);
/// double[] loss = Arrays.stream(step).map(i -> 3 * Math.exp(-i / 30)).toArray();
/// Plot.of("Training").x("iteration").y("loss (nats)").logY().line("train", step, loss).write(folder.resolve("loss.svg"));
/// ```
/// A label that is empty has no entry in the legend. Arrays are copied.
public final class Plot implements Figure, Panel {
  private static final int SAMPLES = 400;
  private static final String HIDDEN = "\0";

  final String title;
  String xLabel = "";
  String yLabel = "";
  Scale xScale = Scale.LINEAR;
  Scale yScale = Scale.LINEAR;
  @Nullable Range xRange;
  @Nullable Range yRange;
  boolean equalScales;
  List<String> xNames = List.of();
  List<String> yNames = List.of();

  /// Whether rows are counted from the top, as those of matrices.
  boolean downwards;

  ColorMap colors = ColorMap.VIRIDIS;
  @Nullable Range colorRange;
  String colorLabel = "";

  private @Nullable Integer decimals;
  private final List<double[]> samples = new ArrayList<>();

  /// Made when the plot is drawn: then scales and ranges are known.
  private final List<Supplier<Layer>> layers = new ArrayList<>();

  private Plot(String title) {
    this.title = title;
  }

  /// An empty plot.
  /// @param title may be empty
  public static Plot of(String title) {
    return new Plot(title);
  }

  /// What the axis to the right says, with its unit: `"time (ms)"`.
  /// @return this
  public Plot x(String label) {
    xLabel = label;
    return this;
  }

  /// What the axis upwards says, with its unit.
  /// @return this
  public Plot y(String label) {
    yLabel = label;
    return this;
  }

  /// A logarithmic axis to the right.
  /// @return this
  public Plot logX() {
    xScale = Scale.LOG;
    return this;
  }

  /// A logarithmic axis upwards.
  /// @return this
  public Plot logY() {
    yScale = Scale.LOG;
    return this;
  }

  /// Where the axis to the right begins and ends; without this, at round numbers around the data.
  /// @return this
  /// @throws IllegalArgumentException if the range is empty or not finite
  public Plot xRange(double from, double to) {
    xRange = range("xRange", from, to);
    return this;
  }

  /// Where the axis upwards begins and ends; without this, at round numbers around the data.
  /// @return this
  /// @throws IllegalArgumentException if the range is empty or not finite
  public Plot yRange(double from, double to) {
    yRange = range("yRange", from, to);
    return this;
  }

  /// One unit is as long to the right as upwards, for geometry: circles are round, right angles are right.
  /// @return this
  public Plot equalScales() {
    equalScales = true;
    return this;
  }

  /// Points joined by straight lines in their order.
  ///
  /// @param xs (points)
  /// @param ys (points); what is not finite breaks the line
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as ys
  public Plot line(String label, double[] xs, double[] ys) {
    return line("line", label, Line.Kind.SOLID, xs, ys);
  }

  /// As [#line(String, double[], double[])], over 0, 1, 2, ...
  /// @return this
  public Plot line(String label, double[] ys) {
    return add(new Line(key(label), Line.Kind.SOLID, Grid.indices(ys.length), ys.clone()));
  }

  /// A dashed line: a bound, an expectation, what is compared with.
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as ys
  public Plot dashed(String label, double[] xs, double[] ys) {
    return line("dashed", label, Line.Kind.DASHED, xs, ys);
  }

  /// A thin, pale line: noisy data behind their average, many samples of one kind.
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as ys
  public Plot thin(String label, double[] xs, double[] ys) {
    return line("thin", label, Line.Kind.THIN, xs, ys);
  }

  /// A line with a marker on each point: the steps of an optimizer, measurements that belong together.
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as ys
  public Plot path(String label, double[] xs, double[] ys) {
    return line("path", label, Line.Kind.MARKED, xs, ys);
  }

  private Plot line(String method, String label, Line.Kind kind, double[] xs, double[] ys) {
    sameLength(method, label, xs, ys);
    return add(new Line(key(label), kind, xs.clone(), ys.clone()));
  }

  /// A function as a line.
  ///
  /// ```java
  /// Plot.of("Activations").function("tanh", -3, 3, Math::tanh).function("ReLU", -3, 3, v -> Math.max(0, v)).write(folder.resolve("activations.svg"));
  /// ```
  /// @return this
  /// @throws IllegalArgumentException if the range is empty or not finite
  public Plot function(String label, double from, double to, DoubleUnaryOperator function) {
    Range range = range("function '" + label + "'", from, to);
    String key = key(label);
    layers.add(() -> {
      double[] places = Grid.between(xScale.of(range.min()), xScale.of(range.max()), SAMPLES);
      double[] xs = DoubleStream.of(places).map(xScale::inverse).toArray();
      return new Line(key, Line.Kind.SOLID, xs, DoubleStream.of(xs).map(function).toArray());
    });
    return this;
  }

  /// The area between two lines: an interval of confidence, a mean with its deviation.
  ///
  /// @param xs (points)
  /// @param low (points)
  /// @param high (points)
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as values
  public Plot band(String label, double[] xs, double[] low, double[] high) {
    sameLength("band", label, xs, low);
    sameLength("band", label, xs, high);
    return add(new Band(key(label), xs.clone(), low.clone(), high.clone()));
  }

  /// A marker for each point.
  ///
  /// @param xs (points)
  /// @param ys (points)
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as ys
  public Plot points(String label, double[] xs, double[] ys) {
    return points(label, xs, ys, List.of());
  }

  /// A marker for each point, and its name beside it.
  ///
  /// @param names (points); empty ones are left out, and those for which nearer points and earlier names leave no room
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as ys and names
  public Plot points(String label, double[] xs, double[] ys, List<String> names) {
    sameLength("points", label, xs, ys);
    if (!names.isEmpty() && names.size() != xs.length) {
      throw new IllegalArgumentException("points '" + label + "': " + xs.length + " points, but " + names.size()
          + " names; each point needs one");
    }
    return add(new Points(key(label), xs.clone(), ys.clone(), List.copyOf(names)));
  }

  /// Points of several classes, each class with a colour, a marker and an entry in the legend.
  ///
  /// ```java
  /// Plot.of("Penguins").x("bill length (mm)").y("body mass (g)")
  ///     .classes(new double[] {39.1, 46.5, 46.1}, new double[] {3750, 3500, 4500}, new int[] {0, 1, 2}, "Adelie", "Chinstrap", "Gentoo")
  ///     .write(folder.resolve("penguins.svg"));
  /// ```
  /// @param classes (points) numbers of names
  /// @param names of the classes
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as ys and classes, or a class has no name
  public Plot classes(double[] xs, double[] ys, int[] classes, String... names) {
    sameLength("classes", "", xs, ys);
    if (classes.length != xs.length || IntStream.of(classes).anyMatch(c -> c < 0 || c >= names.length)) {
      throw new IllegalArgumentException("classes: " + xs.length + " points, " + classes.length + " classes from "
          + IntStream.of(classes).min().orElse(0) + " to " + IntStream.of(classes).max().orElse(0) + ", and " + names.length
          + " names; each point needs a class, from 0 to the number of names less one");
    }
    for (int c = 0; c < names.length; c++) {
      int chosen = c;
      int[] members = IntStream.range(0, xs.length).filter(i -> classes[i] == chosen).toArray();
      points(names[c], IntStream.of(members).mapToDouble(i -> xs[i]).toArray(), IntStream.of(members).mapToDouble(i -> ys[i]).toArray());
    }
    return this;
  }

  /// Points whose colours show a third number; a bar beside the plot says which.
  ///
  /// @param values (points); a point whose value is not finite is left out
  /// @return this
  /// @throws IllegalArgumentException if there are not as many xs as ys and values
  public Plot colored(double[] xs, double[] ys, double[] values) {
    sameLength("colored", "", xs, ys);
    sameLength("colored", "", xs, values);
    return add(new ColoredPoints(xs.clone(), ys.clone(), values.clone()));
  }

  /// Arrows from (x, y) to (x + dx, y + dy): vectors, gradients.
  /// @return this
  /// @throws IllegalArgumentException if the lengths differ
  public Plot arrows(String label, double[] xs, double[] ys, double[] dxs, double[] dys) {
    sameLength("arrows", label, xs, ys);
    sameLength("arrows", label, xs, dxs);
    sameLength("arrows", label, xs, dys);
    return add(new Arrows(key(label), xs.clone(), ys.clone(), dxs.clone(), dys.clone()));
  }

  /// How many values fall into each of `bins` bins of equal width; all histograms of a plot share their range.
  ///
  /// @param values those that are not finite are not counted
  /// @return this
  /// @throws IllegalArgumentException if `bins` is not positive
  public Plot histogram(String label, double[] values, int bins) {
    return histogram(label, values, bins, false);
  }

  /// As [#histogram], in parts of all values by unit of x: the bars have an area of 1, as a probability density drawn over them.
  ///
  /// ```java
  /// double[] samples = Tensor.randn(1000).toDouble().toDoubleArray();
  /// Plot.of("Samples").x("value").y("density")
  ///     .density("drawn", samples, 30)
  ///     .function("normal", -4, 4, v -> Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI))
  ///     .write(folder.resolve("samples.svg"));
  /// ```
  /// @return this
  /// @throws IllegalArgumentException if `bins` is not positive
  public Plot density(String label, double[] values, int bins) {
    return histogram(label, values, bins, true);
  }

  private Plot histogram(String label, double[] values, int bins, boolean density) {
    if (bins < 1) {
      throw new IllegalArgumentException("histogram '" + label + "': " + bins + " bins; there must be 1 or more");
    }
    double[] copy = values.clone();
    String key = key(label);
    samples.add(copy);
    layers.add(() -> {
      Range all = Range.of(samples.stream().flatMapToDouble(DoubleStream::of), xScale);
      return new Histogram(key, Bins.of(copy, all, xScale, bins, density));
    });
    return this;
  }

  /// A bar for each name; several calls with the same names stand side by side.
  ///
  /// @param values (names)
  /// @return this
  /// @throws IllegalArgumentException if there are not as many names as values, or earlier bars have other names
  public Plot bars(String label, List<String> names, double[] values) {
    named("bars", label, names, values, xNames);
    xNames = List.copyOf(names);
    return add(new Bars(key(label), values.clone()));
  }

  /// A row for each name with a marker in it: what bars would be too many or their names too long for (Cleveland, "The Elements of
  /// Graphing Data", 1985). Several calls with the same names share the rows, the first of which is on top.
  ///
  /// ```java
  /// List<String> kernels = List.of("matmul 768x768", "softmax", "layer norm");
  /// Plot.of("Time of kernels").x("time (ms)")
  ///     .dots("before", kernels, new double[] {5.1, 0.9, 0.7}).dots("after", kernels, new double[] {3.2, 0.8, 0.7})
  ///     .write(folder.resolve("kernels.svg"));
  /// ```
  /// @param values (names)
  /// @return this
  /// @throws IllegalArgumentException if there are not as many names as values, or earlier dots have other names
  public Plot dots(String label, List<String> names, double[] values) {
    named("dots", label, names, values, yNames);
    yNames = List.copyOf(names);
    downwards = true;
    return add(new Points(key(label), values.clone(), Grid.indices(values.length), List.of()));
  }

  private static void named(String method, String label, List<String> names, double[] values, List<String> before) {
    if (names.size() != values.length || !before.isEmpty() && !before.equals(names)) {
      throw new IllegalArgumentException(method + " '" + label + "': " + values.length + " values for the names " + names
          + (before.isEmpty() ? "" : ", the axis has " + before) + "; each name needs one value, and all " + method + " of a plot the same names");
    }
  }

  /// A dashed line where y has this value.
  /// @return this
  public Plot horizontal(String label, double y) {
    return add(new Rule(key(label), true, y));
  }

  /// A dashed line where x has this value.
  /// @return this
  public Plot vertical(String label, double x) {
    return add(new Rule(key(label), false, x));
  }

  /// What a machine reaches at most: the least of `slope * x` and `height`. With x in operations by byte, the slope is
  /// a memory's bandwidth and the height the peak of arithmetic.
  ///
  /// ```java
  /// Plot.of("Roofline").x("operations by byte").y("GFLOP/s").logX().logY()
  ///     .roof("40 GB/s, 200 GFLOP/s", 40, 200)
  ///     .points("kernels", new double[] {0.25, 20}, new double[] {9, 150}, List.of("axpy", "matmul"))
  ///     .write(folder.resolve("roofline.svg"));
  /// ```
  /// @param slope in units of y by unit of x
  /// @param height in units of y
  /// @return this
  /// @throws IllegalArgumentException if one of them is not positive
  public Plot roof(String label, double slope, double height) {
    if (!(slope > 0 && height > 0 && Double.isFinite(height / slope))) {
      throw new IllegalArgumentException("roof '" + label + "': slope " + slope + ", height " + height + "; both must be positive numbers");
    }
    return add(new Roof(key(label), slope, height));
  }

  /// A matrix as colours, its first row on top, with a bar that says what they mean.
  ///
  /// @param matrix (rows, columns); what is not finite is left blank
  /// @return this
  /// @throws IllegalArgumentException if the matrix is empty or its rows differ in length
  public Plot heatMap(double[][] matrix) {
    rectangular("heatMap", matrix);
    Grid grid = Grid.ofMatrix(matrix);
    downwards = true;
    xNames = xNames.isEmpty() ? numbered(matrix[0].length) : xNames;
    yNames = yNames.isEmpty() ? numbered(matrix.length) : yNames;
    layers.add(() -> new Field(grid, decimals));
    return this;
  }

  /// As [#heatMap(double[][])], with a name for each row and column.
  ///
  /// ```java
  /// Plot.of("Confusion").x("predicted").y("true")
  ///     .heatMap(new double[][] {{48, 2}, {5, 45}}, List.of("cat", "dog"), List.of("cat", "dog")).numbers(0)
  ///     .write(folder.resolve("confusion.svg"));
  /// ```
  /// @return this
  /// @throws IllegalArgumentException if the matrix is empty, its rows differ in length, or there are not as many names
  public Plot heatMap(double[][] matrix, List<String> rows, List<String> columns) {
    rectangular("heatMap", matrix);
    if (rows.size() != matrix.length || columns.size() != matrix[0].length) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "heatMap: a matrix of (%d, %d), but names for %d rows and %d columns",
          matrix.length, matrix[0].length, rows.size(), columns.size()));
    }
    yNames = List.copyOf(rows);
    xNames = List.copyOf(columns);
    return heatMap(matrix);
  }

  /// Each cell of a heat map has its number written in it.
  /// @param digits behind the point
  /// @return this
  /// @throws IllegalArgumentException if `digits` is negative
  public Plot numbers(int digits) {
    if (digits < 0) {
      throw new IllegalArgumentException("numbers: " + digits + " digits behind the point; there must be 0 or more");
    }
    decimals = digits;
    return this;
  }

  /// A function of two variables as colours, in the plot's coordinates.
  ///
  /// @param grid its cells must be of one size on the axes
  /// @return this
  public Plot field(Grid grid) {
    return add(new Field(grid, null));
  }

  /// Lines along which a function has one value, each with that value.
  ///
  /// @param levels none for about ten round ones
  /// @return this
  public Plot contours(Grid grid, double... levels) {
    return add(ContourLines.of(grid, levels.clone()));
  }

  /// The plane in the pale colours of classes: what a classifier says where. [Points][#classes] of the same names have the same colours.
  ///
  /// @param grid numbers of names; what is none is left blank
  /// @return this
  public Plot regions(Grid grid, String... names) {
    return add(new Regions(grid, Stream.of(names).map(this::key).toList()));
  }

  /// A gray image without axes, black where it is least (or [#colorRange] begins).
  ///
  /// @param image (height, width); what is not finite is left blank
  /// @return this
  /// @throws IllegalArgumentException if the image is empty or its rows differ in length
  public Plot gray(double[][] image) {
    rectangular("gray", image);
    downwards = true;
    double[][] copy = Stream.of(image).map(double[]::clone).toArray(double[][]::new);
    layers.add(() -> Pixels.gray(copy, colorRange != null ? colorRange : Range.of(Stream.of(copy).flatMapToDouble(DoubleStream::of),
        Scale.LINEAR)));
    return this;
  }

  /// An image in colours without axes.
  ///
  /// @param image (height, width, 3): red, green and blue from 0 to 1
  /// @return this
  /// @throws IllegalArgumentException if the image is empty, its rows differ in length, or a pixel has not three values
  public Plot rgb(double[][][] image) {
    if (image.length == 0 || image[0].length == 0
        || Stream.of(image).anyMatch(row -> row.length != image[0].length || Stream.of(row).anyMatch(pixel -> pixel.length != 3))) {
      throw new IllegalArgumentException("rgb: " + image.length + " rows"
          + (image.length == 0 ? "" : ", the first of " + image[0].length + " pixels")
          + "; it must be (height, width, 3), and not empty");
    }
    downwards = true;
    return add(Pixels.rgb(image));
  }

  /// Which colours values have.
  /// @return this
  public Plot colors(ColorMap map) {
    colors = map;
    return this;
  }

  /// The values of the first and the last colour; those beyond have the same.
  /// @return this
  /// @throws IllegalArgumentException if the range is empty or not finite
  public Plot colorRange(double from, double to) {
    colorRange = range("colorRange", from, to);
    return this;
  }

  /// What the bar of colours says, with its unit.
  /// @return this
  public Plot colorLabel(String label) {
    colorLabel = label;
    return this;
  }

  @Override
  public String toSvg() {
    return Placed.toSvg(this, title);
  }

  /// Whether it is rows with names, of which there are as many as there are.
  boolean hasRows() {
    return !yNames.isEmpty() && xNames.isEmpty();
  }

  List<Layer> layers() {
    return layers.stream().map(Supplier::get).toList();
  }

  /// Labels that the legend shows.
  static boolean shown(String label) {
    return !label.startsWith(HIDDEN);
  }

  private Plot add(Layer layer) {
    layers.add(() -> layer);
    return this;
  }

  /// A label, or for an empty one what no other layer has.
  private String key(String label) {
    return label.isBlank() ? HIDDEN + layers.size() : label;
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private static void sameLength(String method, String label, double[] xs, double[] ys) {
    if (xs.length != ys.length) {
      throw new IllegalArgumentException(
          method + (label.isEmpty() ? "" : " '" + label + "'") + ": " + xs.length + " xs, but " + ys.length + " values; each x needs one");
    }
  }

  private static Range range(String method, double from, double to) {
    if (!(from < to && Double.isFinite(from) && Double.isFinite(to))) {
      throw new IllegalArgumentException(method + ": from " + from + " to " + to + "; both must be finite, and the first the less");
    }
    return new Range(from, to);
  }

  private static void rectangular(String method, double[][] matrix) {
    if (matrix.length == 0 || matrix[0].length == 0 || Stream.of(matrix).anyMatch(row -> row.length != matrix[0].length)) {
      throw new IllegalArgumentException(method + ": " + matrix.length + " rows"
          + (matrix.length == 0 ? "" : ", the first of " + matrix[0].length)
          + "; there must be one or more, of one length, and not empty");
    }
  }
}
