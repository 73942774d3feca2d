package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Products of matrices and vectors beside [Contractions]: with something added, over chosen axes, of every pair.
sealed interface MatrixProducts permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `beta x + alpha (a b)`, one kernel: PyTorch's `addmm`, `addmv`, `baddbmm`.
  /// ```java
  /// Tensor.ones(2).addmm(Tensor.ones(2, 3), Tensor.ones(3, 2), 1, 2);   // [[7. 7.]
  ///                                                                     //  [7. 7.]]
  /// ```
  /// @param a and `b` as in [Contractions#matmul]; this tensor broadcasts with their product
  /// @param beta if 0, this tensor's values do not matter, not even NaN
  default Tensor addmm(Tensor a, Tensor b, Number beta, Number alpha) {
    Tensor product = alpha.doubleValue() == 1 ? a.matmul(b) : a.matmul(b).mul(alpha);
    if (beta.doubleValue() == 0) {
      return product;
    }
    return product.add(beta.doubleValue() == 1 ? self() : self().mul(beta));
  }

  /// The sums of products over the last axes of both: PyTorch's `inner`.
  /// ```java
  /// Tensor.of(1f, 2f).inner(Tensor.of(new float[][] {{3, 4}, {5, 6}}));   // [11. 17.]
  /// ```
  /// @return (this shape without its last axis, the other's without its last)
  /// @throws IllegalArgumentException if the last axes differ
  default Tensor inner(Tensor other) {
    return self().rank() == 0 || other.rank() == 0 ? self().mul(other) : tensordot(other, new int[] {-1}, new int[] {-1});
  }

  /// The sums of products over pairs of axes: `torch.tensordot`.
  /// ```java
  /// Tensor.ones(2, 3, 4).tensordot(Tensor.ones(4, 3, 5), new int[] {1, 2}, new int[] {1, 0}).shape();   // (2, 5)
  /// ```
  /// @param own axes of this tensor
  /// @param others as many of the other, of the same sizes
  /// @return the axes that are left, this tensor's first
  /// @throws IllegalArgumentException if the axes do not fit
  default Tensor tensordot(Tensor other, int[] own, int[] others) {
    int[] first = Arrays.stream(own).map(self().shape()::axis).toArray();
    int[] second = Arrays.stream(others).map(other.shape()::axis).toArray();
    boolean fits = first.length == second.length
        && IntStream.range(0, first.length).allMatch(i -> stretch(self().size(first[i]), other.size(second[i])))
        && Arrays.stream(first).distinct().count() == first.length && Arrays.stream(second).distinct().count() == second.length;
    if (!fits) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "tensordot: axes %s of %s do not fit axes %s of %s",
          Arrays.toString(own), self().shape(), Arrays.toString(others), other.shape()));
    }
    // An axis of size 1 stretches to the other's size: that is summed by itself.
    int[] ofRows = IntStream.range(0, first.length).filter(i -> other.size(second[i]) == 1).map(i -> first[i]).toArray();
    int[] ofColumns = IntStream.range(0, first.length).filter(i -> self().size(first[i]) == 1).map(i -> second[i]).toArray();
    Tensor x = ofRows.length == 0 ? self() : self().sum(ofRows, true).cast(self().dtype());
    Tensor y = ofColumns.length == 0 ? other : other.sum(ofColumns, true).cast(other.dtype());
    int[] left = others(x, first);
    int[] right = others(y, second);
    Tensor rows = x.permute(IntStream.concat(Arrays.stream(left), Arrays.stream(first)).toArray());
    Tensor columns = y.permute(IntStream.concat(Arrays.stream(second), Arrays.stream(right)).toArray());
    int summed = (int) Arrays.stream(first).mapToLong(x::size).reduce(1, Math::multiplyExact);
    int[] shape = IntStream.concat(Arrays.stream(left).map(self()::size), Arrays.stream(right).map(other::size)).toArray();
    int height = Arrays.stream(left).map(self()::size).reduce(1, Math::multiplyExact);
    int width = Arrays.stream(right).map(other::size).reduce(1, Math::multiplyExact);
    return rows.reshape(height, summed).matmul(columns.reshape(summed, width)).reshape(shape);
  }

  private static boolean stretch(int size, int other) {
    return size == other || size == 1 || other == 1;
  }

  private static int[] others(Tensor x, int[] axes) {
    return IntStream.range(0, x.rank()).filter(axis -> Arrays.stream(axes).noneMatch(a -> a == axis)).toArray();
  }

  /// Each element times the whole of another tensor, as blocks: `torch.kron`.
  /// ```java
  /// Tensor.of(1, 2).kron(Tensor.of(1, 10));   // [ 1 10  2 20]
  /// ```
  /// @return sizes multiplied, axis by axis from the last
  default Tensor kron(Tensor other) {
    int rank = Math.max(self().rank(), other.rank());
    Tensor x = widened(self(), rank);
    Tensor y = widened(other, rank);
    int[] sizes = IntStream.range(0, rank).map(axis -> Math.multiplyExact(x.size(axis), y.size(axis))).toArray();
    int[] outer = IntStream.range(0, 2 * rank).map(i -> i % 2 == 0 ? x.size(i / 2) : 1).toArray();
    int[] inner = IntStream.range(0, 2 * rank).map(i -> i % 2 == 0 ? 1 : y.size(i / 2)).toArray();
    return x.reshape(outer).mul(y.reshape(inner)).reshape(sizes);
  }

  private static Tensor widened(Tensor x, int rank) {
    return x.reshape(IntStream.concat(IntStream.generate(() -> 1).limit(rank - x.rank()), x.shape().stream()).toArray());
  }

  /// `xᵀ W other + b` of vectors along the last axes, for each of several matrices W: `torch.nn.functional.bilinear`.
  /// ```java
  /// Tensor.of(1f, 2f).bilinear(Tensor.of(new float[] {3}), Tensor.of(new float[] {1, 10}, 1, 2, 1), null);   // [63.]
  /// ```
  /// @param other (..., in2) for this (..., in1)
  /// @param weight (out, in1, in2)
  /// @param bias (out), or null
  /// @return (..., out)
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor bilinear(Tensor other, Tensor weight, @Nullable Tensor bias) {
    Tensor x = self();
    boolean fits = weight.rank() == 3 && x.rank() > 0 && x.rank() == other.rank() && x.size(-1) == weight.size(1) && other.size(-1) == weight.size(2)
        && x.shape().with(-1, 1).equals(other.shape().with(-1, 1)) && (bias == null || bias.shape().equals(Shape.of(weight.size(0))));
    if (!fits) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "bilinear: takes (..., in1), (..., in2), a weight (out, in1, in2) and a bias (out), not %s, %s, %s and %s",
          x.shape(), other.shape(), weight.shape(), bias == null ? "none" : bias.shape().toString()));
    }
    Tensor products = x.unsqueeze(-1).mul(other.unsqueeze(-2)).flatten(-2, -1);
    return products.linear(weight.flatten(1, 2), bias);
  }

  /// The vector product of vectors of three along an axis: `torch.linalg.cross`.
  /// ```java
  /// Tensor.of(1, 0, 0).cross(Tensor.of(0, 1, 0), 0);   // [0 0 1]
  /// ```
  /// @param other of this tensor's rank; other axes broadcast
  /// @throws IllegalArgumentException if the axis has another size than 3
  default Tensor cross(Tensor other, int axis) {
    if (self().size(axis) != 3 || other.size(axis) != 3) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "cross: axis %d of %s and %s must have 3 elements",
          axis, self().shape(), other.shape()));
    }
    Tensor positive = self().roll(-1, axis).mul(other.roll(-2, axis));
    return positive.sub(self().roll(-2, axis).mul(other.roll(-1, axis)));
  }
}
