package org.teenygrad.exchange.onnx.operators;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Losses of classifiers.
final class Losses {
  private Losses() {}

  static void addTo(OperatorTable table) {
    table.alike("NegativeLogLikelihoodLoss", 12, call -> loss(call, call.in(0)));
    table.several("SoftmaxCrossEntropyLoss", 12, call -> {
      Tensor logProbabilities = call.in(0).logSoftmax(1);
      return List.of(call.alike(loss(call, logProbabilities)), call.alike(logProbabilities));
    });
  }

  /// @param logProbabilities (batch, classes, ...)
  private static Tensor loss(Call call, Tensor logProbabilities) {
    Tensor targets = call.in(1).cast(DType.INT64);
    Tensor counted = call.hasAttribute("ignore_index") ? targets.ne(call.number("ignore_index")) : targets.onesLike(DType.BOOL);
    Tensor classes = counted.where(targets, targets.zerosLike());
    Tensor picked = logProbabilities.gather(1, classes.unsqueeze(1)).squeeze(1).neg();
    Tensor weight = weights(call.optional(2), classes, counted, logProbabilities.dtype());
    Tensor losses = picked.mul(weight);
    return switch (call.text("reduction", "mean")) {
      case "none" -> losses;
      case "sum" -> losses.sum();
      case "mean" -> losses.sum().div(weight.sum());
      default -> throw new IllegalArgumentException("there is no reduction '" + call.text("reduction", "") + "'");
    };
  }

  private static Tensor weights(@Nullable Tensor perClass, Tensor classes, Tensor counted, DType type) {
    return counted.cast(type).mul(perClass == null ? Tensor.full(Shape.SCALAR, 1, type) : perClass.index(classes));
  }
}
