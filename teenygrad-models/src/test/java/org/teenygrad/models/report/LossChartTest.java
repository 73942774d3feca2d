package org.teenygrad.models.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.models.report.LossChart.Point;
import org.w3c.dom.Document;
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
    var chart = new LossChart("loss", falling(2000), List.of(new Point(0, 4), new Point(1999, 1.5)));
    var document = parse(chart.toSvg());
    assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(2);
    assertThat(chart.toSvg()).contains("validation (1.5000)", "moving average", "prefers-color-scheme");
  }

  @Test
  void staysSmallForLongRuns() {
    var chart = new LossChart("loss", falling(600_000), List.of());
    assertThat(chart.toSvg().length()).isLessThan(100_000);
  }

  @Test
  void survivesRunsWithoutANumber() throws Exception {
    for (var train :
        List.of(List.<Point>of(), falling(1), List.of(new Point(0, Double.NaN), new Point(1, 2)))) {
      var svg = new LossChart("a < b & c", train, List.of(new Point(0, Double.POSITIVE_INFINITY))).toSvg();
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
  void ticksAreRound() {
    var axis = Axis.of(DoubleStream.of(1.43, 4.27), 7, 0, 100);
    assertThat(axis.ticks().stream().map(axis::label))
        .containsExactly("1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5");
    var long_ = Axis.of(DoubleStream.of(0, 600_000), 9, 0, 100);
    assertThat(long_.ticks().stream().map(long_::label))
        .containsExactly("0", "100k", "200k", "300k", "400k", "500k", "600k");
  }

  @Test
  void writesAFile(@TempDir Path folder) {
    var file = folder.resolve("loss.svg");
    new LossChart("loss", falling(10), List.of()).write(file);
    assertThat(file).content().startsWith("<svg ").endsWith("</svg>\n");
  }
}
