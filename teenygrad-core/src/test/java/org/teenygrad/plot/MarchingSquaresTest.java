package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarchingSquaresTest {
  @Test
  void aCircleHasItsRadiusAndIsClosed() {
    Grid grid = Grid.of(-3, 3, -2, 4, 120, (x, y) -> x * x + (y - 1) * (y - 1));
    List<double[][]> lines = MarchingSquares.lines(grid, 4);
    assertThat(lines).hasSize(1);
    double[] xs = lines.getFirst()[0];
    double[] ys = lines.getFirst()[1];
    double length = 0;
    for (int i = 0; i < xs.length; i++) {
      assertThat(Math.hypot(xs[i], ys[i] - 1)).isCloseTo(2, within(1e-3));
      length += i == 0 ? 0 : Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]);
    }
    assertThat(length).isCloseTo(4 * Math.PI, within(0.01));
    assertThat(xs[0]).isEqualTo(xs[xs.length - 1]);
    assertThat(ys[0]).isEqualTo(ys[ys.length - 1]);
  }

  @Test
  void aLineGoesFromBorderToBorder() {
    List<double[][]> lines = MarchingSquares.lines(Grid.of(0, 10, 0, 5, 7, (x, y) -> x + 2 * y), 6);
    assertThat(lines).hasSize(1);
    double[] xs = lines.getFirst()[0];
    double[] ys = lines.getFirst()[1];
    for (int i = 0; i < xs.length; i++) {
      assertThat(xs[i] + 2 * ys[i]).isCloseTo(6, within(1e-12));
    }
    assertThat(List.of(xs[0], xs[xs.length - 1])).containsExactlyInAnyOrder(0.0, 6.0);
  }

  @Test
  void aSaddleIsConnectedAsItsMiddleSays() {
    double[] places = {0, 1};
    // high at two opposite corners: with a high middle the lines cut off the low corners, and the other way round
    for (double high : new double[] {1, 3}) {
      List<double[][]> lines = MarchingSquares.lines(Grid.of(places, places, new double[][] {{high, 0}, {0, high}}), 1 - 1e-9);
      assertThat(lines).hasSize(2);
      boolean middleIsHigh = high / 2 >= 1 - 1e-9;
      for (double[][] line : lines) {
        double x = (line[0][0] + line[0][1]) / 2;
        double y = (line[1][0] + line[1][1]) / 2;
        assertThat(Math.signum((x - 0.5) * (y - 0.5))).isEqualTo(middleIsHigh ? -1 : 1);
      }
    }
  }

  @Test
  void whatIsNotFiniteCutsALine() {
    Grid hole = Grid.of(-2, 2, -2, 2, 40, (x, y) -> x > 0.5 && Math.abs(y) < 0.3 ? Double.NaN : x * x + y * y);
    List<double[][]> lines = MarchingSquares.lines(hole, 1);
    assertThat(lines).hasSize(1);
    double[] ys = lines.getFirst()[1];
    assertThat(Math.abs(ys[0] - ys[ys.length - 1])).isBetween(0.6, 1.0);
  }

  @Test
  void nothingIsDrawnWhereTheLevelIsNot() {
    assertThat(MarchingSquares.lines(Grid.of(0, 1, 0, 1, 10, (x, y) -> x), 2)).isEmpty();
  }

  @Test
  void contoursAreDrawnWhereTheirCoordinatesAre() {
    Grid grid = Grid.of(-2, 2, -1, 1, 100, (x, y) -> x * x + 4 * y * y);
    Drawn drawn = Drawn.of(Plot.of("").contours(grid, 1));
    Drawn.Area area = drawn.area();
    List<Drawn.Place> line = Drawn.places(drawn.paths("level line").getFirst());
    double quarter = (area.right() - area.left()) / 4;
    assertThat(line.stream().mapToDouble(Drawn.Place::x).min().orElseThrow()).isCloseTo(area.left() + quarter, within(0.2));
    assertThat(line.stream().mapToDouble(Drawn.Place::x).max().orElseThrow()).isCloseTo(area.right() - quarter, within(0.2));
    assertThat(drawn.texts()).contains("1");
  }
}
