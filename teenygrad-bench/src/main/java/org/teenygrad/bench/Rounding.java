package org.teenygrad.bench;

/// The largest relative errors that are right.
final class Rounding {
  /// Rounding to bfloat16 alone makes a relative error of 0.0017 (8 bits, uniformly spread).
  static final double ONCE = 0.004;

  /// Attention's weights are rounded on the way, too; and its backward pass subtracts what is nearly equal.
  static final double TWICE = 0.01;

  static final double OFTEN = 0.02;
  static final double FLOAT32 = 1e-5;

  /// Of factors of matrices, which multiplied give the matrix.
  static final double FLOAT64 = 1e-12;

  /// Two factors with 11 bits: a relative error of 0.0003.
  static final double TF32 = 0.001;

  /// A gradient through all layers in bfloat16.
  static final double MODEL = 0.05;

  private Rounding() {}
}
