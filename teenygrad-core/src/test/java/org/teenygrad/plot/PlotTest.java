package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.plot.Drawn.Area;
import org.teenygrad.plot.Drawn.Place;
import org.w3c.dom.Element;

class PlotTest {
  static Stream<Map.Entry<String, Figure>> samples() {
    return Samples.all().entrySet().stream();
  }

  @Test
  void pointsAreWhereTheirNumbersAre() {
    Drawn drawn = Drawn.of(Plot.of("").xRange(0, 10).yRange(-1, 1).points("p", new double[] {0, 5, 10}, new double[] {1, 0, -1}));
    Area area = drawn.area();
    assertThat(Drawn.places(drawn.paths("c0 dots").getFirst())).containsExactly(
        new Place(area.left(), area.top()), new Place((area.left() + area.right()) / 2, (area.top() + area.bottom()) / 2), new Place(area.right(), area.bottom()));
  }

  @Test
  void decadesAreAtEqualDistances() {
    Drawn drawn = Drawn.of(Plot.of("").logX().logY().xRange(1, 1e4).yRange(1, 100).line("l", new double[] {1, 10, 1e4, -1}, new double[] {1, 10, 100, 1}));
    Area area = drawn.area();
    assertThat(Drawn.places(drawn.paths("c0 line").getFirst())).hasSize(3).element(1).satisfies(place -> {
      assertThat(place.x()).isCloseTo(area.left() + (area.right() - area.left()) / 4, within(0.06));
      assertThat(place.y()).isCloseTo((area.top() + area.bottom()) / 2, within(0.06));
    });
  }

  /// Ticks of both axes stand beside their numbers.
  @Test
  void numbersStandAtTheirTicks() {
    Drawn drawn = Drawn.of(Plot.of("").logX().xRange(1, 1000).yRange(0, 4).line("", new double[0]));
    Area area = drawn.area();
    Element ten = drawn.all("text").stream().filter(text -> text.getTextContent().equals("10")).findFirst().orElseThrow();
    assertThat(Drawn.number(ten, "x")).isCloseTo(area.left() + (area.right() - area.left()) / 3, within(0.1));
    assertThat(drawn.paths("axis").getFirst()).contains("M" + ten.getAttribute("x") + " " + Svg.number(area.bottom()) + "v5");
  }

  @Test
  void whatIsNotFiniteBreaksALineAndALonePointIsADot() {
    Drawn drawn = Drawn.of(Plot.of("").line("l", new double[] {1, 2, Double.NaN, 4, Double.POSITIVE_INFINITY, 6, 7}));
    assertThat(drawn.paths("c0 line").getFirst().replaceAll("-?[\\d.]+ -?[\\d.]+", "")).isEqualTo("MLMh0ML");
  }

  @Test
  void layersOfOneLabelShareColourAndEntry() {
    Drawn drawn = Drawn.of(Plot.of("").line("a", new double[] {1, 2}).line("b", new double[] {2, 1})
        .band("a", new double[] {0, 1}, new double[] {0, 1}, new double[] {2, 3}).points("b", new double[] {1}, new double[] {1}));
    assertThat(drawn.paths("c0 band")).hasSize(1);
    assertThat(drawn.paths("c1 mark")).hasSize(2);
    assertThat(drawn.texts()).filteredOn(text -> text.equals("a") || text.equals("b")).containsExactly("a", "b");
  }

  @Test
  void anEmptyLabelHasAColourButNoEntry() {
    Drawn drawn = Drawn.of(Plot.of("").line("", new double[] {1, 2}).line("", new double[] {2, 1}));
    assertThat(drawn.paths("c0 line")).hasSize(1);
    assertThat(drawn.paths("c1 line")).hasSize(1);
  }

  @Test
  void equalScalesDrawCirclesRound() {
    double[] angle = Grid.between(0, 2 * Math.PI, 100);
    double[] xs = IntStream.range(0, 101).mapToDouble(i -> 3 * Math.cos(angle[i])).toArray();
    double[] ys = IntStream.range(0, 101).mapToDouble(i -> 3 * Math.sin(angle[i])).toArray();
    List<Place> circle = Drawn.places(Drawn.of(Plot.of("").equalScales().line("", xs, ys)).paths("c0 line").getFirst());
    double width = circle.stream().mapToDouble(Place::x).max().orElseThrow() - circle.stream().mapToDouble(Place::x).min().orElseThrow();
    double height = circle.stream().mapToDouble(Place::y).max().orElseThrow() - circle.stream().mapToDouble(Place::y).min().orElseThrow();
    assertThat(width).isGreaterThan(100).isCloseTo(height, within(0.3));
  }

