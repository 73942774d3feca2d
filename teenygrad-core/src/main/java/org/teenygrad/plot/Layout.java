package org.teenygrad.plot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// Where everything of one plot stands: on top its title and legend, then the area between the axes, with room for their numbers and names.
final class Layout implements Placed {
  /// Of every picture.
  static final double WIDTH = 800;

  /// Around all that is drawn.
  static final double PAGE = 16;

  private static final double AFTER = 18;
  private static final double LABEL = 22;
  private static final double TALLEST = 560;

  /// The height of a row with a name, and of all rows.
  private static final double ROW = 16;

  private static final double MOST_ROWS = 250 * ROW;
  private static final int MOST_X_TICKS = 10;
  private static final int MOST_Y_TICKS = 8;

  private final Plot plot;
  private final List<Layer> layers;
  private final boolean bare;
  private final List<String> titleLines;
  private final double titleSize;
  private final Map<String, Ink> inks = new LinkedHashMap<>();
  private final Legend legend;
  private final @Nullable ColorBar bar;
  private final double tickWidth;
  private final double before;
  private double areaWidth;
  private double areaHeight;
  private Axis x;
  private Axis y;
  private final NameTicks names;

  /// @param width of all, its margins included
  /// @param small whether it is one of several
  /// @throws IllegalArgumentException if a logarithmic axis shall begin at 0 or below
  Layout(Plot plot, double width, boolean small) {
    this.plot = plot;
    layers = plot.layers();
    bare = !layers.isEmpty() && layers.stream().allMatch(Pixels.class::isInstance);
    titleSize = !small ? 17 : width < 150 ? Style.SMALL : 14;
    titleLines = plot.title.isBlank() ? List.of() : Text.wrap(plot.title, titleSize * 1.05, width);
    layers.forEach(layer -> layer.labels().forEach(label -> inks.computeIfAbsent(label, key -> new Ink(inks.size()))));
    legend = Legend.of(inks.keySet().stream().filter(Plot::shown).toList(), width);
    bar = layers.stream().anyMatch(layer -> layer.shaded().findAny().isPresent()) ? new ColorBar(shades(), plot.colorLabel) : null;

    areaHeight = small ? Math.clamp(0.6 * width, 130, 380) : 380;
    y = yAxis(plot.equalScales ? MOST_Y_TICKS : yTicks()); // the height of equal scales is not known yet: room for the most digits
    tickWidth = Math.min(y.widestLabel(), Math.max(60, (plot.hasRows() ? 0.45 : 0.3) * width));
    double beside = bare ? 0 : tickWidth + 9 + (plot.yLabel.isBlank() ? 0 : LABEL);
    double after = bar != null ? bar.width() : bare ? 0 : AFTER;
    areaWidth = width - beside - after;
    x = xAxis(MOST_X_TICKS);
    before = Math.max(beside, NameTicks.of(x, areaWidth).overhang(x, areaWidth));
    areaWidth = width - before - after;
    size(small);
    names = NameTicks.of(x, areaWidth);
    y = yAxis(yTicks());
    x = fitting(this::xAxis);
  }

  private int yTicks() {
    return (int) Math.clamp(areaHeight / 42, 3, MOST_Y_TICKS);
  }

  /// The area, for data whose proportions matter.
  private void size(boolean small) {
    if (bare) {
      double ratio = y.cells() / x.cells();
      areaHeight = Math.min(areaWidth * ratio, small ? TALLEST : 420);
      areaWidth = areaHeight / ratio;
    } else if (plot.hasRows()) {
      areaHeight = Math.min(y.cells() * ROW, MOST_ROWS);
    } else if (plot.downwards) {
      double cell = Math.min(areaWidth / x.cells(), 90);
      areaWidth = cell * x.cells();
      areaHeight = Math.clamp(y.cells() * Math.min(cell, 34), 40, TALLEST);
    } else if (plot.equalScales) {
      Range across = margined(plot.xRange, xs());
      Range up = margined(plot.yRange, ys());
      double ratio = up.width() / across.width();
      double available = areaWidth;
      areaHeight = Math.clamp(available * ratio, 0.4 * available, Math.min(available, 500));
      areaWidth = Math.clamp(areaHeight / ratio, 0.4 * available, available);
    }
  }

  private DoubleStream xs() {
    return layers.stream().flatMapToDouble(Layer::xs);
  }

  private DoubleStream ys() {
    return layers.stream().flatMapToDouble(Layer::ys);
  }

  private boolean fills() {
    return layers.stream().anyMatch(Layer::fills);
  }

  private Axis xAxis(int ticks) {
    if (plot.equalScales && plot.xNames.isEmpty()) {
      double unit = Math.max(margined(plot.xRange, xs()).width() / areaWidth, margined(plot.yRange, ys()).width() / areaHeight);
      return Axis.exact(plot.xScale, around(margined(plot.xRange, xs()), unit * areaWidth), ticks);
    }
    return axis("x", plot.xNames, plot.xScale, plot.xRange, xs(), ticks);
  }

  private Axis yAxis(int ticks) {
    if (plot.equalScales && plot.yNames.isEmpty() && areaWidth > 0) {
      double unit = Math.max(margined(plot.xRange, xs()).width() / areaWidth, margined(plot.yRange, ys()).width() / areaHeight);
      return Axis.exact(plot.yScale, around(margined(plot.yRange, ys()), unit * areaHeight), ticks);
    }
    return axis("y", plot.yNames, plot.yScale, plot.yRange, ys(), ticks);
  }

