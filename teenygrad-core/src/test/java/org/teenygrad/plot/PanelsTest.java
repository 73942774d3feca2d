package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.plot.Drawn.Area;

class PanelsTest {
  @Test
  void areasOfARowBeginAtOneHeightAndDoNotTouch() {
    Plot one = Plot.of("one").line("a", new double[] {1, 2});
    Plot two = Plot.of("a title that is much too long for one line of a panel that is only half as wide as the picture").line("b", new double[] {1000, 2})
        .line("a long label that takes a row of its own in the legend", new double[] {1, 1});
    Plot three = Plot.of("three").y("y").line("c", new double[] {1, 2});
    List<Area> areas = Drawn.of(Panels.of("all", 2, one, two, three)).areas();
    assertThat(areas).hasSize(3);
    assertThat(areas.get(0).top()).isEqualTo(areas.get(1).top());
    assertThat(areas.get(0).right()).isLessThan(areas.get(1).left());
    assertThat(areas.get(0).bottom()).isLessThan(areas.get(2).top());
    assertThat(areas.get(1).right()).isLessThanOrEqualTo(800);
  }

  @Test
  void aPanelIsThePlotOfItsOwn() {
    Drawn drawn = Drawn.of(Panels.of("", 10, Plot.of("0").gray(new double[][] {{0, 1}}), Plot.of("1").gray(new double[][] {{1, 0}})));
    assertThat(drawn.images()).hasSize(2);
    assertThat(drawn.images().get(0).pixels().getRGB(0, 0)).isEqualTo(0xff000000);
    assertThat(drawn.images().get(1).pixels().getRGB(0, 0)).isEqualTo(0xffffffff);
    assertThat(drawn.texts()).containsExactly("0", "1");
  }
}
