package org.teenygrad.web.pieces;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.ExpressionView;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;

/// The expression of a number, to be stepped through: values from the inputs to the result, then gradients from the result back to the inputs.
///
/// ```java
/// Tensor x = Tensor.of(9.0).requiresGrad();
/// GraphSteps.of(x.exp().square());
/// ```
///
/// @param result the number
/// @param dot the expression with values and gradients
public record GraphSteps(Tensor result, String dot) implements Piece {
  private static final int MOST_BOXES = 64;

  /// The steps of an expression.
  /// @throws IllegalArgumentException if the tensor is not one number, or its expression has more than 64 boxes
  public static GraphSteps of(Tensor result) {
    ExpressionView view = ExpressionView.of(result);
    if (result.numel() != 1 || view.size() > MOST_BOXES) {
      throw new IllegalArgumentException("GraphSteps: a tensor of " + result.numel() + " numbers, of an expression of " + view.size() + " boxes; it takes one number and at most " + MOST_BOXES);
    }
    return new GraphSteps(result, view.dot());
  }

  /// The same with names in the boxes of parameters: a cell's variables.
  public GraphSteps named(Map<String, Tensor> names) {
    return new GraphSteps(result, ExpressionView.of(result, names).dot());
  }

  @Override
  public Map<String, @Nullable Object> told() {
    return Json.members("piece", "steps", "dot", dot);
  }

  @Override
  public String toString() {
    return "";
  }
}
