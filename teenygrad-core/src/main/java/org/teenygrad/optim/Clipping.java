package org.teenygrad.optim;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Placement;
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
    Tensor whole = null;
    Tensor terms = null; // of gradients that are spread over ranks
    for (Tensor gradient : gradients) {
      Tensor one = p == Double.POSITIVE_INFINITY ? gradient.abs().max() : powers(gradient).sum();
      if (one.placements().stream().anyMatch(Placement.Partial.class::isInstance)) {
        terms = joined(terms, one);
      } else {
        whole = joined(whole, one);
      }
    }
    Tensor all = terms == null ? whole : joined(whole, terms.gather());
    return all == null || p == 1 || p == Double.POSITIVE_INFINITY ? all : p == 2 ? all.sqrt() : all.pow(1 / p);
  }

  private Tensor joined(@Nullable Tensor all, Tensor one) {
    return all == null ? one : p == Double.POSITIVE_INFINITY ? all.maximum(one) : all.add(one);
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
