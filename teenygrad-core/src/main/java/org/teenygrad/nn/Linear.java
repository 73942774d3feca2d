package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// `x Wᵀ + b`: PyTorch's `nn.Linear`.
///
/// @param weight (out, in)
/// @param bias (out), or null
public record Linear(Tensor weight, @Nullable Tensor bias) implements Layer {
  /// With bias, both uniform in ±1/sqrt(in), as PyTorch starts them.
  public static Linear of(int in, int out) {
    return of(in, out, true);
  }

  /// As [#of(int, int)], with or without bias.
  public static Linear of(int in, int out, boolean bias) {
    double bound = 1 / Math.sqrt(Math.max(1, in));
    Init init = Init.uniform(-bound, bound);
    return of(in, out, init, bias ? init : null);
  }

  /// @param bias null for no bias
  public static Linear of(int in, int out, Init weight, @Nullable Init bias) {
    return new Linear(weight.parameter(out, in), bias == null ? null : bias.parameter(out));
  }

  /// @param x (..., in)
  /// @return (..., out)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.linear(weight, bias));
  }

  @Override
  public String toString() {
    return tree();
  }
}
