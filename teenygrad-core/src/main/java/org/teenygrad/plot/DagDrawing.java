package org.teenygrad.plot;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A [Dag] in a place of some width.
final class DagDrawing implements Placed {
  private static final double LINE = 15;
  private static final double MARGIN = 9;
  private static final double BETWEEN = 30;
  private static final double HEAD = 7;
  private static final double SWATCH = 12;

  private final double width;
  private final double titleSize;
  private final List<String> titleLines;
  private final Map<String, Ink> inks = new LinkedHashMap<>();
  private final Legend legend;
  private final DagLayout layout;
  private final double scale;

  DagDrawing(Dag dag, double width, boolean small) {
    this.width = width;
    titleSize = small ? 14 : 17;
    titleLines = dag.title.isBlank() ? List.of() : Text.wrap(dag.title, titleSize * 1.05, width);
    dag.kinds().forEach(kind -> inks.put(kind, new Ink(inks.size())));
    legend = Legend.of(inks.size() > 1 && !small ? List.copyOf(inks.keySet()) : List.of(), width);
    Map<String, Double> widths = new HashMap<>();
    dag.nodes().forEach(node -> widths.put(node.key(),
        node.lines().stream().mapToDouble(line -> Text.width(line, Style.SMALL)).max().orElse(0) + 2 * MARGIN));
    layout = new DagLayout(dag, widths);
    scale = Math.min(1, width / Math.max(1, layout.width));
  }

  @Override
  public double header() {
    return titleLines.size() * (titleSize + 5) + (legend.height() > 0 ? legend.height() + 8 : 0) + 10;
  }

  @Override
  public double body() {
    double boxes = layout.layers.stream().mapToDouble(DagDrawing::height).sum();
    return (boxes + BETWEEN * Math.max(0, layout.layers.size() - 1)) * scale + 2;
  }

  private static double height(List<DagLayout.Place> layer) {
    return layer.stream().mapToDouble(DagDrawing::height).max().orElse(0);
  }

  private static double height(DagLayout.Place place) {
    return place.node == null ? 0 : place.node.lines().size() * LINE + MARGIN;
  }

  @Override
  public void draw(Svg svg, double left, double top, double header) {
    for (int i = 0; i < titleLines.size(); i++) {
      svg.text("text title", titleSize, "start", left, top + titleSize + i * (titleSize + 5) - 2, titleLines.get(i));
    }
    double legendTop = top + titleLines.size() * (titleSize + 5) + 4;
    for (Legend.Entry entry : legend.entries()) {
      svg.rectangle("node " + ink(entry.label()), left + entry.left(), legendTop + entry.top() + 2, SWATCH, SWATCH);
      svg.text("text", Style.TEXT, "start", left + entry.left() + 25, legendTop + entry.top() + 13, entry.label());
    }
    svg.add("<g transform=\"translate(%s %s) scale(%.3f)\">",
        Svg.number(left + (width - layout.width * scale) / 2), Svg.number(top + header), scale);
    Map<DagLayout.Place, double[]> edges = new HashMap<>(); // top and bottom of each
    double y = 1;
    for (List<DagLayout.Place> layer : layout.layers) {
      double whole = height(layer);
      for (DagLayout.Place place : layer) {
        double own = place.node == null ? whole : height(place);
        edges.put(place, new double[] {y + (whole - own) / 2, y + (whole + own) / 2});
      }
      y += whole + BETWEEN;
    }
    Map<List<DagLayout.Place>, Integer> drawn = new HashMap<>();
    layout.paths.forEach(path -> arrow(svg, path, drawn.merge(path.places(), 1, Integer::sum) - 1, edges));
    for (List<DagLayout.Place> layer : layout.layers) {
      layer.forEach(place -> box(svg, place, Objects.requireNonNull(edges.get(place))));
    }
    svg.add("</g>");
  }

  private String ink(String kind) {
    Ink ink = inks.get(kind);
    return ink == null ? "axis" : ink.color();
  }

  private void box(Svg svg, DagLayout.Place place, double[] edges) {
    if (place.node == null) {
      return;
    }
    svg.rectangle("page", place.x - place.width / 2, edges[0], place.width, edges[1] - edges[0]);
    svg.rectangle("node " + ink(place.node.kind()), place.x - place.width / 2, edges[0], place.width, edges[1] - edges[0]);
    List<String> lines = place.node.lines();
    for (int i = 0; i < lines.size(); i++) {
      svg.text(i == 0 ? "text title" : "text", Style.SMALL, "middle", place.x, edges[0] + MARGIN / 2 + (i + 0.77) * LINE, lines.get(i));
    }
  }

  /// Where on a box's side an arrow begins or ends: they fan out in the order of the boxes at their other ends.
  /// @param nth which of several arrows between these two
  private static double port(DagLayout.Place box, List<DagLayout.Place> others, DagLayout.Place other, int nth) {
    List<DagLayout.Place> sorted = others.stream().sorted((a, b) -> Double.compare(a.x, b.x)).toList();
    double room = Math.min(box.width - 2 * MARGIN, 26 * (sorted.size() - 1));
    return sorted.size() == 1 ? box.x : box.x - room / 2 + room * (sorted.indexOf(other) + nth) / (sorted.size() - 1);
  }

  private static void arrow(Svg svg, DagLayout.Path path, int nth, Map<DagLayout.Place, double[]> edges) {
    List<DagLayout.Place> places = path.places();
    DagLayout.Place first = places.getFirst();
    DagLayout.Place last = places.getLast();
    double x = port(first, first.below, places.get(1), nth);
    double y = Objects.requireNonNull(edges.get(first))[1];
    StringBuilder line = new StringBuilder("M" + at(x, y));
    double labelX = x;
    for (int i = 1; i < places.size(); i++) {
      DagLayout.Place place = places.get(i);
      boolean end = place == last;
      double toX = end ? port(last, last.above, places.get(i - 1), nth) : place.x;
      double toY = Objects.requireNonNull(edges.get(place))[0] - (end ? HEAD : 0);
      double middle = (y + toY) / 2;
      line.append('C').append(at(x, middle)).append(' ').append(at(toX, middle)).append(' ').append(at(toX, toY));
      labelX = i == 1 ? (x + toX) / 2 : labelX;
      x = toX;
      y = Objects.requireNonNull(edges.get(place))[1];
      if (!end) {
        line.append('L').append(at(x, y));
      } else {
        svg.path("line level", line);
        svg.path("faint", "M" + at(toX, toY + HEAD) + "L" + at(toX - HEAD / 2, toY) + "L" + at(toX + HEAD / 2, toY) + "Z");
      }
    }
    if (!path.edge().label().isBlank()) {
      svg.text("faint halo", Style.SMALL - 1, "middle", labelX, Objects.requireNonNull(edges.get(first))[1] + BETWEEN / 2 + 3,
          path.edge().label());
    }
  }

  private static String at(double x, double y) {
    return Svg.number(x) + " " + Svg.number(y);
  }
}
