package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// `x Wᵀ + b`: PyTorch's `nn.Linear`.
///
/// @param weight (out, in)
/// @param bias (out), or null
/// @param float8 whether factors are rounded to 8 bits in training, see [#inFloat8]
public record Linear(Tensor weight, @Nullable Tensor bias, boolean float8) implements Layer {
  public Linear(Tensor weight, @Nullable Tensor bias) {
    this(weight, bias, false);
  }

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

  /// The same layer, whose factors are rounded to 8 bits in [Mode#TRAINING]: those of the product and of both of its derivatives,
  /// each scaled by its largest number (e4m3; gradients are e5m2). Weights stay as they are. From compute capability 8.9 on tensor
  /// cores multiply such numbers up to twice as fast as 16-bit ones; elsewhere the same is computed in float32. torchao's
  /// `Float8Linear`, nanochat's `--fp8`.
  /// ```java
  /// Linear.of(1024, 4096, false).inFloat8().forward(Tensor.ones(8, 1024)).shape();   // (8, 4096)
  /// ```
  public Linear inFloat8() {
    return new Linear(weight, bias, true);
  }

  /// @param x (..., in)
  /// @return (..., out)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, float8 && Mode.current() == Mode.TRAINING ? rounded(x) : x.linear(weight, bias));
  }

  private Tensor rounded(Tensor x) {
    Tensor y = Float8Product.INSTANCE.apply(x, weight);
    return bias == null ? y : y.add(bias.cast(y.dtype()));
  }

  @Override
  public String toString() {
    return tree();
  }
}
