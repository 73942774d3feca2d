package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Diagonals, windows, padding with what is there, other image sizes, and what a condition selects.
sealed interface Arranging permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// Of a matrix the diagonal, a vector; of a vector the square matrix with that diagonal. PyTorch's `diag`.
  /// ```java
  /// Tensor.of(1f, 2f).diag();   // [[1. 0.]
  ///                             //  [0. 2.]]
  /// ```
  /// @throws IllegalArgumentException for other ranks
  default Tensor diag() {
    Tensor x = self();
    return switch (x.rank()) {
      case 1 -> {
        int n = x.size(0);
        yield Tensor.eye(n).cast(DType.BOOL).where(x.unsqueeze(1), x.unsqueeze(1).zerosLike());
      }
      case 2 -> diagonal();
      default -> throw new IllegalArgumentException("diag: is for vectors and matrices, not shape " + x.shape());
    };
  }

  /// The main diagonal of a matrix, a view. PyTorch's `diagonal`.
  /// ```java
  /// Tensor.arange(4).reshape(2, 2).diagonal();   // [0 3]
  /// ```
  default Tensor diagonal() {
    return diagonal(0, 0, 1);
  }

  /// The elements whose positions on two axes differ by `offset`, along a new last axis; the two axes disappear. A view.
  /// PyTorch's `diagonal`.
  /// @param offset position on the second axis minus position on the first
  /// @throws IllegalArgumentException if the two axes are one
  default Tensor diagonal(int offset, int first, int second) {
    Tensor x = self();
    int rows = x.shape().axis(first);
    int columns = x.shape().axis(second);
    if (rows == columns) {
      throw new IllegalArgumentException("diagonal: needs two axes of shape " + x.shape() + ", not " + first + " twice");
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
    order.removeAll(List.of(rows, columns));
    order.addAll(List.of(rows, columns));
    x = x.permute(order.stream().mapToInt(Integer::intValue).toArray());
    int row = Math.max(0, -offset);
    int column = Math.max(0, offset);
    int length = Math.max(0, Math.min(x.size(-2) - row, x.size(-1) - column));
    if (length == 0) {
      return x.slice(-2, 0, 0).sum(-1).cast(x.dtype());
    }
    // Rows of length + 1 elements of the flattened square begin with the diagonal's elements.
    x = x.narrow(-2, row, length).narrow(-1, column, length).flatten(-2, -1);
    return x.padAxis(-1, 0, length).unflatten(-1, length, length + 1).select(-1, 0);
  }

  /// The sum of a matrix's main diagonal. PyTorch's `trace`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 2}, {3, 4}}).trace();   // 5.0
  /// ```
  /// @throws IllegalArgumentException for other ranks
  default Tensor trace() {
    if (self().rank() != 2) {
      throw new IllegalArgumentException("trace: is for matrices, not shape " + self().shape());
    }
    return diagonal().sum();
  }

  /// Each element along an axis minus the one before it; bools differ or not. PyTorch's `diff`.
  /// ```java
  /// Tensor.of(1, 4, 9).diff(0);   // [3 5]
  /// ```
  /// @return this shape, one shorter on that axis
  default Tensor diff(int axis) {
    Tensor x = self();
    int size = x.size(axis);
    Tensor later = x.slice(axis, 1, size);
    Tensor earlier = x.slice(axis, 0, Math.max(0, size - 1));
    return x.dtype() == DType.BOOL ? later.xor(earlier) : later.sub(earlier);
  }

  /// Windows along an axis: position i of it holds the elements from `i * step` on, `size` of them along a new last axis.
  /// A view. PyTorch's `Tensor.unfold`.
  /// ```java
  /// Tensor.arange(5).unfold(0, 3, 2);   // [[0 1 2]
  ///                                     //  [2 3 4]]
  /// ```
  /// @return this shape with `(n - size) / step + 1` positions on that axis, and `size` at the end
  /// @throws IllegalArgumentException if size is more than the axis has, or step is not positive
  default Tensor unfold(int axis, int size, int step) {
    Tensor x = self();
    if (x.rank() == 0) {
      return x.unsqueeze(0).unfold(axis, size, step).squeeze(0);
    }
    int at = x.shape().axis(axis);
    if (size < 0 || size > x.size(at) || step < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "unfold: windows of %d in steps of %d do not fit axis %d of shape %s",
              size, step, at, x.shape()));
    }
    int count = (x.size(at) - size) / step + 1;
    return size == 0
        ? x.flatten().slice(0, 0, 0).reshape(expanded(x, at, count))
        : Windows.slide(x, at, size, step, 1, count);
  }

  private static int[] expanded(Tensor x, int axis, int count) {
    return IntStream.concat(x.shape().with(axis, count).stream(), IntStream.of(0)).toArray();
  }

  /// This tensor with elements before and after each axis that come from inside it: `torch.nn.functional.pad` in the modes
  /// reflect, replicate and circular. Negative numbers cut off.
  /// ```java
  /// Tensor.of(1, 2, 3).pad(PadMode.REFLECT, new int[][] {{2, 1}});   // [3 2 1 2 3 2]
  /// ```
  /// @param beforeAndAfter a pair for each axis, in order
  /// @throws IllegalArgumentException if an axis is too short for its padding
  default Tensor pad(PadMode mode, int[][] beforeAndAfter) {
    return mode.pad(self(), beforeAndAfter);
  }

  /// This tensor with other sizes of its last axes: `torch.nn.functional.interpolate`.
  /// ```java
  /// images.interpolate(Interpolation.LINEAR, 16, 16).shape();   // (2, 3, 16, 16)
  /// ```
  /// @throws IllegalArgumentException if there are more sizes than axes, or one is not positive
  default Tensor interpolate(Interpolation mode, int... sizes) {
    return ImageSampling.resized(self(), mode, sizes, new double[sizes.length]);
  }

  /// [#interpolate(Interpolation, int...)] to so many times the size of each of the last axes, rounded down: `scale_factor`. New
  /// positions are computed from the factors, not from the sizes.
  /// ```java
  /// images.interpolate(Interpolation.CUBIC, new double[] {1.5, 0.5}).shape();   // (2, 3, 12, 4)
  /// ```
  /// @throws IllegalArgumentException if there are more factors than axes, or nothing would be left
  default Tensor interpolate(Interpolation mode, double[] scales) {
    return ImageSampling.scaled(self(), mode, scales);
  }

  /// Images looked up at the positions of a grid: `torch.nn.functional.grid_sample`. -1 and 1 are the ends of an axis.
  /// ```java
  /// Tensor.of(1f, 3f).reshape(1, 1, 1, 2).gridSample(Tensor.of(0f, 0f).reshape(1, 1, 1, 2), Interpolation.LINEAR, PadMode.ZEROS, false);   // [[[[2.]]]]
  /// ```
  /// @param grid (batch, height, width, 2), or with a depth and 3, for this (batch, channels, sizes...); positions begin with that
  ///     on the last axis
  /// @param mode `NEAREST`, `LINEAR`, or `CUBIC` for images
  /// @param outside what is there: `ZEROS`, the border (`REPLICATE`) or the image again, reflected (`REFLECT`)
  /// @param alignCorners whether the ends are the outermost pixels' centres, else their borders
  /// @return (batch, channels, the grid's sizes...)
  /// @throws IllegalArgumentException if the shapes do not fit, or for other modes
  default Tensor gridSample(Tensor grid, Interpolation mode, PadMode outside, boolean alignCorners) {
    return ImageSampling.sample(self(), grid, new GridSampler(mode, outside, alignCorners));
  }

  /// The grid for [#gridSample] that maps (x, y, 1) linearly, or (x, y, z, 1), by this (batch, 2, 3) or (batch, 3, 4):
  /// `torch.nn.functional.affine_grid`.
  /// ```java
  /// Tensor.of(new float[] {1, 0, 0, 0, 1, 0}, 1, 2, 3).affineGrid(false, 1, 1, 1, 2);   // [[[[-0.5  0. ]
  ///                                                                                     //    [ 0.5  0. ]]]]
  /// ```
  /// @param size (batch, channels, height, width), or with a depth
  /// @return (batch, height, width, 2), or with a depth and 3
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor affineGrid(boolean alignCorners, int... size) {
    return ImageSampling.affineGrid(self(), alignCorners, size);
  }

  /// The elements where the mask is true, a vector in row-major order. PyTorch's `masked_select`.
  ///
  /// Its length depends on values: the mask is computed at once.
  /// ```java
  /// Tensor.of(1, 2, 3).maskedSelect(Tensor.of(true, false, true));   // [1 3]
  /// ```
  /// @param mask bool; both broadcast
  /// @throws IllegalArgumentException if the mask does not broadcast with this tensor
  default Tensor maskedSelect(Tensor mask) {
    Shape shape = Broadcasting.shape("maskedSelect", self().shape(), mask.shape());
    boolean[] chosen = mask.cast(DType.BOOL).broadcastTo(shape).contiguous().toBooleanArray();
    long[] positions = IntStream.range(0, chosen.length).filter(i -> chosen[i]).asLongStream().toArray();
    return self().broadcastTo(shape).take(Tensor.of(positions, Shape.of(positions.length), self().device()));
  }

  /// Where this tensor is not zero: one row of positions for each such element, in row-major order. Computed at once.
  /// PyTorch's `nonzero`.
  /// ```java
  /// Tensor.of(0, 7, 8).nonzero();   // [[1]
  ///                                 //  [2]]
  /// ```
  /// @return int64 (elements that are not zero, rank)
  default Tensor nonzero() {
    Shape shape = self().shape();
    boolean[] chosen = self().ne(0).toBooleanArray();
    int[] flat = IntStream.range(0, chosen.length).filter(i -> chosen[i]).toArray();
    long[] strides = shape.strides();
    long[] rows = new long[flat.length * shape.rank()];
    for (int i = 0; i < rows.length; i++) {
      int axis = i % shape.rank();
      rows[i] = flat[i / shape.rank()] / strides[axis] % shape.size(axis);
    }
    return Tensor.of(rows, Shape.of(flat.length, shape.rank()), self().device());
  }

  /// The p-norm over all or some axes: `torch.linalg.vector_norm`. The gradient of the 2-norm is 0 at 0.
  /// ```java
  /// Tensor.of(3f, 4f).norm(1);   // 7.0
  /// ```
  /// @param p any number; infinities give the largest and the smallest absolute value, 0 counts what is not zero
  /// @param axes all if none is given
  /// @throws IllegalArgumentException if there are no elements and p is negative or infinite
  default Tensor norm(double p, int... axes) {
    return norm(p, axes, false);
  }

  /// The p-norm over one axis.
  default Tensor norm(double p, int axis, boolean keepDim) {
    return norm(p, new int[] {axis}, keepDim);
  }

  /// The p-norm over several axes; over all if there is none.
  /// @throws IllegalArgumentException if there are no elements and p is negative or infinite
  default Tensor norm(double p, int[] axes, boolean keepDim) {
    return Precision.compute(self(), x -> {
      if (p < 0) {
        Reducing.requireElements("norm", x, axes);
      }
      Tensor size = x.abs();
      if (p == Double.POSITIVE_INFINITY) {
        return size.max(axes, keepDim);
      }
      if (p == Double.NEGATIVE_INFINITY) {
        return size.min(axes, keepDim);
      }
      if (p == 0) {
        return x.ne(0).cast(x.dtype()).sum(axes, keepDim);
      }
      if (p == 1) {
        return size.sum(axes, keepDim);
      }
      Tensor sum = (p == 2 ? x.square() : size.pow(p)).sum(axes, keepDim);
      Tensor zero = sum.eq(0);
      Tensor safe = zero.where(1, sum);
      return zero.where(0, p == 2 ? safe.sqrt() : safe.pow(1 / p));
    });
  }

  /// The 2-norm of all elements: `torch.linalg.vector_norm`.
  /// ```java
  /// Tensor.of(3f, 4f).norm();   // 5.0
  /// ```
  default Tensor norm() {
    return norm(2);
  }
}