  @Test
  void barsOfTwoLayersStandSideBySideOnZero() {
    Drawn drawn = Drawn.of(Plot.of("").yRange(-2, 2).bars("a", List.of("x", "y"), new double[] {1, -2}).bars("b", List.of("x", "y"), new double[] {2, Double.NaN}));
    Area area = drawn.area();
    double quarter = (area.right() - area.left()) / 4;
    double zero = (area.top() + area.bottom()) / 2;
    List<Place> first = Drawn.places(drawn.paths("c0 bar").getFirst());
    List<Place> second = Drawn.places(drawn.paths("c1 bar").getFirst());
    assertThat(first).hasSize(2);
    assertThat(second).hasSize(1);
    assertThat(first.getFirst().y()).isCloseTo(zero, within(0.1));
    assertThat(second.getFirst().x()).isCloseTo(area.left() + quarter, within(0.1));
    assertThat(second.getFirst().x() - first.getFirst().x()).isCloseTo(0.8 * quarter, within(0.1));
    assertThat(drawn.paths("c0 bar").getFirst()).contains("V" + Svg.number(area.bottom()) + "h");
  }

  /// A hundred of them have their names as two have, none on another.
  @ParameterizedTest
  @ValueSource(ints = {2, 100})
  void dotsStandInTheRowsOfTheirNames(int count) {
    List<String> names = IntStream.range(0, count).mapToObj(i -> "the dot in row " + i).toList();
    double[] values = Grid.between(0, 10, count - 1);
    Drawn drawn = Drawn.of(Plot.of("").xRange(0, 10).dots("a", names, values).dots("b", names, new double[count]));
    Area area = drawn.area();
    List<Place> dots = Drawn.places(drawn.paths("c0 dots").getFirst());
    List<Element> texts = drawn.all("text").stream().filter(text -> names.contains(text.getTextContent())).toList();
    assertThat(texts).extracting(Element::getTextContent).containsExactlyElementsOf(names);
    for (int i = 0; i < count; i++) {
      double row = area.top() + (area.bottom() - area.top()) * (i + 0.5) / count;
      assertThat(dots.get(i).y()).isCloseTo(row, within(0.1));
      assertThat(dots.get(i).x()).isCloseTo(area.left() + (area.right() - area.left()) * i / (count - 1), within(0.1));
      assertThat(Drawn.number(texts.get(i), "y")).isBetween(row, row + Style.SMALL / 2.0);
    }
    assertThat(Drawn.number(texts.get(1), "y") - Drawn.number(texts.get(0), "y")).isGreaterThan(Style.SMALL + 1);
  }

  /// The first names that are given, none of which lies on another.
  @Test
  void aCrowdOfPointsLeavesNamesOut() {
    Random random = new Random(3);
    double[] xs = random.doubles(400).toArray();
    double[] ys = random.doubles(400).toArray();
    List<String> names = IntStream.range(0, 400).mapToObj(i -> "the name of point " + i).toList();
    List<Element> shown = Drawn.of(Plot.of("").points("p", xs, ys, names)).all("text").stream().filter(text -> names.contains(text.getTextContent())).toList();
    assertThat(shown).hasSizeBetween(20, 150).first().extracting(Element::getTextContent).isEqualTo(names.getFirst());
    for (Element one : shown) {
      for (Element other : shown) {
        double apart = Math.abs(Drawn.number(one, "x") - Drawn.number(other, "x"));
        double above = Math.abs(Drawn.number(one, "y") - Drawn.number(other, "y"));
        assertThat(one == other || apart > 0.8 * Text.width("the name of point", Style.SMALL) || above > 0.8 * Style.SMALL).isTrue();
      }
    }
    assertThat(Drawn.of(Plot.of("").points("p", new double[] {1, 2}, new double[] {1, 2}, List.of("one", "two"))).texts()).contains("one", "two");
  }

