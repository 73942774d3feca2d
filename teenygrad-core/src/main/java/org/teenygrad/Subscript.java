package org.teenygrad;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A subscript on a shape: which positions of each axis slices take, and the index tensors on the axes of what they leave.
///
/// Slices are SHRINK, FLIP and RESHAPE to read, and their opposites with a choice to write.
final class Subscript {
  private final Shape shape;
  private final List<Stride> strides = new ArrayList<>(); // for each axis of the shape
  private final List<Integer> sizes = new ArrayList<>(); // of what the slices leave
  private final List<@Nullable Tensor> positions = new ArrayList<>(); // for its axes; a mask stands at its first

  private Subscript(Shape shape) {
    this.shape = shape;
  }

  static Subscript of(Shape shape, List<Slice> slices) {
    Subscript subscript = new Subscript(shape);
    withoutEllipsis(shape, slices).forEach(subscript::add);
    return subscript;
  }

  private void add(Slice slice) {
    int axis = strides.size();
    switch (slice) {
      case Slice.NewAxis _ -> leave(1);
      case Slice.Positions at -> {
        Tensor index = at.positions();
        requireFit(index, axis);
        positions.addAll(Collections.nCopies(sizes.size() - positions.size(), null));
        if (axes(slice) == 0) { // a truth is a mask of an axis of its own
          positions.add(index.reshape(1));
          leave(1);
        } else {
          positions.add(index);
          for (int i = 0; i < axes(slice); i++) {
            int size = shape.size(axis + i);
            strides.add(new Stride(0, size, 1));
            leave(size);
          }
        }
      }
      case Slice.At at -> strides.add(new Stride(position(at.index(), shape, axis), 1, 1));
      case Slice.Part part -> {
        int size = shape.size(axis);
        strides.add(new Stride(part.first(size), part.count(size), part.step()));
        leave(part.count(size));
      }
      case Slice.Ellipsis _ -> throw new IllegalArgumentException("index: more than one ellipsis");
    }
  }

  private void leave(int size) {
    sizes.add(size);
  }

  private void requireFit(Tensor index, int axis) {
    for (int i = 0; index.dtype() == DType.BOOL && i < index.rank(); i++) {
      if (index.size(i) != shape.size(axis + i)) {
        throw new IndexOutOfBoundsException(
            String.format(Locale.ROOT, "index: a mask of shape %s does not fit axis %d of shape %s",
                index.shape(), axis + i, shape));
      }
    }
  }

  /// The elements that the subscript names.
  Tensor read(Tensor x) {
    Tensor part = part(x);
    return positions.isEmpty() ? part : part.index(indices());
  }

  /// x with these values, which broadcast, in place of those that the subscript names.
  Tensor write(Tensor x, Tensor values) {
    Tensor part = part(x);
    Tensor changed = positions.isEmpty() ? fitted(values, part.shape()) : replaced(part, values);
    boolean whole = IntStream.range(0, shape.rank()).allMatch(axis -> strides.get(axis).isWhole(shape.size(axis)));
    return whole
        ? Operations.reshape(changed, shape)
        : back(changed.onesLike(DType.BOOL)).where(back(changed), x);
  }

  private Tensor part(Tensor x) {
    Tensor part = x;
    for (int axis = 0; axis < shape.rank(); axis++) {
      part = strides.get(axis).of(part, axis);
    }
    return Operations.reshape(part, Shape.of(sizes));
  }

  private Tensor back(Tensor part) {
    Tensor x = Operations.reshape(part, Shape.of(strides.stream().map(Stride::count).toList()));
    for (int axis = 0; axis < shape.rank(); axis++) {
      x = strides.get(axis).back(x, axis, shape.size(axis));
    }
    return x;
  }

  /// One index for each axis that has one: a mask becomes the positions of its true elements on each of its axes.
  private @Nullable Tensor[] indices() {
    List<@Nullable Tensor> indices = new ArrayList<>();
    for (Tensor index : positions) {
      if (index != null && index.dtype() == DType.BOOL) {
        indices.addAll(index.nonzero().unbind(1));
      } else {
        indices.add(index);
      }
    }
    return indices.toArray(@Nullable Tensor[]::new);
  }

  private Tensor replaced(Tensor part, Tensor values) {
    Tensor chosen = positions.getLast();
    boolean onlyMask = positions.stream().limit(positions.size() - 1L).allMatch(Objects::isNull);
    if (onlyMask && chosen != null && chosen.dtype() == DType.BOOL) {
      int before = positions.size() - 1;
      int after = part.rank() - before - chosen.rank();
      Tensor same = withoutLeadingOnes(values, before + 1 + after);
      int[] own = same.shape().toArray();
      if (own.length <= after || own[own.length - after - 1] == 1) {
        // One value for all true elements: they need not be counted.
        IntStream front = IntStream.of(own).limit(Math.max(0, own.length - after - 1));
        IntStream back = IntStream.of(own).skip(Math.max(0, own.length - after));
        IntStream ones = IntStream.generate(() -> 1).limit(chosen.rank());
        Tensor spread = same.reshape(IntStream.concat(IntStream.concat(front, ones), back).toArray());
        int[] mask = IntStream.concat(chosen.shape().stream(), IntStream.generate(() -> 1).limit(after)).toArray();
        return chosen.reshape(mask).where(fitted(spread, part.shape()), part);
      }
    }
    return Positions.put(part, values, indices());
  }

  /// Values broadcast to a shape; axes of size 1 that it has not may stand in front, as in PyTorch.
  static Tensor fitted(Tensor values, Shape shape) {
    Tensor x = withoutLeadingOnes(values, shape.rank());
    int missing = shape.rank() - x.rank();
    if (missing < 0 || !IntStream.range(0, x.rank()).allMatch(i -> x.size(i) == 1 || x.size(i) == shape.size(missing + i))) {
      throw new IllegalArgumentException("assign: values of shape " + values.shape() + " do not stretch to the part's " + shape);
    }
    return x.broadcastTo(shape);
  }

  private static Tensor withoutLeadingOnes(Tensor x, int rank) {
    int[] sizes = x.shape().toArray();
    int ones = 0;
    while (sizes.length - ones > rank && sizes[ones] == 1) {
      ones++;
    }
    return x.reshape(IntStream.of(sizes).skip(ones).toArray());
  }

  /// One slice for every axis, the first ellipsis (or the end) standing for the axes that are not named.
  private static List<Slice> withoutEllipsis(Shape shape, List<Slice> slices) {
    int named = slices.stream().mapToInt(Subscript::axes).sum();
    if (named > shape.rank()) {
      throw new IndexOutOfBoundsException("index: " + named + " slices for the " + shape.rank() + " axes of shape " + shape);
    }
    List<Slice> full = new ArrayList<>(slices);
    int rest = full.indexOf(Slice.ELLIPSIS);
    if (rest >= 0) {
      full.remove(rest);
    } else {
      rest = full.size();
    }
    for (int i = named; i < shape.rank(); i++) {
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
}
