package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;

/// Views: the same elements in other shapes and orders. Nothing is computed or copied.
sealed interface Movement permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The same elements in row-major order in another shape; one size may be -1, which is then inferred.
  /// PyTorch's `reshape`.
  /// ```java
  /// Tensor.arange(6).reshape(2, -1);   // [[0 1 2]
  ///                                    //  [3 4 5]]
  /// ```
  /// @throws IllegalArgumentException if the sizes do not hold as many elements
  default Tensor reshape(int... shape) {
    return Operations.reshape(self(), Views.inferred("reshape", self().shape(), shape));
  }

  /// [#reshape(int...)] under the name that PyTorch has for it where no data moves: here none ever does, as an expression.
  /// PyTorch's `view`.
  /// ```java
  /// Tensor.arange(6).t().view(2, -1);   // [[0 1 2]
  ///                                     //  [3 4 5]]
  /// ```
  /// @throws IllegalArgumentException if the sizes do not hold as many elements
  default Tensor view(int... shape) {
    return Operations.reshape(self(), Views.inferred("view", self().shape(), shape));
  }

  /// [#reshape(int...)] to a shape.
  default Tensor reshape(Shape shape) {
    return reshape(shape.toArray());
  }

  /// All elements as one axis. PyTorch's `flatten()`.
  /// ```java
  /// Tensor.ones(2, 3, 4).flatten(1, 2).shape();   // (2, 12)
  /// ```
  default Tensor flatten() {
    return Operations.reshape(self(), Shape.of(Math.toIntExact(self().numel())));
  }

  /// Axes `first` to `last`, both included, as one axis. PyTorch's `flatten(start_dim, end_dim)`.
  /// @throws IllegalArgumentException if `first` stands after `last`
  default Tensor flatten(int first, int last) {
    Shape shape = self().shape();
    if (shape.rank() == 0) {
      return flatten();
    }
    int from = shape.axis(first);
    int to = shape.axis(last);
    if (from > to) {
      throw new IllegalArgumentException(
          "flatten: axis " + first + " stands after axis " + last + " in shape " + shape);
    }
    IntStream merged = IntStream.of(IntStream.rangeClosed(from, to).map(shape::size).reduce(1, Math::multiplyExact));
    IntStream rest = IntStream.concat(merged, shape.stream().skip(to + 1));
    return Operations.reshape(self(), Shape.of(IntStream.concat(shape.stream().limit(from), rest).toArray()));
  }

  /// One axis as several of these sizes, of which one may be -1. PyTorch's `unflatten`.
  /// ```java
  /// Tensor.ones(2, 12).unflatten(1, 3, -1).shape();   // (2, 3, 4)
  /// ```
  /// @throws IllegalArgumentException if the sizes do not hold as many elements
  default Tensor unflatten(int axis, int... sizes) {
    Shape shape = self().shape();
    int at = shape.axis(axis);
    Shape parts = Views.inferred("unflatten", Shape.of(shape.size(at)), sizes);
    IntStream rest = IntStream.concat(parts.stream(), shape.stream().skip(at + 1));
    return Operations.reshape(self(), Shape.of(IntStream.concat(shape.stream().limit(at), rest).toArray()));
  }

  /// The axes in another order. PyTorch's `permute`.
  /// ```java
  /// Tensor.ones(2, 3, 4).permute(2, 0, 1).shape();   // (4, 2, 3)
  /// ```
  /// @throws IllegalArgumentException if not every axis is named once
  default Tensor permute(int... order) {
    Shape shape = self().shape();
    int[] axes = IntStream.of(order).map(shape::axis).toArray();
    if (axes.length != shape.rank() || IntStream.of(axes).distinct().count() != axes.length) {
      throw new IllegalArgumentException(
          "permute: " + Arrays.toString(order) + " does not name each axis of shape " + shape + " once");
    }
    if (Arrays.equals(axes, IntStream.range(0, axes.length).toArray())) {
      return self().alias();
    }
    return Tensor.applyWith(OpCode.PERMUTE, IntStream.of(axes).boxed().toList(), self());
  }

  /// This tensor with one axis at another place, the others in their order. PyTorch's `movedim`.
  /// ```java
  /// images.movedim(1, -1).shape();   // (2, 8, 8, 3)
  /// ```
  default Tensor movedim(int from, int to) {
    Shape shape = self().shape();
    List<Integer> order = new ArrayList<>(IntStream.range(0, shape.rank()).boxed().toList());
    order.add(shape.axis(to), order.remove(shape.axis(from)));
    return permute(order.stream().mapToInt(Integer::intValue).toArray());
  }

  /// This tensor with two axes exchanged. PyTorch's `transpose`.
  /// ```java
  /// Tensor.ones(2, 3, 4).transpose(0, -1).shape();   // (4, 3, 2)
  /// ```
  default Tensor transpose(int first, int second) {
    if (self().rank() == 0) {
      return self().alias();
    }
    int[] order = IntStream.range(0, self().rank()).toArray();
    order[self().shape().axis(first)] = self().shape().axis(second);
    order[self().shape().axis(second)] = self().shape().axis(first);
    return permute(order);
  }

  /// The transposed matrix; vectors and scalars as they are. PyTorch's `t`.
  /// ```java
  /// Tensor.arange(4).reshape(2, 2).t();   // [[0 2]
  ///                                       //  [1 3]]
  /// ```
  /// @throws IllegalArgumentException for more than two axes
  default Tensor t() {
    if (self().rank() > 2) {
      throw new IllegalArgumentException("t: is for matrices, not shape " + self().shape() + "; use transpose(a, b)");
    }
    return self().rank() < 2 ? self().alias() : permute(1, 0);
  }

  /// Axes of size 1 repeated to these sizes; -1 leaves an axis as it is, more sizes than axes add leading axes.
  /// PyTorch's `expand`.
  /// ```java
  /// Tensor.of(1, 2).unsqueeze(1).expand(-1, 3);   // [[1 1 1]
  ///                                               //  [2 2 2]]
  /// ```
  /// @throws IllegalArgumentException if an axis is neither of that size nor of size 1
  default Tensor expand(int... sizes) {
    return broadcastTo(Views.expanded(self().shape(), sizes));
  }

  /// This tensor repeated to a shape: missing leading axes are added, axes of size 1 stretch.
  /// ```java
  /// Tensor.of(1, 2).broadcastTo(Shape.of(2, 2));   // [[1 2]
  ///                                                //  [1 2]]
  /// ```
  /// @throws IllegalArgumentException if an axis is neither of that size nor of size 1
  default Tensor broadcastTo(Shape shape) {
    Tensor x = self();
    if (x.shape().equals(shape)) {
      return x.alias();
    }
    int missing = shape.rank() - x.rank();
    if (missing < 0 || !Broadcasting.shape("broadcastTo", x.shape(), shape).equals(shape)) {
      throw new IllegalArgumentException("broadcastTo: shape " + x.shape() + " does not stretch to " + shape);
    }
    int[] own = new int[shape.rank()];
    for (int axis = 0; axis < own.length; axis++) {
      own[axis] = axis < missing ? 1 : x.size(axis - missing);
    }
    Tensor aligned = Operations.reshape(x, Shape.of(own));
    return aligned.shape().equals(shape) ? aligned : Tensor.applyWith(OpCode.EXPAND, shape, aligned);
  }

  /// This tensor without its axes of size 1. PyTorch's `squeeze`.
  /// ```java
  /// Tensor.ones(1, 3, 1).squeeze().shape();   // (3,)
  /// ```
  default Tensor squeeze() {
    return Operations.reshape(self(), Shape.of(self().shape().stream().filter(size -> size != 1).toArray()));
  }

  /// This tensor without one axis, if its size is 1. PyTorch's `squeeze(dim)`.
  default Tensor squeeze(int axis) {
    if (self().rank() == 0 && (axis == 0 || axis == -1)) {
      return self().alias(); // PyTorch lets a scalar have these axes
    }
    int at = self().shape().axis(axis);
    if (self().size(at) != 1) {
      return self().alias();
    }
    int[] rest = IntStream.range(0, self().rank()).filter(i -> i != at).map(self()::size).toArray();
    return Operations.reshape(self(), Shape.of(rest));
  }

  /// This tensor with a new axis of size 1 before `axis`; -1 puts it last. PyTorch's `unsqueeze`.
  /// ```java
  /// Tensor.ones(3).unsqueeze(-1).shape();   // (3, 1)
  /// ```
  /// @throws IndexOutOfBoundsException if the new tensor has no such axis
  default Tensor unsqueeze(int axis) {
    Shape shape = self().shape();
    if (axis < -shape.rank() - 1 || axis > shape.rank()) {
      throw new IndexOutOfBoundsException("unsqueeze: no place " + axis + " in shape " + shape);
    }
    int at = axis < 0 ? axis + shape.rank() + 1 : axis;
    IntStream rest = IntStream.concat(IntStream.of(1), shape.stream().skip(at));
    return Operations.reshape(self(), Shape.of(IntStream.concat(shape.stream().limit(at), rest).toArray()));
  }

  /// These axes backwards. PyTorch's `flip`.
  /// ```java
  /// Tensor.of(1, 2, 3).flip(0);   // [3 2 1]
  /// ```
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor flip(int... axes) {
    Shape shape = self().shape();
    if (shape.rank() == 0 && IntStream.of(axes).allMatch(axis -> axis == 0 || axis == -1)) {
      return self().alias(); // PyTorch lets a scalar have these axes
    }
    int[] positive = IntStream.of(axes).map(shape::axis).sorted().distinct().toArray();
    if (positive.length < axes.length) {
      throw new IllegalArgumentException("flip: " + Arrays.toString(axes) + " names an axis twice");
    }
    return positive.length == 0
        ? self().alias()
        : Tensor.applyWith(OpCode.FLIP, IntStream.of(positive).boxed().toList(), self());
  }

  /// Zeros before and after each axis: `pad(new int[][] {{1, 2}, {0, 0}})` puts one row above and two below. Negative
  /// counts cut. As NumPy's `pad`; PyTorch names the last axis first.
  /// ```java
  /// Tensor.of(1, 2).pad(new int[][] {{1, 2}});   // [0 1 2 0 0]
  /// ```
  /// @throws IllegalArgumentException if there is not a pair for each axis
  default Tensor pad(int[][] beforeAndAfter) {
    return Views.pad(self(), beforeAndAfter);
  }

  /// [#pad(int[][])] with another value than zero.
  /// @throws IllegalArgumentException if there is not a pair for each axis
  default Tensor pad(int[][] beforeAndAfter, Number value) {
    Tensor padded = pad(beforeAndAfter);
    if (value.doubleValue() == 0) {
      return padded;
    }
    Number kept = Operations.number("pad", self().dtype(), value);
    return Views.pad(self().onesLike(DType.BOOL), beforeAndAfter).where(padded, Operations.constant(self().dtype(), kept));
  }

  /// Zeros before and after one axis.
  /// ```java
  /// Tensor.of(1, 2).padAxis(0, 1, 0);   // [0 1 2]
  /// ```
  default Tensor padAxis(int axis, int before, int after) {
    int[][] all = new int[self().rank()][2];
    all[self().shape().axis(axis)] = new int[] {before, after};
    return pad(all);
  }

  /// The part from begin to before end of each axis: `shrink(new int[][] {{0, 2}, {1, 3}})` is `x[0:2, 1:3]`.
  /// ```java
  /// Tensor.arange(6).shrink(new int[][] {{1, 4}});   // [1 2 3]
  /// ```
  /// @throws IndexOutOfBoundsException if a part reaches outside
  default Tensor shrink(int[][] beginAndEnd) {
    return Views.shrink(self(), beginAndEnd);
  }

  /// This tensor side by side with itself, that many times along each axis; more counts than axes add leading axes.
  /// PyTorch's `repeat`.
  /// ```java
  /// Tensor.of(1, 2).repeat(2);   // [1 2 1 2]
  /// ```
  /// @throws IllegalArgumentException if there are fewer counts than axes
  default Tensor repeat(int... times) {
    return Views.repeat(self(), times);
  }

  /// Each position of an axis that many times in a row. PyTorch's `repeat_interleave`.
  /// ```java
  /// Tensor.of(1, 2).repeatInterleave(2, 0);   // [1 1 2 2]
  /// ```
  default Tensor repeatInterleave(int times, int axis) {
    int at = self().shape().axis(axis);
    Tensor spread = unsqueeze(at + 1);
    return spread.broadcastTo(spread.shape().with(at + 1, times)).flatten(at, at + 1);
  }

  /// The elements moved along an axis by `shift`; those that fall off come in at the other end. PyTorch's `roll`.
  /// ```java
  /// Tensor.of(1, 2, 3).roll(1, 0);   // [3 1 2]
  /// ```
  default Tensor roll(int shift, int axis) {
    int size = self().size(axis);
    int by = size == 0 ? 0 : Math.floorMod(shift, size);
    return by == 0 ? self().alias() : Tensor.cat(List.of(self().slice(axis, size - by, size), self().slice(axis, 0, size - by)), axis);
  }

  /// The lower triangle of each matrix: 0 where column - row is over `diagonal`. PyTorch's `tril`.
  /// ```java
  /// Tensor.ones(DType.INT32, 3, 3).tril();   // [[1 0 0]
  ///                                          //  [1 1 0]
  ///                                          //  [1 1 1]]
  /// ```
  /// @throws IllegalArgumentException for fewer than two axes
  default Tensor tril(int diagonal) {
    return Views.lowerTriangle(self(), diagonal).where(self(), self().zerosLike());
  }

  /// [#tril(int)] with the main diagonal.
  default Tensor tril() {
    return tril(0);
  }

  /// The upper triangle of each matrix: 0 where column - row is under `diagonal`. PyTorch's `triu`.
  /// ```java
  /// Tensor.ones(DType.INT32, 2, 3).triu(1);   // [[0 1 1]
  ///                                           //  [0 0 1]]
  /// ```
  /// @throws IllegalArgumentException for fewer than two axes
  default Tensor triu(int diagonal) {
    return Views.lowerTriangle(self(), diagonal - 1).not().where(self(), self().zerosLike());
  }

  /// [#triu(int)] with the main diagonal.
  default Tensor triu() {
    return triu(0);
  }
}
