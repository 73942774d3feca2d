package org.teenygrad.models.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.teenygrad.plot.Plot;

/// A picture of how the loss fell: each iteration's training loss as a thin line, its moving average, and the validation loss.
///
/// Points with a loss that is not finite are left out, and the line is broken there. However many points there are, the picture stays below
/// about 100 KB.
/// @param train in the order of iterations
/// @param validation in the order of iterations
public record LossChart(String title, List<Point> train, List<Point> validation) {
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
    plot().write(file);
  }

  Plot plot() {
    Plot plot = Plot.of(title).x("iteration").y("loss");
    var mean = movingAverage(train);
    if (!mean.isEmpty()) {
      var label = "train, moving average" + last(mean);
      plot.thin(label, iterations(train), losses(train)).line(label, iterations(mean), losses(mean));
    }
    if (!validation.isEmpty()) {
      plot.path("validation" + last(validation), iterations(validation), losses(validation));
    }
    return plot;
  }

  private static double[] iterations(List<Point> points) {
    return points.stream().mapToDouble(Point::iteration).toArray();
  }

  private static double[] losses(List<Point> points) {
    return points.stream().mapToDouble(Point::loss).toArray();
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
}
