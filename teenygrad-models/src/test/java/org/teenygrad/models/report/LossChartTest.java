package org.teenygrad.models.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.models.report.LossChart.Point;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class LossChartTest {

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static List<Point> falling(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Point(i, 1 + 3 / (1 + i / 100.0))).toList();
  }

  @Test
  void drawsThreeCurvesAndAPointForEachEvaluation() throws Exception {
    var svg = new LossChart("loss", falling(2000), List.of(new Point(0, 4), new Point(1999, 1.5))).plot().toSvg();
    var paths = parse(svg).getElementsByTagName("path");
    var drawn = IntStream.range(0, paths.getLength()).mapToObj(i -> (Element) paths.item(i)).toList();
    assertThat(drawn).filteredOn(path -> path.getAttribute("class").equals("c0 line thin")).isNotEmpty();
    assertThat(drawn).filteredOn(path -> path.getAttribute("class").equals("c0 line")).isNotEmpty();
    assertThat(drawn).filteredOn(path -> path.getAttribute("class").equals("c1 mark")).first()
        .satisfies(markers -> assertThat(markers.getAttribute("d").chars().filter(c -> c == 'M').count()).isEqualTo(2));
    assertThat(svg).contains("validation (1.5000)", "moving average");
  }

  @Test
  void staysSmallForLongRuns() {
    var chart = new LossChart("loss", falling(600_000), List.of());
    assertThat(chart.plot().toSvg().length()).isLessThan(100_000);
  }

  @Test
  void survivesRunsWithoutANumber() throws Exception {
    for (var train :
        List.of(List.<Point>of(), falling(1), List.of(new Point(0, Double.NaN), new Point(1, 2)))) {
      var svg = new LossChart("a < b & c", train, List.of(new Point(0, Double.POSITIVE_INFINITY))).plot().toSvg();
      parse(svg);
      assertThat(svg).contains("a &lt; b &amp; c").doesNotContain("NaN,").doesNotContainPattern("d=\"[^\"]*(NaN|Inf)");
    }
  }

  @Test
  void movingAverageFollowsAFallWithoutDelay() {
    var line = IntStream.range(0, 1000).mapToObj(i -> new Point(i, 1000 - i)).toList();
    var average = LossChart.movingAverage(line);
    assertThat(average).hasSize(1000);
    for (int i = 0; i < 980; i++) {
      assertThat(average.get(i).loss()).isCloseTo(1000 - i, within(1e-9));
    }
    assertThat(average.getLast().loss()).isCloseTo(7, within(1e-9));
  }

  @Test
  void writesAFile(@TempDir Path folder) {
    var file = folder.resolve("loss.svg");
    new LossChart("loss", falling(10), List.of()).write(file);
    assertThat(file).content().startsWith("<svg ").endsWith("</svg>\n");
  }
}
