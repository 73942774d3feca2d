package org.teenygrad.plot;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Several plots or graphs in one picture, in rows from the left.
///
/// ```java
/// Plot sine = Plot.of("sine").function("", 0, 6, Math::sin);
/// Plot cosine = Plot.of("cosine").function("", 0, 6, Math::cos);
/// Panels.of("Two waves", 2, sine, cosine).write(folder.resolve("waves.svg"));
/// ```
/// The areas of a row begin at one height.
///
/// @param title may be empty
/// @param columns how many plots a row has
public record Panels(String title, int columns, List<? extends Panel> plots) implements Figure {
  private static final double TITLE = 17;

  /// @throws IllegalArgumentException if there is no plot, or `columns` is not from 1 to 20
  public Panels {
    plots = List.copyOf(plots);
    if (columns < 1 || columns > 20 || plots.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "Panels: %d plots in %d columns; there must be 1 plot or more, and 1 to 20 columns", plots.size(),
              columns));
    }
  }

  /// Plots in rows of `columns`.
  /// @throws IllegalArgumentException if there is no plot, or `columns` is not from 1 to 20
  public static Panels of(String title, int columns, Panel... plots) {
    return new Panels(title, columns, List.of(plots));
  }

  private record Row(List<Placed> layouts, double header, double height) {}

  @Override
  public String toSvg() {
    double gap = columns > 4 ? 8 : 22;
    double whole = Layout.WIDTH - 2 * Layout.PAGE;
    double width = (whole - gap * (columns - 1)) / columns;
    List<Row> rows = IntStream.range(0, (plots.size() + columns - 1) / columns)
        .mapToObj(row -> row(plots.subList(row * columns, Math.min(plots.size(), (row + 1) * columns)), width)).toList();
    List<String> titleLines = title.isBlank() ? List.of() : Text.wrap(title, TITLE * 1.05, whole);
    double top = Layout.PAGE + titleLines.size() * (TITLE + 5) + (titleLines.isEmpty() ? 0 : 8);
    double height = top + rows.stream().mapToDouble(Row::height).sum() + (rows.size() - 1) * gap + Layout.PAGE;
    Svg svg = Svg.document(title, Layout.WIDTH, height);
    for (int i = 0; i < titleLines.size(); i++) {
      svg.text("text title", TITLE, "start", Layout.PAGE, Layout.PAGE + TITLE + i * (TITLE + 5) - 2, titleLines.get(i));
    }
    for (Row row : rows) {
      for (int i = 0; i < row.layouts.size(); i++) {
        row.layouts.get(i).draw(svg, Layout.PAGE + i * (width + gap), top, row.header);
      }
      top += row.height + gap;
    }
    return svg.end();
  }

  private static Row row(List<? extends Panel> plots, double width) {
    List<Placed> layouts = plots.stream().map(plot -> Placed.of(plot, width, true)).toList();
    double header = layouts.stream().mapToDouble(Placed::header).max().orElse(0);
    return new Row(layouts, header, header + layouts.stream().mapToDouble(Placed::body).max().orElse(0));
  }
}
