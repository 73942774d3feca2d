package org.teenygrad.models.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.teenygrad.state.AtomicFiles;

/// A picture of how the loss fell: each iteration's training loss as a thin line, its moving
/// average, and the validation loss.
///
/// Points with a loss that is not finite are left out, and the line is broken there. However many
/// points there are, the picture stays below about 100 KB: of the training losses that fall on one
/// pixel, the least and the greatest are drawn.
/// @param train in the order of iterations
/// @param validation in the order of iterations
public record LossChart(String title, List<Point> train, List<Point> validation) {

  private static final int WIDTH = 860;
  private static final int HEIGHT = 480;
  private static final int LEFT = 62;
  private static final int RIGHT = WIDTH - 24;
  private static final int TOP = 64;
  private static final int BOTTOM = HEIGHT - 54;

  /// Colours for a light page, and for a dark one.
  private static final String STYLE =
      """
      .page { fill: #ffffff } .text { fill: #24292f } .faint { fill: #57606a } .grid { stroke: #e2e6ea }
      .axis { stroke: #8c959f } .train { stroke: #a9c7ea } .mean { stroke: #1b62b5 } .val { stroke: #d1500f; fill: #d1500f }
      @media (prefers-color-scheme: dark) {
        .page { fill: #14181d } .text { fill: #e6edf3 } .faint { fill: #9aa5b1 } .grid { stroke: #2a3139 }
        .axis { stroke: #6b7682 } .train { stroke: #35577f } .mean { stroke: #79b8ff } .val { stroke: #ffa366; fill: #ffa366 }
      }
      text { font: 13px system-ui, "Helvetica Neue", Arial, sans-serif } .title { font-size: 17px; font-weight: 600 }
      .line { fill: none; stroke-linejoin: round; stroke-linecap: round }
      """;

  /// A loss before an iteration's update.
  public record Point(int iteration, double loss) {
    boolean isFinite() {
      return Double.isFinite(loss);
    }
  }

  public LossChart {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
  }

  /// Replaces `file` by the picture.
  /// @throws org.teenygrad.state.FileException if it cannot be written
  public void write(Path file) {
    AtomicFiles.write(file, toSvg());
  }

  /// The picture as an SVG document that needs nothing else: no font, no style sheet, no script.
  public String toSvg() {
    var points = Stream.concat(train.stream(), validation.stream()).filter(Point::isFinite).toList();
    var x = Axis.of(points.stream().mapToDouble(Point::iteration), 9, LEFT, RIGHT);
    var y = Axis.of(points.stream().mapToDouble(Point::loss), 7, BOTTOM, TOP);
    var svg = new StringBuilder();
    add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, HEIGHT);
    add(svg, "<title>%s</title>\n<style>\n%s</style>", escape(title), STYLE);
    add(svg, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>", WIDTH, HEIGHT);
    add(svg, "<text class=\"text title\" x=\"%d\" y=\"28\">%s</text>", LEFT, escape(title));
    axes(svg, x, y);
    var mean = movingAverage(train);
    curve(svg, "train", 1, x, y, thinned(train, x));
    curve(svg, "mean", 2, x, y, thinned(mean, x));
    curve(svg, "val", 1.5, x, y, validation);
    for (var point : validation) {
      if (point.isFinite()) {
        add(svg, "<circle class=\"val\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", x.pixel(point.iteration()), y.pixel(point.loss()));
      }
    }
    legend(svg, mean);
    return svg.append("</svg>\n").toString();
  }

  private static void axes(StringBuilder svg, Axis x, Axis y) {
    for (double tick : y.ticks()) {
      add(svg, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y.pixel(tick), RIGHT);
      add(svg, "<text class=\"faint\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, y.pixel(tick) + 4.5, y.label(tick));
    }
    for (double tick : x.ticks()) {
      add(svg, "<path class=\"axis\" d=\"M%.1f %dv5\"/>", x.pixel(tick), BOTTOM);
      add(svg, "<text class=\"faint\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x.pixel(tick), BOTTOM + 20, x.label(tick));
    }
    add(svg, "<path class=\"axis line\" d=\"M%d %dV%dH%d\"/>", LEFT, TOP, BOTTOM, RIGHT);
    add(svg, "<text class=\"text\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">iteration</text>", (LEFT + RIGHT) / 2, HEIGHT - 12);
    add(svg, "<text class=\"text\" transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">loss</text>", (TOP + BOTTOM) / 2);
  }

  private static void curve(StringBuilder svg, String style, double width, Axis x, Axis y, List<Point> points) {
    var path = new StringBuilder();
    boolean broken = true;
    for (var point : points) {
      if (point.isFinite()) {
        path.append(String.format(Locale.ROOT, "%s%.1f %.1f", broken ? "M" : "L", x.pixel(point.iteration()), y.pixel(point.loss())));
      }
      broken = !point.isFinite();
    }
    if (!path.isEmpty()) {
      add(svg, "<path class=\"line %s\" style=\"fill:none\" stroke-width=\"%.1f\" d=\"%s\"/>", style, width, path);
    }
  }

  private void legend(StringBuilder svg, List<Point> mean) {
    int left = LEFT;
    if (!train.isEmpty()) {
      left = entry(svg, left, "train", "train");
      left = entry(svg, left, "mean", "train, moving average" + last(mean));
    }
    if (!validation.isEmpty()) {
      entry(svg, left, "val", "validation" + last(validation));
    }
  }

  private static int entry(StringBuilder svg, int left, String style, String label) {
    add(svg, "<path class=\"line %s\" stroke-width=\"3\" d=\"M%d 47h18\"/>", style, left);
    add(svg, "<text class=\"text\" x=\"%d\" y=\"51.5\">%s</text>", left + 25, label);
    return left + 50 + 7 * label.length();
  }

  private static String last(List<Point> points) {
    return String.format(Locale.ROOT, " (%.4f)", points.getLast().loss());
  }

  /// The mean of the finite losses around each, over about a fortieth of the run. It reaches as far
  /// back as forward, so that it does not lag behind a steep fall; only at the end of the run there
  /// is less to reach forward to.
  static List<Point> movingAverage(List<Point> points) {
    var finite = points.stream().filter(Point::isFinite).toList();
    var sums = new double[finite.size() + 1];
    for (int i = 0; i < finite.size(); i++) {
      sums[i + 1] = sums[i] + finite.get(i).loss();
    }
    var average = new ArrayList<Point>(finite.size());
    for (int i = 0; i < finite.size(); i++) {
      int reach = Math.min(i, finite.size() / 80);
      int to = Math.min(i + reach + 1, finite.size());
      average.add(new Point(finite.get(i).iteration(), (sums[to] - sums[i - reach]) / (to - i + reach)));
    }
    return average;
  }

  /// Of each run of points within a pixel, the least and the greatest, in their order; points that
  /// break the line stay.
  private static List<Point> thinned(List<Point> points, Axis x) {
    var kept = new ArrayList<Point>();
    for (int from = 0, to; from < points.size(); from = to) {
      long pixel = Math.round(x.pixel(points.get(from).iteration()));
      int low = from;
      int high = from;
      for (to = from + 1; to < points.size() && Math.round(x.pixel(points.get(to).iteration())) == pixel; to++) {
        low = points.get(to).loss() < points.get(low).loss() ? to : low;
        high = points.get(to).loss() > points.get(high).loss() ? to : high;
      }
      kept.add(points.get(Math.min(low, high)));
      if (low != high) {
        kept.add(points.get(Math.max(low, high)));
      }
    }
    return kept;
  }

  private static void add(StringBuilder svg, String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