  @Test
  void aRoofBendsAtItsRidge() {
    Drawn drawn = Drawn.of(Plot.of("").logX().logY().xRange(1, 100).yRange(1, 1000).roof("r", 10, 100));
    Area area = drawn.area();
    List<Place> roof = Drawn.places(drawn.paths("c0 line").getFirst());
    double middle = (area.left() + area.right()) / 2;
    double high = area.bottom() - (area.bottom() - area.top()) * 2 / 3;
    assertThat(roof.getFirst().y()).isCloseTo(area.bottom() - (area.bottom() - area.top()) / 3, within(0.1));
    assertThat(roof).filteredOn(place -> place.x() >= middle + 1).isNotEmpty().allSatisfy(place -> assertThat(place.y()).isCloseTo(high, within(0.1)));
    assertThat(roof).filteredOn(place -> place.x() <= middle - 1).allSatisfy(place -> assertThat(place.y()).isGreaterThan(high));
  }

  @Test
  void thinnedLinesKeepTheirPeaks() {
    double[] ys = new double[100_000];
    ys[31_415] = 7;
    ys[60_000] = -3;
    Drawn drawn = Drawn.of(Plot.of("").yRange(-3, 7).line("", ys));
    List<Place> line = Drawn.places(drawn.paths("c0 line").getFirst());
    assertThat(line).anyMatch(place -> place.y() == drawn.area().top()).anyMatch(place -> place.y() == drawn.area().bottom());
  }

