package org.teenygrad;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Which shape and type an operation on several tensors has: NumPy's broadcasting, PyTorch's promotion.
final class Broadcasting {
  private Broadcasting() {}

  /// The shape that all broadcast to: aligned at the last axis, sizes equal or 1.
  /// @throws IllegalArgumentException naming the operation, the shapes and the axis that does not fit
  static Shape shape(String operation, Shape... shapes) {
    int rank = Arrays.stream(shapes).mapToInt(Shape::rank).max().orElse(0);
    int[] sizes = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = 1;
      for (Shape shape : shapes) {
        int own = axis - (rank - shape.rank());
        int size = own < 0 ? 1 : shape.size(own);
        if (sizes[axis] != 1 && size != 1 && size != sizes[axis]) {
          throw new IllegalArgumentException(
              operation + ": shapes " + Arrays.stream(shapes).map(Shape::toString).collect(Collectors.joining(" and "))
                  + " do not broadcast: axis " + axis + " is " + sizes[axis] + " against " + size);
        }
        sizes[axis] = size == 1 ? sizes[axis] : size;
      }
    }
    return Shape.of(sizes);
  }

  /// The type that an operation on both computes in. As in PyTorch a scalar tensor does not widen a tensor with axes
  /// unless it is of a higher kind: bool, then integer, then floating.
  static DType type(Tensor a, Tensor b) {
    if ((a.rank() == 0) == (b.rank() == 0)) {
      return DType.promote(a.dtype(), b.dtype());
    }
    DType scalar = a.rank() == 0 ? a.dtype() : b.dtype();
    DType axes = a.rank() == 0 ? b.dtype() : a.dtype();
    return kind(scalar) > kind(axes) ? scalar : axes;
  }

  /// The type that an operation on a tensor and a Java number computes in: the tensor's, unless the number is of a
  /// higher kind: then float32 for `2.5` and int64 for `2`.
  static DType type(DType tensor, Number number) {
    if (tensor.isFloating() || (tensor.isInteger() && !isFloating(number))) {
      return tensor;
    }
    return isFloating(number) ? DType.FLOAT32 : DType.INT64;
  }

  static boolean isFloating(Number number) {
    return number instanceof Double || number instanceof Float;
  }

  private static int kind(DType type) {
    return type.isFloating() ? 2 : type.isInteger() ? 1 : 0;
  }
}
