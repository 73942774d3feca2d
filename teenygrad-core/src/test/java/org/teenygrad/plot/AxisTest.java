package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.plot.Axis.Tick;

class AxisTest {
  private static Stream<String> labels(Axis axis) {
    return axis.ticks().stream().map(Tick::label).filter(label -> !label.isEmpty());
  }

  private static Axis linear(int count, double... values) {
    return Axis.round(Scale.LINEAR, Range.of(DoubleStream.of(values), Scale.LINEAR), count);
  }

  private static Axis log(int count, double... values) {
    return Axis.round(Scale.LOG, Range.of(DoubleStream.of(values), Scale.LOG), count);
  }

  @Test
  void ticksAreRound() {
    assertThat(labels(linear(7, 1.43, 4.27))).containsExactly("1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5");
    assertThat(labels(linear(9, 0, 600_000))).containsExactly("0", "100k", "200k", "300k", "400k", "500k", "600k");
    assertThat(labels(linear(5, 1e-9, 2e-9))).containsExactly("1.0e-9", "1.2e-9", "1.4e-9", "1.6e-9", "1.8e-9", "2.0e-9");
    assertThat(labels(linear(5, -3e12, 2e12))).containsExactly("-3e12", "-2e12", "-1e12", "0", "1e12", "2e12");
  }

  @Test
  void aTickStandsWhereItsNumberIs() {
    Axis axis = Axis.exact(Scale.LINEAR, new Range(-1, 3), 4).between(100, 500);
    assertThat(axis.pixel(-1)).isEqualTo(100);
    assertThat(axis.pixel(2)).isEqualTo(400);
    assertThat(axis.value(200)).isEqualTo(0);
  }

  @Test
  void decadesStandAtEqualDistances() {
    Axis axis = log(8, 1, 1e4).between(0, 400);
    assertThat(axis.pixel(1)).isEqualTo(0);
    assertThat(axis.pixel(10)).isCloseTo(100, within(1e-9));
    assertThat(axis.pixel(1000)).isCloseTo(300, within(1e-9));
    assertThat(axis.value(250)).isCloseTo(Math.pow(10, 2.5), within(1e-6));
    assertThat(axis.pixel(0)).isNaN();
    assertThat(axis.pixel(-2)).isNaN();
    assertThat(labels(axis)).containsExactly("1", "10", "100", "1000", "10000");
  }

  @Test
  void fewDecadesHaveTicksBetweenThemAndManyHaveSomeOnly() {
    assertThat(labels(log(8, 0.3, 14))).containsExactly("0.2", "0.5", "1", "2", "5", "10", "20");
    assertThat(labels(log(8, 3, 4))).containsExactly("2.0", "2.5", "3.0", "3.5", "4.0", "4.5", "5.0");
    assertThat(labels(Axis.exact(Scale.LOG, new Range(1.55, 2.35), 8))).containsExactly("1.6", "1.7", "1.8", "1.9", "2.0", "2.1", "2.2", "2.3");
    assertThat(labels(log(4, 1e-12, 1))).containsExactly("10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰");
  }

  @ParameterizedTest
  @CsvSource({"7, 7", "0, 0", "-5, -5", "1e-300, 1e-300", "1e300, 1e300"})
  void oneValueHasAnAxis(double min, double max) {
    Axis axis = linear(6, min, max).between(0, 100);
    assertThat(axis.pixel(min)).isBetween(0.0, 100.0);
    assertThat(axis.ticks()).hasSizeBetween(2, 8);
  }

  @Test
  void nothingHasAnAxis() {
    assertThat(labels(linear(5))).startsWith("0.0").endsWith("1.0");
    assertThat(labels(linear(5, Double.NaN, Double.POSITIVE_INFINITY))).startsWith("0.0").endsWith("1.0");
    assertThat(labels(log(5, 0, -1))).startsWith("1").endsWith("10");
  }

  @Test
  void namesStandInTheMiddleOfCells() {
    Axis axis = Axis.of(List.of("a", "b", "c", "d")).between(0, 400);
    assertThat(axis.pixel(0)).isEqualTo(50);
    assertThat(axis.pixel(3)).isEqualTo(350);
    assertThat(axis.cell()).isEqualTo(100);
  }
}