  @Test
  void sizesAreBounded() {
    Random random = new Random(1);
    double[] many = random.doubles(300_000).toArray();
    double[] others = random.doubles(300_000).toArray();
    assertThat(Plot.of("").line("", many).toSvg().length()).isLessThan(100_000);
    assertThat(Plot.of("").line("", IntStream.range(0, 300_000).mapToDouble(i -> i % 2 == 0 ? Double.NaN : i).toArray()).toSvg().length()).isLessThan(100_000);
    assertThat(Plot.of("").points("", many, others).toSvg().length()).isLessThan(400_000);
    assertThat(Plot.of("").colored(many, others, many).toSvg().length()).isLessThan(400_000);
    assertThat(Plot.of("").line("", many, others).toSvg().length()).isLessThan(400_000);
    double[][] noise = IntStream.range(0, 900).mapToObj(i -> random.doubles(900).toArray()).toArray(double[][]::new);
    assertThat(Plot.of("").heatMap(noise).toSvg().length()).isLessThan(600_000);
    assertThat(Plot.of("").contours(Grid.of(Grid.between(0, 1, 899), Grid.between(0, 1, 899), noise), 0.5).toSvg().length()).isLessThan(1_000_000);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void noNumberIsMissing(Map.Entry<String, Figure> sample) {
    Drawn drawn = Drawn.of(sample.getValue());
    for (String tag : List.of("path", "text", "rect", "image", "svg")) {
      for (Element element : drawn.all(tag)) {
        for (String attribute : List.of("d", "x", "y", "width", "height", "transform", "font-size")) {
          assertThat(element.getAttribute(attribute)).doesNotContain("NaN", "Infinity");
        }
      }
    }
    assertThat(drawn.all("title")).hasSize(1);
  }

  /// By the widths of a wide font, also of what is turned.
  @ParameterizedTest
  @MethodSource("samples")
  void noTextLeavesThePicture(Map.Entry<String, Figure> sample) {
    Drawn drawn = Drawn.of(sample.getValue());
    double height = Drawn.number(drawn.document().getDocumentElement(), "height");
    for (Element text : drawn.all("text")) {
      for (Place corner : corners(text)) {
        assertThat(corner.x()).as(text.getTextContent()).isBetween(0.0, 800.0);
        assertThat(corner.y()).as(text.getTextContent()).isBetween(0.0, height);
      }
    }
  }

  private static List<Place> corners(Element text) {
    double size = Drawn.number(text, "font-size");
    double width = Text.width(text.getTextContent(), size);
    double from = switch (text.getAttribute("text-anchor")) {
      case "end" -> -width;
      case "middle" -> -width / 2;
      default -> 0;
    };
    double x;
    double y;
    double angle = 0;
    if (text.hasAttribute("transform")) {
      String[] numbers = text.getAttribute("transform").replaceAll("[^-\\d. ]", "").strip().split(" +");
      x = Double.parseDouble(numbers[0]);
      y = Double.parseDouble(numbers[1]);
      angle = Math.toRadians(Double.parseDouble(numbers[2]));
    } else {
      x = Drawn.number(text, "x");
      y = Drawn.number(text, "y");
    }
    List<Place> corners = new ArrayList<>();
    for (double across : new double[] {from, from + width}) {
      corners.add(new Place(x + across * Math.cos(angle), y + across * Math.sin(angle)));
    }
    return corners;
  }

  /// No entry of the legend is over another, or over the plot.
  @Test
  void longLabelsTakeRows() {
    Plot plot = Plot.of("");
    IntStream.range(0, 7).forEach(i -> plot.line("a label of some length, number " + i, new double[] {i, i + 1}));
    plot.line("a label that no row is wide enough for, so that it has to continue on another line below the one where it began, and there is room",
        new double[] {3, 3});
    Drawn drawn = Drawn.of(plot);
    List<Element> entries = drawn.all("text").stream().filter(text -> text.getAttribute("class").equals("text")).toList();
    assertThat(entries).hasSizeGreaterThanOrEqualTo(9);
    for (Element one : entries) {
      assertThat(Drawn.number(one, "y")).isLessThan(drawn.area().top());
      for (Element other : entries) {
        if (one != other && one.getAttribute("y").equals(other.getAttribute("y")) && Drawn.number(one, "x") <= Drawn.number(other, "x")) {
          assertThat(Drawn.number(one, "x") + Text.width(one.getTextContent(), Style.TEXT)).isLessThan(Drawn.number(other, "x"));
        }
      }
    }
  }

  @Test
  void textIsEscaped() {
    String text = "a < b & \"c\" > d\n\ud800 \u0001 \u00e4";
    Drawn drawn = Drawn.of(Plot.of(text).x(text).line(text, new double[] {1}).points("p", new double[] {0}, new double[] {0}, List.of(text)));
    String shown = "a < b & \"c\" > d\u240a\ufffd \u2401 \u00e4";
    assertThat(drawn.all("title").getFirst().getTextContent()).isEqualTo(shown);
    assertThat(drawn.texts()).contains(shown);
  }

  @Test
  void picturesDoNotFollowTheLocale() {
    Locale before = Locale.getDefault();
    Map<String, String> here = new TreeMap<>();
    Samples.all().forEach((name, figure) -> here.put(name, figure.toSvg()));
    try {
      for (String tag : List.of("de-DE", "ar-EG-u-nu-arab", "tr-TR")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        Samples.all().forEach((name, figure) -> assertThat(figure.toSvg()).as(name + " in " + tag).isEqualTo(here.get(name)));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void arraysAreCopied() {
    double[] ys = {1, 2, 3};
    Plot plot = Plot.of("").line("", ys).histogram("h", ys, 3).heatMap(new double[][] {ys});
    String before = plot.toSvg();
    ys[1] = 100;
    assertThat(plot.toSvg()).isEqualTo(before);
  }

  @Test
  void writesAFile(@TempDir Path folder) {
    Path file = folder.resolve("plot.svg");
    Plot.of("Lines").line("l", new double[] {1, 2}).write(file);
    assertThat(file).content().startsWith("<svg ").endsWith("</svg>\n");
  }

  static Stream<Map.Entry<String, ThrowingCallable>> refused() {
    Plot plot = Plot.of("");
    double[] two = {1, 2};
    double[] three = {1, 2, 3};
    return Map.<String, ThrowingCallable>of(
        "line 'l': 2 xs, but 3 values; each x needs one", () -> plot.line("l", two, three),
        "points 'p': 2 points, but 1 names; each point needs one", () -> plot.points("p", two, two, List.of("a")),
        "dots 'd': 2 values for the names [a]; each name needs one value, and all dots of a plot the same names", () -> plot.dots("d", List.of("a"), two),
        "heatMap: a matrix of (1, 2), but names for 1 rows and 1 columns", () -> plot.heatMap(new double[][] {two}, List.of("a"), List.of("b")),
        "heatMap: 2 rows, the first of 2; there must be one or more, of one length, and not empty", () -> plot.heatMap(new double[][] {two, three}),
        "histogram 'h': 0 bins; there must be 1 or more", () -> plot.histogram("h", two, 0),
        "xRange: from 2.0 to 1.0; both must be finite, and the first the less", () -> plot.xRange(2, 1),
        "xRange: from 0.0 on a logarithmic axis; it must begin above 0", () -> Plot.of("").logX().xRange(0, 1).toSvg(),
        "roof 'r': slope 0.0, height 1.0; both must be positive numbers", () -> plot.roof("r", 0, 1),
        "Panels: 0 plots in 2 columns; there must be 1 plot or more, and 1 to 20 columns", () -> Panels.of("", 2)).entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusalsSayWhatWouldWork(Map.Entry<String, ThrowingCallable> refused) {
    assertThatThrownBy(refused.getValue()).isInstanceOf(IllegalArgumentException.class).hasMessage(refused.getKey());
  }
}
