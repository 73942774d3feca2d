package org.teenygrad.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Placement;
import org.teenygrad.Placement.Partial;
import org.teenygrad.Tensor;

/// Gradients brought down to a norm, that of all of them together.
///
/// @param p which norm; infinity for the largest element
record Clipping(double most, double p) {
  static final Clipping NONE = new Clipping(Double.POSITIVE_INFINITY, 2);

  boolean isNone() {
    return most == Double.POSITIVE_INFINITY;
  }

  /// A scalar; null of no gradients.
  @Nullable Tensor norm(List<Tensor> gradients) {
    boolean largest = p == Double.POSITIVE_INFINITY;
    Tensor all = total(gradients.stream().map(gradient -> largest ? gradient.abs().max() : powers(gradient).sum()).toList(), largest ? Tensor::maximum : Tensor::add);
    return all == null || p == 1 || largest ? all : p == 2 ? all.sqrt() : all.pow(1 / p);
  }

  /// All numbers as one; those of which each rank has a term, too, are exchanged as one; null of none.
  static @Nullable Tensor total(List<Tensor> numbers, BinaryOperator<Tensor> joined) {
    Map<List<Placement>, Tensor> alike = new LinkedHashMap<>();
    numbers.forEach(number -> alike.merge(number.placements().stream().anyMatch(Partial.class::isInstance) ? number.placements() : List.of(), number, joined));
    return alike.values().stream().map(Tensor::gather).reduce(joined).orElse(null);
  }

  private Tensor powers(Tensor gradient) {
    return p == 2 ? gradient.square() : p == 1 ? gradient.abs() : gradient.abs().pow(p);
  }

  /// What gradients of that norm are multiplied with. Detached, it is the end of the search for leaves below each parameter's new value,
  /// rather than a way to all gradients.
  Tensor factor(Tensor norm) {
    return norm.add(1e-6).rdiv(most).clampMax(1).detach();
  }
}
