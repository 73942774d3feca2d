package org.teenygrad.plot;

import java.util.ArrayList;
import java.util.List;

/// The labels of a plot with their signs, in as many rows as they need.
///
/// @param height of all rows
record Legend(List<Entry> entries, double height) {
  private static final double SIGN = 25;
  private static final double BETWEEN = 20;
  private static final double LINE = 17;

  /// @param left from the legend's left
  /// @param top from the legend's top
  record Entry(String label, List<String> lines, double left, double top) {}

  /// @param width that no row exceeds: an entry that does not fit goes to the next row, one that is wider has several lines
  static Legend of(List<String> labels, double width) {
    List<Entry> entries = new ArrayList<>();
    double left = 0;
    double top = 0;
    double deepest = 0;
    for (String label : labels) {
      List<String> lines = Text.wrap(label, Style.TEXT, width - SIGN);
      double wide = SIGN + lines.stream().mapToDouble(line -> Text.width(line, Style.TEXT)).max().orElse(0);
      if (left > 0 && left + wide > width) {
        left = 0;
        top += deepest;
        deepest = 0;
      }
      entries.add(new Entry(label, lines, left, top));
      left += wide + BETWEEN;
      deepest = Math.max(deepest, lines.size() * LINE);
    }
    return new Legend(entries, top + deepest);
  }

  void draw(Svg svg, List<Layer> layers, Frame frame, double x, double y) {
    for (Entry entry : entries) {
      double middle = y + entry.top + LINE / 2;
      for (Layer layer : layers) {
        if (layer.labels().contains(entry.label)) {
          layer.swatch(svg, frame.ink(entry.label), x + entry.left, middle);
        }
      }
      for (int i = 0; i < entry.lines.size(); i++) {
        svg.text("text", Style.TEXT, "start", x + entry.left + SIGN, middle + i * LINE + 4.5, entry.lines.get(i));
      }
    }
  }
}
