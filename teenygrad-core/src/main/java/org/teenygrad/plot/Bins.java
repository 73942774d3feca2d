package org.teenygrad.plot;

import java.util.Arrays;
import java.util.stream.IntStream;

/// How many values fall between neighbouring edges.
///
/// @param edges ascending, one more than there are bins
/// @param heights counts, or densities: counts divided by the number of values and the bin's width
record Bins(double[] edges, double[] heights) {
  /// Bins of equal width on the scale. A value on an edge belongs to the bin above, but the last edge to the last bin.
  static Bins of(double[] values, Range range, Scale scale, int count, boolean density) {
    Range wide = range.max() > range.min() ? range
        : scale == Scale.LOG ? new Range(range.min() / 1.5, range.max() * 1.5) : new Range(range.min() - 0.5, range.max() + 0.5);
    double from = scale.of(wide.min());
    double width = (scale.of(wide.max()) - from) / count;
    double[] edges = IntStream.rangeClosed(0, count)
        .mapToDouble(i -> i == 0 ? wide.min() : i == count ? wide.max() : scale.inverse(from + i * width)).toArray();
    double[] heights = new double[count];
    for (double value : values) {
      if (value >= edges[0] && value <= edges[count]) {
        int place = Arrays.binarySearch(edges, value);
        heights[Math.min(count - 1, place >= 0 ? place : -place - 2)]++;
      }
    }
    if (density) {
      double total = Arrays.stream(heights).sum();
      Arrays.setAll(heights, i -> heights[i] / (total * (edges[i + 1] - edges[i])));
    }
    return new Bins(edges, heights);
  }
}
