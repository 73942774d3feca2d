package org.teenygrad.plot;

/// A [Panel] in a place of some width.
sealed interface Placed permits Layout, DagDrawing {
  /// @param small whether it is one of several
  static Placed of(Panel panel, double width, boolean small) {
    return switch (panel) {
      case Plot plot -> new Layout(plot, width, small);
      case Dag dag -> new DagDrawing(dag, width, small);
    };
  }

  /// A picture of this alone.
  static String toSvg(Panel panel, String title) {
    Placed placed = of(panel, Layout.WIDTH - 2 * Layout.PAGE, false);
    Svg svg = Svg.document(title, Layout.WIDTH, placed.header() + placed.body() + 2 * Layout.PAGE);
    placed.draw(svg, Layout.PAGE, Layout.PAGE, placed.header());
    return svg.end();
  }

  /// The height of what stands above its area: title and legend.
  double header();

  /// The height of the area and what is below.
  double body();

  /// @param header the height above the area, at least [#header()]
  void draw(Svg svg, double left, double top, double header);
}
