package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EqualScalesTest {
  /// The side upwards grows with the one to the right, and more numbers with more digits fit beside it.
  @Test
  void numbersBesideATallAreaAreWhole() {
    Grid circle = Grid.of(-1.6, 1.5, -1.7, 1.6, 20, Math::hypot);
    Plot plot = Plot.of("").y("second").equalScales().contours(circle, 1);
    assertThat(Panels.of("", 2, plot, plot).toSvg()).contains(">-1.5<", ">-0.5<").doesNotContain("…");
  }
}
