package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BinsTest {
  @Test
  void countsWhatFallsBetweenEdges() {
    double[] values = {0, 0.5, 1, 1.5, 2, 3, 4, Double.NaN, Double.NEGATIVE_INFINITY};
    Bins bins = Bins.of(values, new Range(0, 4), Scale.LINEAR, 4, false);
    assertThat(bins.edges()).containsExactly(0, 1, 2, 3, 4);
    assertThat(bins.heights()).containsExactly(2, 2, 1, 2);
  }

  @Test
  void aDensityHasAnAreaOfOne() {
    for (Scale scale : Scale.values()) {
      Bins bins = Bins.of(new double[] {1, 2, 3, 50, 100}, new Range(1, 100), scale, 7, true);
      double area = IntStream.range(0, 7).mapToDouble(i -> bins.heights()[i] * (bins.edges()[i + 1] - bins.edges()[i])).sum();
      assertThat(area).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void logarithmicBinsHaveOneFactor() {
    Bins bins = Bins.of(new double[] {1, 9, 11, 99, 1000}, new Range(1, 1000), Scale.LOG, 3, false);
    assertThat(bins.edges()[1]).isCloseTo(10, within(1e-9));
    assertThat(bins.heights()).containsExactly(2, 2, 1);
  }

  @Test
  void oneValueIsInOneBin() {
    assertThat(Bins.of(new double[] {3, 3}, new Range(3, 3), Scale.LINEAR, 5, false).heights()).containsExactly(0, 0, 2, 0, 0);
    assertThat(Bins.of(new double[] {3, 3}, new Range(3, 3), Scale.LOG, 5, false).heights()).containsExactly(0, 0, 2, 0, 0);
  }

  @Test
  void noValueIsInNoBin() {
    assertThat(Bins.of(new double[0], new Range(0, 1), Scale.LINEAR, 2, true).heights()).containsOnly(Double.NaN);
    assertThat(Bins.of(new double[0], new Range(0, 1), Scale.LINEAR, 2, false).heights()).containsExactly(0, 0);
  }

  /// Both histograms of a plot have the same edges, so that their heights can be compared.
  @Test
  void histogramsOfAPlotShareTheirRange() {
    Drawn drawn = Drawn.of(Plot.of("").histogram("a", new double[] {0, 1}, 2).histogram("b", new double[] {3, 4}, 2));
    String first = drawn.paths("c0 line edge").getFirst();
    String second = drawn.paths("c1 line edge").getFirst();
    assertThat(first.replaceAll("V[\\d.]+", "")).isEqualTo(second.replaceAll("V[\\d.]+", ""));
    assertThat(first).isNotEqualTo(second);
  }
}