  private Axis axis(String name, List<String> names, Scale scale, @Nullable Range given, DoubleStream data, int ticks) {
    if (given != null && !Double.isFinite(scale.of(given.min()))) {
      throw new IllegalArgumentException(name + "Range: from " + given.min() + " on a logarithmic axis; it must begin above 0");
    }
    if (!names.isEmpty()) {
      return Axis.of(names);
    }
    if (given != null) {
      return Axis.exact(scale, given, ticks);
    }
    Range range = Range.of(data, scale);
    return fills() ? Axis.exact(scale, range, ticks) : Axis.round(scale, range, ticks);
  }

  /// For axes of one scale: some room around data that does not fill the plane.
  private Range margined(@Nullable Range given, DoubleStream data) {
    if (given != null) {
      return given;
    }
    Range range = Range.of(data, Scale.LINEAR).spread();
    return fills() ? range : around(range, 1.08 * range.width());
  }

  private static Range around(Range range, double width) {
    double middle = (range.min() + range.max()) / 2;
    return new Range(middle - width / 2, middle + width / 2);
  }

  private Shades shades() {
    Range range = plot.colorRange != null ? plot.colorRange : Range.of(layers.stream().flatMapToDouble(Layer::shaded), Scale.LINEAR);
    if (plot.colors == ColorMap.DIVERGING && plot.colorRange == null) {
      double most = Math.max(Math.abs(range.min()), Math.abs(range.max()));
      range = most > 0 ? new Range(-most, most) : new Range(-1, 1);
    }
    return new Shades(plot.colors, range.spread());
  }

  /// The axis with the most ticks whose numbers do not touch.
  private Axis fitting(IntFunction<Axis> axis) {
    for (int count = MOST_X_TICKS; ; count--) {
      Axis tried = axis.apply(count).between(0, areaWidth);
      if (tried.named() || count <= 2 || tried.closest() >= 10) {
        return tried;
      }
    }
  }

  /// The height above the area.
  @Override
  public double header() {
    return titleLines.size() * (titleSize + 5) + (legend.height() > 0 ? legend.height() + 8 : 0) + (titleLines.isEmpty() || bare ? 2 : 10);
  }

  /// The height of the area and what is below.
  @Override
  public double body() {
    return areaHeight + (bare ? 0 : names.depth()) + (plot.xLabel.isBlank() ? 4 : LABEL);
  }

  /// What turns a place of the area into numbers, for pages on which a reader points at it: names and ends of both axes, where
  /// these are linear.
  private String axes() {
    boolean isLinear = !x.named() && !y.named() && x.scale() == Scale.LINEAR && y.scale() == Scale.LINEAR && !plot.downwards;
    return !isLinear || plot.xLabel.isBlank() || plot.yLabel.isBlank() ? ""
        : " data-x=\"%s\" data-x-from=\"%s\" data-x-to=\"%s\" data-y=\"%s\" data-y-from=\"%s\" data-y-to=\"%s\"".formatted(Svg.escape(plot.xLabel), x.first(), x.last(), Svg.escape(plot.yLabel), y.first(), y.last());
  }

  @Override
  public void draw(Svg svg, double left, double top, double header) {
    for (int i = 0; i < titleLines.size(); i++) {
      svg.text("text title", titleSize, "start", left, top + titleSize + i * (titleSize + 5) - 2, titleLines.get(i));
    }
    double areaTop = top + header;
    double areaLeft = left + before;
    Axis across = x.between(areaLeft, areaLeft + areaWidth);
    Axis up = plot.downwards ? y.between(areaTop, areaTop + areaHeight) : y.between(areaTop + areaHeight, areaTop);
    Frame frame = new Frame(across, up, shades(), layers.stream().anyMatch(Field.class::isInstance), inks,
        layers.stream().filter(Bars.class::isInstance).map(layer -> layer.labels().getFirst()).toList(),
        new PointLabels(areaLeft, areaTop, areaLeft + areaWidth, areaTop + areaHeight));
    AxisLines lines = new AxisLines(across, up, names, tickWidth);
    if (!fills()) {
      lines.grid(svg);
    }
    svg.clip(areaLeft, areaTop, areaWidth, areaHeight, axes());
    layers.forEach(layer -> layer.draw(svg, frame));
    svg.unclip();
    if (!bare) {
      lines.draw(svg);
      double middle = areaLeft + areaWidth / 2;
      svg.label("middle", middle, areaTop + areaHeight + names.depth() + 13, 0, plot.xLabel);
      svg.label("middle", areaLeft - tickWidth - 18, areaTop + areaHeight / 2, -90, plot.yLabel);
    } else {
      svg.label("start", areaLeft, areaTop + areaHeight + 15, 0, plot.xLabel);
    }
    layers.forEach(layer -> layer.mark(svg, frame));
    frame.labels().draw(svg);
    legend.draw(svg, layers, frame, left, top + titleLines.size() * (titleSize + 5) + 4);
    if (bar != null) {
      bar.draw(svg, areaLeft + areaWidth, areaTop, areaHeight);
    }
  }
}
