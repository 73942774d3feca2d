package org.teenygrad.engine.ir;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;

/// Tensors that hold one value everywhere. Their one form is EXPAND(RESHAPE(CONST)), without the steps that would change
/// nothing, so that equal ones are one node and rules find the constant at once.
public final class Uniform {
  private Uniform() {}

  /// A tensor full of `value`, rounded or wrapped to the type.
  public static OpNode of(DType dtype, Shape shape, Number value) {
    return broadcast(OpNode.constant(dtype, value), shape);
  }

  /// A tensor full of the value of a scalar.
  public static OpNode broadcast(OpNode scalar, Shape shape) {
    if (shape.rank() == 0) {
      return scalar;
    }
    int[] ones = new int[shape.rank()];
    Arrays.fill(ones, 1);
    OpNode corner = OpNode.of(OpCode.RESHAPE, Shape.of(ones), List.of(scalar));
    return corner.shape().equals(shape) ? corner : OpNode.of(OpCode.EXPAND, shape, List.of(corner));
  }

  /// The CONST whose value fills `node`, or null if `node` is not of the one form above.
  public static @Nullable OpNode constant(OpNode node) {
    OpNode below = node.is(OpCode.EXPAND) ? node.input(0) : node;
    below = below.is(OpCode.RESHAPE) ? below.input(0) : below;
    return below.is(OpCode.CONST) ? below : null;
  }
}
