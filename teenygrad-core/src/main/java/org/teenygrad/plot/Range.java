package org.teenygrad.plot;

import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;

/// The least and the greatest of some values; of none, 0 and 1.
record Range(double min, double max) {
  /// Of those values that a scale can show.
  static Range of(DoubleStream values, Scale scale) {
    DoubleSummaryStatistics found = values.filter(value -> Double.isFinite(scale.of(value))).summaryStatistics();
    return found.getCount() > 0 ? new Range(found.getMin(), found.getMax()) : scale == Scale.LOG ? new Range(1, 10) : new Range(0, 1);
  }

  double width() {
    return max - min;
  }

  /// As wide as it is, or, where all values are one, a tenth of that value.
  Range spread() {
    return max > min ? this : new Range(min, min + Math.max(1, Math.abs(min)) * 0.1);
  }
}
