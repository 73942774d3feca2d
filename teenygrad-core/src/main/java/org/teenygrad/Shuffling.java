package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.teenygrad.engine.ir.OpCode;

/// Turned and mirrored tensors, channels and patches of images as pixels and back, diagonals and powers as matrices.
sealed interface Shuffling permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The rows in reverse order: PyTorch's `flipud`.
  /// ```java
  /// Tensor.of(1, 2).flipud();   // [2 1]
  /// ```
  default Tensor flipud() {
    return self().flip(0);
  }

  /// The columns in reverse order: PyTorch's `fliplr`.
  /// ```java
  /// Tensor.of(new int[][] {{1, 2}}).fliplr();   // [[2 1]]
  /// ```
  default Tensor fliplr() {
    return self().flip(1);
  }

  /// A plane turned by so many right angles, from the first axis towards the second: PyTorch's `rot90`.
  /// ```java
  /// Tensor.of(new int[][] {{1, 2}, {3, 4}}).rot90(1, 0, 1);   // [[2 4]
  ///                                                           //  [1 3]]
  /// ```
  /// @throws IllegalArgumentException if both axes are the same
  default Tensor rot90(int times, int first, int second) {
    if (self().shape().axis(first) == self().shape().axis(second)) {
      throw new IllegalArgumentException("rot90: a plane has two axes, not " + first + " and " + second + " of " + self().shape());
    }
    return switch (Math.floorMod(times, 4)) {
      case 1 -> self().flip(second).transpose(first, second);
      case 2 -> self().flip(first, second);
      case 3 -> self().flip(first).transpose(first, second);
      default -> self().alias();
    };
  }

  /// Channels as pixels: (..., channels r², height, width) to (..., channels, height r, width r). `torch.nn.functional.pixel_shuffle`.
  /// ```java
  /// Tensor.arange(4).reshape(4, 1, 1).pixelShuffle(2);   // [[[0 1]
  ///                                                      //   [2 3]]]
  /// ```
  /// @throws IllegalArgumentException if the channels are no multiple of `r²`
  default Tensor pixelShuffle(int r) {
    Tensor x = self();
    if (x.rank() < 3 || r < 1 || x.size(-3) % (r * r) != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "pixelShuffle: shape %s has no channels for %d x %d pixels", x.shape(), r, r));
    }
    Tensor split = x.unflatten(-3, x.size(-3) / (r * r), r, r); // (..., channels, r, r, height, width)
    return split.movedim(-4, -2).movedim(-4, -1).flatten(-4, -3).flatten(-2, -1);
  }

  /// What [#pixelShuffle] undoes: `torch.nn.functional.pixel_unshuffle`.
  /// ```java
  /// images.pixelUnshuffle(2).shape();   // (2, 12, 4, 4)
  /// ```
  /// @throws IllegalArgumentException if height or width is no multiple of `r`
  default Tensor pixelUnshuffle(int r) {
    Tensor x = self();
    if (x.rank() < 3 || r < 1 || x.size(-2) % r != 0 || x.size(-1) % r != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "pixelUnshuffle: shape %s has no blocks of %d x %d pixels", x.shape(), r, r));
    }
    Tensor split = x.unflatten(-1, x.size(-1) / r, r).unflatten(-3, x.size(-2) / r, r); // (..., channels, height, r, width, r)
    return split.movedim(-3, -4).movedim(-1, -3).flatten(-5, -3);
  }

  /// The channels of groups in turn, one of each: (batch, channels, ...) in the same shape. `torch.nn.functional.channel_shuffle`.
  /// ```java
  /// Tensor.arange(4).reshape(1, 4, 1).channelShuffle(2).flatten();   // [0 2 1 3]
  /// ```
  /// @throws IllegalArgumentException if there is no axis behind the channels, or these do not divide into groups
  default Tensor channelShuffle(int groups) {
    Tensor x = self();
    if (x.rank() < 3 || groups < 1 || x.size(1) % groups != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "channelShuffle: shape %s has no channels for %d groups", x.shape(), groups));
    }
    return x.unflatten(1, groups, x.size(1) / groups).transpose(1, 2).flatten(1, 2);
  }

  /// The patches of images under a kernel as columns: `torch.nn.functional.unfold`.
  /// ```java
  /// images.patches(Window.DEFAULT.stride(2), 2, 2).shape();   // (2, 12, 16)
  /// ```
  /// @param window stride, padding and dilation
  /// @return (batch, channels kernel, positions) for this (batch, channels, height, width)
  /// @throws IllegalArgumentException if the kernel does not fit
  default Tensor patches(Window window, int... kernel) {
    Tensor x = self();
    if (x.rank() != 4) {
      throw new IllegalArgumentException("patches: takes (batch, channels, height, width), not " + x.shape());
    }
    Windows windows = windows("patches", x.shape(), window, kernel);
    Tensor seen = windows.over(windows.padded(x, 0)); // (batch, channels, rows, columns, kernel)
    return seen.permute(0, 1, 4, 5, 2, 3).flatten(1, 3).flatten(2, 3);
  }

  /// Columns of [#patches] added up where they overlap: `torch.nn.functional.fold`.
  /// ```java
  /// images.patches(Window.DEFAULT.stride(2), 2, 2).fromPatches(8, 8, Window.DEFAULT.stride(2), 2, 2).shape();   // (2, 3, 8, 8)
  /// ```
  /// @return (batch, channels, height, width) for this (batch, channels kernel, positions)
  /// @throws IllegalArgumentException if there are not as many columns as positions of the kernel
  default Tensor fromPatches(int height, int width, Window window, int... kernel) {
    Tensor x = self();
    Windows windows = windows("fromPatches", Shape.of(1, 1, height, width), window, kernel);
    int rows = windows.outputs()[0];
    int columns = windows.outputs()[1];
    int under = windows.kernel()[0] * windows.kernel()[1];
    if (x.rank() != 3 || x.size(2) != rows * columns || x.size(1) % under != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "fromPatches: takes (batch, channels %d, %d), not %s",
              under, rows * columns, x.shape()));
    }
    Tensor seen = x.unflatten(2, rows, columns).unflatten(1, x.size(1) / under, windows.kernel()[0], windows.kernel()[1]);
    Tensor tall = spread(seen.permute(0, 1, 5, 3, 4, 2), windows, 0, height); // (batch, channels, columns, kernel, height)
    return spread(tall.permute(0, 1, 4, 2, 3), windows, 1, width);
  }

  private static Windows windows(String name, Shape shape, Window window, int... kernel) {
    int[] sizes = Window.each(name + ": kernel", Arrays.stream(kernel).boxed().toList(), 2, 1);
    return Windows.of(name, shape, sizes, new int[] {1, 1}, window);
  }

  /// The last two axes, positions and kernel, added up on one of `size` elements.
  private static Tensor spread(Tensor x, Windows windows, int axis, int size) {
    int[][] positions = windows.positions(axis, size);
    Tensor sum = null;
    for (int k = 0; k < windows.kernel()[axis]; k++) {
      int at = k;
      long[] to = IntStream.range(0, positions.length).mapToLong(o -> positions[o][at]).toArray();
      Tensor index = Tensor.of(to, Shape.of(to.length), x.device());
      Tensor part = x.select(-1, k);
      Tensor base = sum == null ? Tensor.full(part.shape().with(-1, size), 0, x.dtype()) : sum;
      sum = Positions.scatter(base, -1, index.broadcastTo(part.shape()), part, OpCode.ADD); // what lies in the padding is dropped
    }
    return Objects.requireNonNull(sum);
  }

  /// Matrices with the last axis on their diagonal, or beside it: PyTorch's `diag_embed`.
  /// ```java
  /// Tensor.of(1, 2).diagEmbed(0);   // [[1 0]
  ///                                 //  [0 2]]
  /// ```
  /// @param offset position in its row minus the row's number
  default Tensor diagEmbed(int offset) {
    Tensor x = self();
    int n = x.size(-1) + Math.abs(offset);
    Tensor rows = Tensor.arange(n, DType.INT32).unsqueeze(1);
    Tensor on = Tensor.arange(n, DType.INT32).eq(rows.add(offset));
    Tensor wide = offset >= 0 ? x.padAxis(-1, 0, offset) : x.padAxis(-1, -offset, 0);
    return on.where(wide.unsqueeze(-1), wide.unsqueeze(-1).zerosLike());
  }

  /// [#diagEmbed(int)] with the matrices' rows and columns on two axes of the result: PyTorch's `diag_embed(dim1=..., dim2=...)`.
  /// ```java
  /// Tensor.ones(3, 2).diagEmbed(0, 0, 2).shape();   // (2, 3, 2)
  /// ```
  /// @throws IllegalArgumentException if the axes are one
  default Tensor diagEmbed(int offset, int first, int second) {
    Tensor square = diagEmbed(offset);
    int rows = square.shape().axis(first);
    int columns = square.shape().axis(second);
    if (rows == columns) {
      throw new IllegalArgumentException("diagEmbed: rows and columns need two axes, not " + first + " twice");
    }
    int[] order = new int[square.rank()];
    int next = 0;
    for (int axis = 0; axis < order.length; axis++) {
      order[axis] = axis == rows ? order.length - 2 : axis == columns ? order.length - 1 : next++;
    }
    return square.permute(order);
  }

  /// Axes in another order, joined and split as a pattern says: `einops.rearrange`. Names in parentheses are one axis, `...` are
  /// all others.
  /// ```java
  /// images.rearrange("b c (h p) (w q) -> b (h w) (p q c)", Map.of("p", 2, "q", 2)).shape();   // (2, 16, 12)
  /// ```
  /// @param sizes of axes that are split, of which one may be left out
  /// @throws IllegalArgumentException if the pattern is malformed or does not fit
  default Tensor rearrange(String pattern, Map<String, Integer> sizes) {
    return Rearrangement.of(self(), pattern, sizes);
  }

  /// Every part along an axis as often in a row as a vector says: `torch.repeat_interleave`. The numbers are looked at.
  /// ```java
  /// Tensor.of(7, 8).repeatInterleave(Tensor.of(1, 2), 0);   // [7 8 8]
  /// ```
  /// @param times int32 or int64: one for each position, or one for all
  /// @throws IllegalArgumentException if there are not as many, or one is negative
  default Tensor repeatInterleave(Tensor times, int axis) {
    int size = self().size(axis);
    boolean whole = times.dtype() == DType.INT64 || times.dtype() == DType.INT32;
    if (times.rank() > 1 || !whole || times.numel() != 1 && times.numel() != size) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "repeatInterleave: %s %s for axis %d of %s; there must be one int32 or int64 for each position",
              times.dtype(), times.shape(), axis, self().shape()));
    }
    long[] each = times.cast(DType.INT64).flatten().broadcastTo(Shape.of(size)).contiguous().toLongArray();
    if (Arrays.stream(each).anyMatch(n -> n < 0)) {
      throw new IllegalArgumentException("repeatInterleave: " + Arrays.toString(each) + ": none may be negative");
    }
    long[] from = IntStream.range(0, size).boxed().flatMapToLong(i -> LongStream.generate(() -> i).limit(each[i])).toArray();
    return self().indexSelect(axis, Tensor.of(from, Shape.of(from.length), self().device()));
  }

  /// All choices of `r` elements of a vector, one a row, in the order of their positions: `torch.combinations`.
  /// ```java
  /// Tensor.of(1, 2, 3).combinations(2, false);   // [[1 2]
  ///                                              //  [1 3]
  ///                                              //  [2 3]]
  /// ```
  /// @param again whether an element may be chosen several times
  /// @return (choices, r)
  /// @throws IllegalArgumentException if this is no vector, or `r` negative
  default Tensor combinations(int r, boolean again) {
    if (self().rank() != 1 || r < 0) {
      throw new IllegalArgumentException("combinations: takes a vector and how many, not " + self().shape() + " and " + r);
    }
    int[] chosen = Choices.of(self().size(0), r, again);
    return r == 0 ? self().narrow(0, 0, 0) : self().indexSelect(0, Tensor.of(chosen, Shape.of(chosen.length), self().device())).reshape(chosen.length / r, r);
  }

  /// The powers of each vector (..., n) as columns (..., n, columns), the highest first, or last if `increasing`: PyTorch's `vander`.
  /// ```java
  /// Tensor.of(2, 3).vander(3, true);   // [[1 2 4]
  ///                                    //  [1 3 9]]
  /// ```
  /// @throws IllegalArgumentException if this is a scalar, or `columns` negative
  default Tensor vander(int columns, boolean increasing) {
    Tensor x = self();
    if (x.rank() == 0 || columns < 0) {
      throw new IllegalArgumentException("vander: takes vectors and a number of columns, not " + x.shape() + " and " + columns);
    }
    DType type = x.dtype().isFloating() ? x.dtype() : DType.INT64;
    if (columns == 0) {
      return Tensor.zeros(type, IntStream.concat(x.shape().stream(), IntStream.of(0)).toArray());
    }
    Tensor powers = Tensor.stack(IntStream.range(0, columns).mapToObj(i -> x.cast(type).pow(i)).toList(), -1);
    return increasing ? powers : powers.flip(-1);
  }
}
