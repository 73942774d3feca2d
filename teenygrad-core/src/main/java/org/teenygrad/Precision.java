package org.teenygrad;

import java.util.function.UnaryOperator;

/// Floats of 16 and 8 bits are types to store: what has several steps, or adds many terms, computes in float32 and rounds
/// once, at its end, as PyTorch does.
final class Precision {
  private Precision() {}

  /// The type that values of `type` are computed in.
  static DType of(DType type) {
    return type.isNarrow() ? DType.FLOAT32 : type;
  }

  /// A tensor of a floating type wide enough to compute with.
  static Tensor widen(Tensor x) {
    Tensor floating = Operations.toFloating(x);
    return floating.cast(of(floating.dtype()));
  }

  /// A function of a floating tensor, computed in the wide type and rounded to the tensor's.
  static Tensor compute(Tensor x, UnaryOperator<Tensor> function) {
    return function.apply(widen(x)).cast(Operations.toFloating(x).dtype());
  }
}
