package org.teenygrad.engine.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.engine.ir.OpCode.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Shape;

class DiagramTest {
  private final OpNode x = parameter(0, 2, 3);
  private final OpNode half = OpNode.of(EXPAND, Shape.of(2, 3), List.of(OpNode.of(RESHAPE, Shape.of(1, 1), List.of(OpNode.constant(DType.FLOAT32, 0.5)))));

  private static OpNode parameter(int slot, Integer... sizes) {
    return OpNode.create(PARAM, DType.FLOAT32, List.of(), new Param(slot, Shape.of(Arrays.stream(sizes).mapToInt(i -> i).toArray())));
  }

  private static OpNode transposed(OpNode node) {
    return OpNode.of(PERMUTE, List.of(1, 0), List.of(node));
  }

  /// A matrix product without bias, as tensors build it.
  private static OpNode linear(OpNode x, OpNode weight) {
    int rows = x.shape().size(0);
    int in = x.shape().size(1);
    int out = weight.shape().size(0);
    OpNode left = OpNode.of(EXPAND, Shape.of(rows, out, in), List.of(OpNode.of(RESHAPE, Shape.of(rows, 1, in), List.of(x))));
    OpNode right = OpNode.of(EXPAND, Shape.of(rows, out, in), List.of(OpNode.of(RESHAPE, Shape.of(1, out, in), List.of(weight))));
    OpNode sum = OpNode.of(REDUCE, new Reduction(ADD, List.of(2)), List.of(OpNode.of(MUL, left, right)));
    return OpNode.of(RESHAPE, Shape.of(rows, out), List.of(sum));
  }

  private static String draw(OpNode root) {
    return new Diagram(Map.of(), node -> null, false).of(List.of(root));
  }

  @Test
  void drawsNodesWithTheTextThatIsAsked() {
    OpNode sum = OpNode.of(REDUCE, new Reduction(ADD, List.of(1)), List.of(OpNode.of(EXP, x)));
    String dot = new Diagram(Map.of(), node -> node == x ? "value \"2\"\ngrad 0" : null, false).of(List.of(sum));
    assertThat(dot)
        .startsWith("digraph teenygrad {")
        .contains("n0 [label=\"PARAM slot 0\\nfloat32 (2, 3)\\nvalue \\\"2\\\"\\ngrad 0\"", "n1 [label=\"EXP\\nfloat32 (2, 3)\"", "n2 [label=\"REDUCE ADD over [1]\\nfloat32 (2, 1)\"", "n0 -> n1;", "n1 -> n2;")
        .endsWith("}\n");
  }

  @Test
  void constantsStandWhereTheyAreRead() {
    assertThat(draw(OpNode.of(MUL, OpNode.of(SUB, half, x), half))).contains("\"SUB 0.5, ·\\n", "\"MUL ·, 0.5\\n").doesNotContain("CONST", "EXPAND");
  }

  @Test
  void viewsAreFoldedIntoTheArrowsThatPassThem() {
    OpNode root = OpNode.of(EXP, transposed(x));
    assertThat(draw(root)).contains("n0 -> n1 [label=\"permute\"];").doesNotContain("PERMUTE");
    assertThat(new Diagram(Map.of(), node -> null, true).of(List.of(root))).contains("PERMUTE [1, 0]", "n0 -> n1;", "n1 -> n2;");
  }

  @Test
  void aViewThatIsTheResultIsDrawn() {
    assertThat(draw(transposed(x))).contains("PERMUTE [1, 0]", "n0 -> n1;");
  }

  @Test
  void aProductThatIsSummedIsOneBox() {
    assertThat(draw(OpNode.of(EXP, linear(x, parameter(1, 4, 3))))).contains("\"MUL, REDUCE ADD over [2]\\nfloat32 (2, 4, 1)\"").doesNotContain("\"MUL\\n");
  }

  @Test
  void kindsOfOperationsHaveColours() {
    List<String> colours = new ArrayList<>();
    draw(OpNode.of(REDUCE, new Reduction(MAX, List.of(1)), List.of(OpNode.of(EXP, x)))).lines()
        .filter(line -> line.strip().startsWith("n") && line.contains("fillcolor"))
        .forEach(line -> colours.add(line.replaceAll(".*fillcolor=\"(#\\w+)\".*", "$1")));
    assertThat(colours).hasSize(3).doesNotHaveDuplicates();
  }

  /// An embedding, added to what up, exp and down make of it; then a norm, whose parameter comes last.
  @Test
  void modulesAreFramesAroundWhatLiesBetweenTheirParameters() {
    OpNode up = parameter(1, 4, 3);
    OpNode down = parameter(2, 3, 4);
    OpNode scale = parameter(3, 2, 3);
    OpNode embedded = OpNode.of(COS, x);
    OpNode activation = OpNode.of(EXP, linear(embedded, up));
    OpNode stream = OpNode.of(ADD, embedded, linear(activation, down));
    OpNode largest = OpNode.of(EXPAND, Shape.of(2, 3), List.of(OpNode.of(REDUCE, new Reduction(MAX, List.of(1)), List.of(stream))));
    OpNode result = OpNode.of(SIN, OpNode.of(MUL, OpNode.of(SUB, stream, largest), scale));
    List<OpNode> nodes = Graph.topological(List.of(result)).stream().filter(node -> !node.op().isMovement()).toList();
    Clusters clusters = new Clusters(
        nodes,
        node -> node.inputs().stream().map(DiagramTest::source).toList(),
        Map.of(x, "wte.weight", up, "h.0.mlp.up.weight", down, "h.0.mlp.down.weight", scale, "norm.weight"));
    assertThat(clusters.of(x)).containsExactly("wte");
    assertThat(clusters.of(embedded)).containsExactly("wte");
    assertThat(clusters.of(up)).containsExactly("h.0", "mlp", "up");
    assertThat(clusters.of(activation)).containsExactly("h.0", "mlp");
    assertThat(clusters.of(source(linear(activation, down)).input(0))).containsExactly("h.0", "mlp", "down");
    assertThat(clusters.of(stream)).isEmpty();
    assertThat(clusters.of(largest.input(0))).containsExactly("norm");
    assertThat(clusters.of(result)).isEmpty();
    assertThat(new Diagram(Map.of(up, "h.0.mlp.up.weight", scale, "norm.weight"), node -> null, false).of(List.of(result)))
        .contains("subgraph \"cluster_h.0.mlp\" {", "label=\"h.0\"", "label=\"up\"", "\"h.0.mlp.up.weight\\nfloat32 (4, 3)\"");
  }

  private static OpNode source(OpNode node) {
    OpNode at = node;
    while (at.op().isMovement()) {
      at = at.input(0);
    }
    return at;
  }
}
