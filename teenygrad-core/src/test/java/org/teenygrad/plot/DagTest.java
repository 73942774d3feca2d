package org.teenygrad.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DagTest {
  private static Dag of(String... keys) {
    Dag dag = Dag.of("graph");
    for (String key : keys) {
      dag.node(key, "", key);
    }
    return dag;
  }

  private static DagLayout layout(Dag dag) {
    return new DagLayout(dag, dag.nodes().stream().collect(Collectors.toMap(Dag.Node::key, node -> 50.0)));
  }

  private static List<List<String>> layers(DagLayout layout) {
    return layout.layers.stream().map(layer -> layer.stream().map(place -> place.node == null ? "|" : place.node.key()).toList()).toList();
  }

  @Test
  void nodesStandBelowAllThatPointToThem() {
    Dag dag = of("d", "x1", "x2", "exp", "sin", "square").edge("x1", "exp").edge("x2", "sin").edge("sin", "square").edge("exp", "d").edge("square", "d");
    assertThat(layers(layout(dag))).containsExactly(List.of("x1", "x2"), List.of("exp", "sin"), List.of("|", "square"), List.of("d"));
  }

  @Test
  void whatNothingPointsToStandsRightAboveItsFirstUser() {
    Dag dag = of("x", "a", "b", "c").edge("x", "a").edge("a", "b").edge("c", "b");
    assertThat(layers(layout(dag))).containsExactly(List.of("x"), List.of("a", "c"), List.of("b"));
  }

  @Test
  void arrowsOfCrossedPairsAreUncrossed() {
    Dag dag = of("a", "b", "c", "C", "B", "A").edge("a", "A").edge("b", "B").edge("c", "C");
    List<List<String>> layers = layers(layout(dag));
    assertThat(layers.get(1)).isEqualTo(layers.getFirst().stream().map(String::toUpperCase).toList());
  }

  @Test
  void boxesOfALayerStandApartAndUnderTheirNeighbours() {
    Dag dag = of("top", "a", "b", "c").edge("top", "a").edge("top", "b").edge("top", "c");
    DagLayout layout = layout(dag);
    double top = layout.layers.getFirst().getFirst().x;
    List<Double> x = layout.layers.getLast().stream().map(place -> place.x).toList();
    assertThat(x.get(1) - x.get(0)).isGreaterThanOrEqualTo(50);
    assertThat(x.get(2) - x.get(1)).isGreaterThanOrEqualTo(50);
    assertThat(top).isEqualTo(x.get(1));
    assertThat(layout.width).isEqualTo(x.get(2) + 25);
  }

  @Test
  void twoArrowsBetweenTwoBoxesAreTwo() {
    String svg = of("s", "square").edge("s", "square").edge("s", "square").toSvg();
    assertThat(svg.lines().filter(line -> line.startsWith("<path class=\"line level\"")).distinct()).hasSize(2);
  }

  @Test
  void kindsHaveColoursAndEntriesInTheLegend() {
    String svg = Dag.of("").kinds("never seen", "value", "gradient").node("a", "value", "a < 1", "9").node("b", "gradient", "b").edge("a", "b", "once").toSvg();
    assertThat(svg).contains("class=\"node c1\"", "class=\"node c2\"", ">gradient<", ">a &lt; 1<", ">once<");
  }

  @Test
  void wideGraphsAreDrawnSmaller() {
    Dag dag = of("root");
    for (int i = 0; i < 40; i++) {
      dag.node("leaf" + i, "", "leaf number " + i).edge("root", "leaf" + i);
    }
    assertThat(dag.toSvg()).containsPattern("scale\\(0\\.[12]");
  }

  @Test
  void standsBesidePlots() {
    assertThat(Panels.of("", 2, of("box"), Plot.of("line").line("", new double[] {1, 2})).toSvg()).contains(">box<", ">line<");
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> of("a").node("a", "", "again")).hasMessageContaining("'a'").hasMessageContaining("already");
    assertThatThrownBy(() -> of("a").node("b", "")).hasMessageContaining("no lines");
    assertThatThrownBy(() -> of("a").edge("a", "b")).hasMessageContaining("no node 'b'").hasMessageContaining("[a]");
    assertThatThrownBy(() -> of("a", "b").edge("a", "b").edge("b", "a").toSvg()).hasMessageContaining("circle");
  }
}
