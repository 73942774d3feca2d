package org.teenygrad;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.teenygrad.engine.ir.Diagram;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.SourceLines;

/// The expression of a tensor, box by box, for whoever looks inside: its picture, and of any box the value, the gradient and the
/// line that made it. Values are computed when they are asked for, however large the expression is.
///
/// ```java
/// Tensor x = Tensor.of(2f).requiresGrad();
/// ExpressionView view = ExpressionView.of(x.square().mul(3));
/// view.dot().startsWith("digraph");   // true
/// view.value(0);                      // 2.0
/// view.gradient(0).orElseThrow();     // 12.0
/// ```
public final class ExpressionView {
  private final Tensor root;
  private final Diagram.Drawn drawn;

  private ExpressionView(Tensor root, Diagram.Drawn drawn) {
    this.root = root;
    this.drawn = drawn;
  }

  /// The expression of a tensor as it is now. Of a small one, values and gradients of all boxes are computed at once ([Tensor#toDot()]).
  public static ExpressionView of(Tensor tensor) {
    return of(tensor, Map.of());
  }

  /// As [#of(Tensor)], with names for parameters and a frame for each module that the names tell of ([Tensor#toDot(Map, boolean)]).
  /// @param names such as `h.0.attn.weight`
  public static ExpressionView of(Tensor tensor, Map<String, Tensor> names) {
    return new ExpressionView(tensor, Picture.drawn(tensor, names, false));
  }

  /// The picture, in Graphviz' language: boxes are named `n0`, `n1`, ... by their numbers.
  public String dot() {
    return drawn.dot();
  }

  /// How many boxes there are.
  public int size() {
    return drawn.boxes().size();
  }

  private OpNode node(int box) {
    List<OpNode> boxes = drawn.boxes();
    if (box < 0 || box >= boxes.size()) {
      throw new IllegalArgumentException("there is no box " + box + ": there are " + boxes.size());
    }
    return boxes.get(box);
  }

  /// What a box stands for.
  /// @throws IllegalArgumentException if there is no such box
  public Tensor value(int box) {
    return Tensor.wrap(node(box));
  }

  /// The derivative of the tensor with respect to a box; empty where the tensor is not one floating number, or the box leads to no
  /// parameter.
  /// @throws IllegalArgumentException if there is no such box
  public Optional<Tensor> gradient(int box) {
    boolean isDerivable = root.numel() == 1 && root.dtype().isFloating() && Leaves.isTracked(node(box));
    return isDerivable ? Optional.of(Gradient.of(root, Tensor.wrap(node(box)))) : Optional.empty();
  }

  /// The line of the program that made a box; empty where lines are not recorded ([SourceLines]).
  /// @throws IllegalArgumentException if there is no such box
  public Optional<StackTraceElement> line(int box) {
    return SourceLines.of(node(box));
  }
}
