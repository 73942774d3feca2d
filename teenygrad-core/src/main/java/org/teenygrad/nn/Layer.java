package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// A module that makes one tensor of one tensor; what [Sequential] chains. A function such as `Tensor::relu` is one too.
@FunctionalInterface
public interface Layer extends Module {
  Tensor forward(Tensor x);
}
