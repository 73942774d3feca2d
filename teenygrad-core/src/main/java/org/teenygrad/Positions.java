package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Scatter;

/// The arithmetic of positions behind [Indexing].
final class Positions {
  private Positions() {}

  /// A scalar as a vector of one element: PyTorch lets scalars have the axes 0 and -1.
  static Tensor atLeastVector(Tensor x) {
    return x.rank() == 0 ? x.unsqueeze(0) : x;
  }

  /// Positions along one axis: a vector of integers, or one.
  static Tensor vector(String name, Tensor index) {
    if (index.rank() > 1 || !index.dtype().isInteger()) {
      throw new IllegalArgumentException(name + ": the index is a vector of integers, not " + index.dtype() + " of shape " + index.shape());
    }
    return atLeastVector(index);
  }

  /// A scalar has one position.
  static void requireOne(String name, Tensor places) {
    if (places.numel() != 1) {
      throw new IllegalArgumentException(name + ": a scalar has one position, not " + places.numel());
    }
  }

  /// What is written along an axis has the tensor's shape there, one part for each position.
  static void requireParts(String name, Tensor x, int along, Tensor places, Tensor source) {
    Shape expected = x.shape().with(along, places.size(0));
    if (!source.shape().equals(expected)) {
      throw new IllegalArgumentException(
          name + ": source " + source.shape() + " is not " + expected + ", a part of " + x.shape() + " for each of "
              + places.numel() + " positions on axis " + along);
    }
  }

  /// Positions in which -1 means the last of `size`.
  static Tensor wrapped(Tensor index, int size) {
    Tensor wide = widen(index);
    return index.dtype() == DType.UINT8 ? index : wide.lt(0).where(wide.add(size), wide);
  }

  /// Positions in a type that can be compared with any size: a large size would wrap around in a small type.
  static Tensor widen(Tensor index) {
    return index.dtype().bytes() < 4 ? index.cast(DType.INT32) : index;
  }

  /// The parts of x, along axis 0, at positions of any shape.
  static Tensor rows(Tensor x, Tensor index) {
    int[] flat = new int[x.rank()];
    Arrays.fill(flat, 1);
    flat[0] = Math.toIntExact(index.numel());
    Tensor positions = index.reshape(flat).broadcastTo(x.shape().with(0, flat[0]));
    Tensor rows = Tensor.applyWith(OpCode.GATHER, 0, x, positions);
    return rows.reshape(IntStream.concat(index.shape().stream(), x.shape().stream().skip(1)).toArray());
  }

  /// [Tensor#gather] of positions that may be outside: 0 is read there.
  static Tensor gather(Tensor x, int axis, Tensor index) {
    return Tensor.applyWith(OpCode.GATHER, axis, cutTo(x, index, axis, "gather"), index);
  }

  static Tensor index(Tensor x, @Nullable Tensor... indices) {
    return Arrays.stream(indices).allMatch(Objects::isNull) ? x.alias() : Located.of("index", x, indices).read();
  }

  /// x with values at positions, which [#index] would read; of several for one place the last wins.
  static Tensor put(Tensor x, Tensor values, @Nullable Tensor... indices) {
    return Located.of("assign", x, indices).write(values, null);
  }

  /// x with values added at positions, as often as each is named.
  static Tensor putAdded(Tensor x, Tensor values, @Nullable Tensor... indices) {
    return Located.of("indexPut", x, indices).write(values, OpCode.ADD);
  }

  /// Index tensors on some axes of x, brought to one position on one axis.
  ///
  /// @param order the axes of x, the indexed ones next to each other
  /// @param flat x in that order, the indexed axes as one
  /// @param axis that axis
  /// @param position of any shape
  private record Located(Tensor x, int[] order, Tensor flat, int axis, Tensor position) {
    static Located of(String name, Tensor x, @Nullable Tensor[] indices) {
      if (indices.length > x.rank()) {
        throw new IllegalArgumentException(name + ": " + indices.length + " indices for " + x.shape());
      }
      List<Integer> indexed = IntStream.range(0, indices.length).filter(i -> indices[i] != null).boxed().toList();
      boolean adjacent = indexed.getLast() - indexed.getFirst() == indexed.size() - 1;
      List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
      if (!adjacent) {
        order.removeAll(indexed);
        order.addAll(0, indexed);
      }
      int[] axes = order.stream().mapToInt(Integer::intValue).toArray();
      int first = adjacent ? indexed.getFirst() : 0;
      Tensor flat = x.permute(axes).flatten(first, first + indexed.size() - 1);
      return new Located(x, axes, flat, first, flatPosition(name, x, indices, indexed));
    }

    private int[] withPosition(int... sizes) {
      IntStream before = flat.shape().stream().limit(axis);
      return IntStream.concat(IntStream.concat(before, IntStream.of(sizes)), flat.shape().stream().skip(axis + 1)).toArray();
    }

