package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.ir.Bounds;
import org.teenygrad.ir.OpCode;

/// How slices become SHRINK, FLIP and RESHAPE.
final class Subscript {
  private Subscript() {}

  static Tensor apply(Tensor x, List<Slice> slices) {
    List<Slice> full = withoutEllipsis(x, slices);
    Tensor result = x;
    List<Integer> sizes = new ArrayList<>();
    List<@Nullable Tensor> positions = new ArrayList<>(); // for each axis of the result
    int axis = 0;
    for (Slice slice : full) {
      switch (slice) {
        case Slice.NewAxis _ -> sizes.add(1);
        case Slice.Positions at -> {
          pad(positions, sizes.size());
          for (Tensor one : indices(at.positions(), x, axis)) {
            positions.add(one);
            sizes.add(x.size(axis++));
          }
        }
        case Slice.At at -> {
          result = strided(result, axis, position(at.index(), x.shape(), axis), 1, 1);
          axis++;
        }
        case Slice.Part part -> {
          int size = x.size(axis);
          result = strided(result, axis, part.first(size), part.count(size), part.step());
          sizes.add(result.size(axis));
          axis++;
        }
        case Slice.Ellipsis _ -> throw new IllegalArgumentException("index: more than one ellipsis in " + slices);
      }
    }
    Tensor basic = Operations.reshape(result, Shape.of(sizes));
    return positions.isEmpty() ? basic : basic.index(positions.toArray(@Nullable Tensor[]::new));
  }

  private static void pad(List<@Nullable Tensor> positions, int axes) {
    while (positions.size() < axes) {
      positions.add(null);
    }
  }

  /// Integers as they are; a mask as the positions of its true elements on each of its axes.
  private static List<Tensor> indices(Tensor index, Tensor x, int axis) {
    if (index.dtype() != DType.BOOL) {
      return List.of(index);
    }
    for (int i = 0; i < index.rank(); i++) {
      if (index.size(i) != x.size(axis + i)) {
        throw new IndexOutOfBoundsException(
            "index: a mask of shape %s does not fit axis %d of shape %s".formatted(index.shape(), axis + i, x.shape()));
      }
    }
    return index.nonzero().unbind(1);
  }

  /// One slice for every axis, the first ellipsis (or the end) standing for the axes that are not named.
  private static List<Slice> withoutEllipsis(Tensor x, List<Slice> slices) {
    int named = slices.stream().mapToInt(Subscript::axes).sum();
    if (named > x.rank()) {
      throw new IndexOutOfBoundsException(
          "index: " + named + " slices for the " + x.rank() + " axes of shape " + x.shape());
    }
    List<Slice> full = new ArrayList<>(slices);
    int rest = full.indexOf(Slice.ELLIPSIS);
    if (rest >= 0) {
      full.remove(rest);
    } else {
      rest = full.size();
    }
    for (int i = named; i < x.rank(); i++) {
      full.add(rest, Slice.ALL);
    }
    return full;
  }

  /// How many axes a slice takes.
  private static int axes(Slice slice) {
    return switch (slice) {
      case Slice.At _, Slice.Part _ -> 1;
      case Slice.Positions at -> at.positions().dtype() == DType.BOOL ? at.positions().rank() : 1;
      case Slice.NewAxis _, Slice.Ellipsis _ -> 0;
    };
  }

  private static int position(int index, Shape shape, int axis) {
    int size = shape.size(axis);
    int positive = index < 0 ? index + size : index;
    if (positive < 0 || positive >= size) {
      throw new IndexOutOfBoundsException(
          "index: " + index + " is outside axis " + axis + " of shape " + shape + ", which goes from " + -size
              + " to " + (size - 1));
    }
    return positive;
  }

  /// Positions `first`, `first + step`... of an axis. Steps over more than one are rows of a (count, step) matrix, of
  /// which the first column is taken.
  static Tensor strided(Tensor x, int axis, int first, int count, int step) {
    if (count == 0) {
      return shrink(x, axis, 0, 0);
    }
    if (step < 0) {
      int last = first + step * (count - 1);
      Tensor backwards = shrink(x, axis, last, first + 1).flip(axis);
      return strided(backwards, axis, 0, count, -step);
    }
    long covered = (long) count * step;
    if (step == 1 || count == 1) {
      return shrink(x, axis, first, first + count);
    }
    Tensor part = shrink(x, axis, first, (int) Math.min(first + covered, x.size(axis)));
    Tensor padded = part.padAxis(axis, 0, (int) covered - part.size(axis));
    int[] sizes = new int[x.rank() + 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = i == axis ? count : i == axis + 1 ? step : padded.size(i < axis ? i : i - 1);
    }
    Tensor column = shrink(padded.reshape(sizes), axis + 1, 0, 1);
    return Operations.reshape(column, x.shape().with(axis, count));
  }

  private static Tensor shrink(Tensor x, int axis, int begin, int end) {
    if (begin == 0 && end == x.size(axis)) {
      return x;
    }
    List<Integer> begins = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      begins.add(i == axis ? begin : 0);
      ends.add(i == axis ? end : x.size(i));
    }
    return Tensor.applyWith(OpCode.SHRINK, new Bounds(begins, ends), x);
  }
}
