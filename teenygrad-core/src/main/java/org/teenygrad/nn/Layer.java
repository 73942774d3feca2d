package org.teenygrad.nn;

import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// A module that makes one tensor of one tensor; what [Sequential] chains. A function such as `Tensor::relu` is one too.
@FunctionalInterface
public interface Layer extends Module {
  Tensor forward(Tensor x);

  /// A table of what this layer makes of a float32 input of that shape, and what that costs: see [Module#summary].
  /// ```java
  /// System.out.println(Sequential.of(Linear.of(64, 8), Tensor::relu, Linear.of(8, 2)).summary(1, 64));
  /// // layer          output  parameters  FLOPs
  /// // Sequential     (1, 2)         538
  /// //   0: Linear    (1, 8)         520  1,032
  /// //   1: function
  /// //   2: Linear    (1, 2)          18     34
  /// // weights: 2.1 KiB
  /// // outputs of the layers: 0.0 KiB
  /// // forward: 2 kernels, 1.1 kFLOP
  /// // forward and backward: 5 kernels, 1.6 kFLOP
  /// ```
  default String summary(int... input) {
    return Module.summary(this, Layer::forward, DType.FLOAT32, input);
  }
}