    /// The position for every element that is read or written.
    private Tensor index() {
      int count = Math.toIntExact(position.numel());
      int[] alone = IntStream.range(0, flat.rank()).map(i -> i == axis ? count : 1).toArray();
      return position.reshape(alone).broadcastTo(flat.shape().with(axis, count));
    }

    Tensor read() {
      return Tensor.applyWith(OpCode.GATHER, axis, flat, index()).reshape(withPosition(position.shape().toArray()));
    }

    Tensor write(Tensor values, @Nullable OpCode combine) {
      Tensor index = index();
      Tensor source = Subscript.fitted(values, Shape.of(withPosition(position.shape().toArray()))).reshape(index.shape());
      Tensor written = Tensor.applyWith(OpCode.SCATTER, new Scatter(axis, combine), flat, index, source);
      int[] back = new int[order.length];
      Arrays.setAll(back, i -> x.size(order[i]));
      int[] inverse = new int[order.length];
      IntStream.range(0, order.length).forEach(i -> inverse[order[i]] = i);
      return written.reshape(back).permute(inverse);
    }
  }

  /// Where the indices point in the indexed axes taken as one; -1 where one of several is outside its axis.
  private static Tensor flatPosition(String name, Tensor x, @Nullable Tensor[] indices, List<Integer> indexed) {
    Tensor position = null;
    Tensor inside = null;
    for (int axis : indexed) {
      Tensor index = Objects.requireNonNull(indices[axis]);
      if (!index.dtype().isInteger()) {
        throw new IllegalArgumentException("index: positions are integers, not " + index.dtype());
      }
      int size = x.size(axis);
      IndexCheck.signedPositions(name, x, axis, index);
      Tensor own = wrapped(index, size);
      if (indexed.size() == 1) {
        return own;
      }
      own = own.cast(DType.INT64);
      Tensor valid = own.ge(0).and(own.lt(size));
      position = position == null ? own : position.mul(size).add(own);
      inside = inside == null ? valid : inside.and(valid);
    }
    return Objects.requireNonNull(inside).where(Objects.requireNonNull(position), -1);
  }

  /// The leading part of x that has the index' sizes on all axes but `axis`.
  static Tensor cutTo(Tensor x, Tensor index, int axis, String name) {
    boolean fits = x.rank() == index.rank() && index.dtype().isInteger();
    List<Integer> begin = new ArrayList<>();
    List<Integer> end = new ArrayList<>();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = i == axis || index.size(i) <= x.size(i);
      begin.add(0);
      end.add(i == axis ? x.size(i) : index.size(i));
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%s: index %s %s does not fit %s on axis %d; it holds integers, has the same rank, and is not longer "
                  + "on any other axis",
              name, index.dtype(), index.shape(), x.shape(), axis));
    }
    return end.equals(x.shape().stream().boxed().toList()) ? x : Tensor.applyWith(OpCode.SHRINK, new Bounds(begin, end), x);
  }

  static Tensor scatter(Tensor base, int axis, Tensor index, Tensor source, @Nullable OpCode combine) {
    if (base.rank() == 0 || index.rank() == 0 || source.rank() == 0) {
      return scatter(atLeastVector(base), axis, atLeastVector(index), atLeastVector(source), combine).reshape(base.shape());
    }
    int along = base.shape().axis(axis);
    String name = combine == null ? "scatter" : "scatterAdd";
    cutTo(base, index, along, name);
    Tensor values = cutTo(source, index, along, name);
    if (source.size(along) < index.size(along)) {
      throw new IllegalArgumentException(name + ": source " + source.shape() + " is smaller than index " + index.shape());
    }
    values = shrunkTo(values, index.shape()).cast(base.dtype());
    // What the index does not cover is written nowhere: to position -1.
    Shape full = base.shape().with(along, index.size(along));
    Tensor positions = paddedTo(index.cast(DType.INT64).add(1), full).sub(1);
    if (full.equals(index.shape())) {
      positions = index;
    }
    return Tensor.applyWith(OpCode.SCATTER, new Scatter(along, combine), base, positions, paddedTo(values, full));
  }

  private static Tensor shrunkTo(Tensor x, Shape shape) {
    List<Integer> begin = shape.stream().map(size -> 0).boxed().toList();
    return x.shape().equals(shape)
        ? x
        : Tensor.applyWith(OpCode.SHRINK, new Bounds(begin, shape.stream().boxed().toList()), x);
  }

  /// x with zeros after it on every axis that is shorter than in `shape`.
  private static Tensor paddedTo(Tensor x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    List<Integer> before = shape.stream().map(size -> 0).boxed().toList();
    List<Integer> after = IntStream.range(0, x.rank()).map(i -> shape.size(i) - x.size(i)).boxed().toList();
    return Tensor.applyWith(OpCode.PAD, new Bounds(before, after), x);
  }
}
