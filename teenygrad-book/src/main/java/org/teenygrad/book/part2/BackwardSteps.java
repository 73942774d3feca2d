package org.teenygrad.book.part2;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Dag;
import org.teenygrad.plot.Panels;

/// The graph of d = exp(x1) sin(x2)^2, step by step: values from the inputs to d, then gradients from d back to the inputs.
@Section(number = "2.2", name = "backward-steps", title = "An expression graph fills with values, then with gradients: a frame a step")
public record BackwardSteps(@Help("the first input") double x1, @Help("the second input") double x2) implements Program {

  public BackwardSteps() {
    this(9, 10);
  }

  /// A node of the graph: what it is called, its tensor, and the numbers of those it is computed from.
  private record Node(String name, Tensor tensor, int... operands) {}

  @Override
  public void run(Page page) {
    Tensor a = Tensor.of(x1).requiresGrad();
    Tensor b = Tensor.of(x2).requiresGrad();
    Tensor exp = a.exp();
    Tensor sin = b.sin();
    Tensor square = sin.mul(sin);
    Tensor d = exp.mul(square);
    List<Node> nodes = List.of(new Node("x1", a), new Node("x2", b), new Node("exp", exp, 0), new Node("sin", sin, 1),
        new Node("square", square, 3, 3), new Node("mul", d, 2, 4));

    // The chain rule: a node's gradient is the sum, over its uses, of the user's gradient times the user's slope there.
    // Each may be asked for by itself; together they take one pass.
    List<Tensor> gradients = nodes.stream().map(node -> Gradient.of(d, node.tensor())).toList();
    Tensor.realize(gradients);

    List<Dag> frames = new ArrayList<>();
    frames.add(frame("0. inputs", nodes, gradients, 2, nodes.size()));
    for (int known = 3; known <= nodes.size(); known++) {
      frames.add(frame(frames.size() + ". value of " + nodes.get(known - 1).name(), nodes, gradients, known, nodes.size()));
    }
    for (int at = nodes.size() - 1; at >= 0; at--) {
      frames.add(frame(frames.size() + ". gradient of " + nodes.get(at).name(), nodes, gradients, nodes.size(), at));
    }
    page.say("d = exp(x1) sin(x2)^2 at x1 = %s, x2 = %s. Values, then gradients from the last node to the first:", x1, x2);
    page.table(List.of("node", "value", "gradient of d"), nodes.reversed().stream()
        .map(node -> List.of(node.name(), node.tensor().itemDouble(), gradients.get(nodes.indexOf(node)).itemDouble())).toList());
    page.say("sin is used twice, by both factors of its square: its gradient is the sum of two parts.");
    page.picture("backward-steps", Panels.of("Values go down (blue), gradients come back up (orange)", 4,
        frames.toArray(Dag[]::new))::write);
    double part = gradients.get(4).itemDouble() * sin.itemDouble();
    page.claim("gradient of sin, in parts that its uses hand back", gradients.get(3).itemDouble() / part).isNear(2, 1e-12);
    page.claim("dd/dx1 - d (an exponential is its own derivative), of d",
        (gradients.get(0).itemDouble() - d.itemDouble()) / d.itemDouble()).isNear(0, 1e-12);
    page.claim("dd/dx2 - d 2 cos(x2) / sin(x2), of dd/dx2",
        gradients.get(1).itemDouble() / (d.itemDouble() * 2 * Math.cos(x2) / Math.sin(x2)) - 1).isNear(0, 1e-12);
  }

  /// @param known how many nodes have values, from the first
  /// @param graded the first node that has a gradient
  private static Dag frame(String title, List<Node> nodes, List<Tensor> gradients, int known, int graded) {
    Dag dag = Dag.of(title).kinds("value", "gradient");
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      dag.node(node.name(), i >= graded ? "gradient" : i < known ? "value" : "", node.name(),
          i < known ? number(node.tensor()) : " ", i >= graded ? "grad " + number(gradients.get(i)) : " ");
      for (int operand : node.operands()) {
        dag.edge(nodes.get(operand).name(), node.name());
      }
    }
    return dag;
  }

  private static String number(Tensor tensor) {
    return new BigDecimal(tensor.itemDouble()).round(new MathContext(5)).stripTrailingZeros().toPlainString();
  }
}
