package org.teenygrad.exchange.onnx.export;

import org.teenygrad.DType;
import org.teenygrad.Shape;

/// A value of the graph that is made.
///
/// @param shape what it has: sizes of 1 where the tensor that it stands for repeats it, or no axis at all for one number that is everywhere
record Operand(String name, DType dtype, Shape shape) {
  int size(int axis) {
    return shape.size(axis);
  }

  int rank() {
    return shape.rank();
  }
}
