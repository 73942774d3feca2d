package org.teenygrad.optim;

import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Numbers of steps that only the device knows.
final class Steps {
  private Steps() {}

  /// @param exponent float64
  static Tensor power(double base, Tensor exponent) {
    return Tensor.full(Shape.SCALAR, base, DType.FLOAT64).pow(exponent);
  }

  /// A number that changes from step to step, as data.
  static Tensor data(double value, Tensor step) {
    return Tensor.of(new double[] {value}, Shape.SCALAR, step.device());
  }
}
