package org.teenygrad.plot;

import java.util.List;
import java.util.stream.IntStream;

/// Numbers as pixels, and where the ticks stand.
///
/// @param first the number at `firstPixel`
/// @param last the number at `lastPixel`
/// @param ticks within `first` and `last`
/// @param named whether the ticks are names of whole numbers, each in the middle of a cell
record Axis(Scale scale, double first, double last, List<Tick> ticks, boolean named, double firstPixel, double lastPixel) {
  /// @param label empty for a tick between those that have one
  record Tick(double value, String label) {}

  /// An axis whose ends are round numbers around the range, with about `count` ticks at most.
  static Axis round(Scale scale, Range range, int count) {
    return scale == Scale.LOG ? Ticks.roundLog(range, count) : Ticks.roundLinear(range.spread(), count);
  }

  /// An axis that ends where the range ends.
  static Axis exact(Scale scale, Range range, int count) {
    Range wide = range.spread();
    List<Tick> ticks = scale == Scale.LOG ? Ticks.log(wide, count) : Ticks.linear(wide, Ticks.step(wide, count));
    return new Axis(scale, wide.min(), wide.max(), ticks, false, 0, 1);
  }

  /// A cell for each name, around 0, 1, 2, ...
  static Axis of(List<String> names) {
    List<Tick> ticks = IntStream.range(0, names.size()).mapToObj(i -> new Tick(i, names.get(i))).toList();
    return new Axis(Scale.LINEAR, -0.5, Math.max(1, names.size()) - 0.5, ticks, true, 0, 1);
  }

  Axis between(double from, double to) {
    return new Axis(scale, first, last, ticks, named, from, to);
  }

  /// NaN for a number that the scale cannot show.
  double pixel(double value) {
    double from = scale.of(first);
    return firstPixel + (scale.of(value) - from) / (scale.of(last) - from) * (lastPixel - firstPixel);
  }

  /// The number at a pixel.
  double value(double pixel) {
    double from = scale.of(first);
    return scale.inverse(from + (pixel - firstPixel) / (lastPixel - firstPixel) * (scale.of(last) - from));
  }

  boolean contains(double value) {
    double slack = 1e-9 * Math.abs(scale.of(last) - scale.of(first));
    double place = scale.of(value);
    return place >= Math.min(scale.of(first), scale.of(last)) - slack && place <= Math.max(scale.of(first), scale.of(last)) + slack;
  }

  /// How many whole numbers there are between the ends of an axis of names.
  double cells() {
    return Math.abs(last - first);
  }

  double widestLabel() {
    return ticks.stream().mapToDouble(tick -> Text.width(tick.label(), Style.SMALL)).max().orElse(0);
  }

  /// The least distance between two neighbouring labels on a horizontal axis, in pixels.
  double closest() {
    List<Tick> labelled = ticks.stream().filter(tick -> !tick.label().isEmpty()).toList();
    return IntStream.range(1, labelled.size()).mapToDouble(i -> {
      Tick left = labelled.get(i - 1);
      Tick right = labelled.get(i);
      double both = Text.width(left.label(), Style.SMALL) + Text.width(right.label(), Style.SMALL);
      return pixel(right.value()) - pixel(left.value()) - both / 2;
    }).min().orElse(Double.POSITIVE_INFINITY);
  }

  /// Pixels from one whole number to the next.
  double cell() {
    return Math.abs(lastPixel - firstPixel) / cells();
  }
}
