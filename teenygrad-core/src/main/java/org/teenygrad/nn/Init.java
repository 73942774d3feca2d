package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// How a parameter starts, given its shape.
///
/// ```java
/// Linear.of(768, 3072, Init.normal(0.02), Init.ZEROS);   // as GPT-2
/// ```
@FunctionalInterface
public interface Init {
  Init ZEROS = Tensor::zeros;
  Init ONES = Tensor::ones;

  Tensor draw(int... shape);

  /// Normally distributed around 0.
  static Init normal(double deviation) {
    return shape -> Tensor.normal(0, deviation, shape);
  }

  /// Uniform in [low, high).
  static Init uniform(double low, double high) {
    return shape -> Tensor.uniform(low, high, shape);
  }

  /// A parameter of its own: drawn, and asking for a gradient.
  default Tensor parameter(int... shape) {
    return draw(shape).requiresGrad();
  }
}
