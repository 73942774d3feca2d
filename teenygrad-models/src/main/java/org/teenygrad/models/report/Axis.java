package org.teenygrad.models.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// A linear scale from numbers to pixels, with its ends on round numbers.
///
/// @param first the number at `firstPixel`, a multiple of `step`
/// @param last the number at `lastPixel`, a multiple of `step`
/// @param step between two ticks: 1, 2 or 5 times a power of ten
record Axis(double first, double last, double step, double firstPixel, double lastPixel) {

  /// The axis that holds these finite values with at most about `ticks` ticks.
  static Axis of(DoubleStream values, int ticks, double firstPixel, double lastPixel) {
    var range = values.summaryStatistics();
    double min = range.getCount() == 0 ? 0 : range.getMin();
    double max = range.getCount() == 0 ? 1 : range.getMax();
    double spread = max > min ? max - min : Math.max(1, Math.abs(min)) * 0.1;
    double power = Math.pow(10, Math.floor(Math.log10(spread / ticks)));
    double step = DoubleStream.of(1, 2, 5, 10).map(m -> m * power).filter(s -> spread / s <= ticks).min().orElse(power);
    double first = Math.floor(min / step) * step;
    double last = Math.ceil(Math.max(max, min + spread) / step) * step;
    return new Axis(first, last, step, firstPixel, lastPixel);
  }

  double pixel(double value) {
    return firstPixel + (value - first) / (last - first) * (lastPixel - firstPixel);
  }

  List<Double> ticks() {
    int count = (int) Math.round((last - first) / step);
    return IntStream.rangeClosed(0, count).mapToObj(i -> first + i * step).toList();
  }

  /// A tick as short as its neighbours allow: `0.5`, `250`, `20k`, `3M`.
  String label(double tick) {
    if (step >= 1e6) {
      return Math.round(tick / 1e6) + "M";
    }
    if (step >= 1e3) {
      return Math.round(tick / 1e3) + (Math.round(tick) == 0 ? "" : "k");
    }
    int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", tick);
  }
}
