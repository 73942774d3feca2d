package org.teenygrad.engine.ir;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Shape;

/// The shape that an operation gives, from its inputs and payload; throws where they do not fit.
enum ShapeRule {
  SCALAR,
  STORAGE,
  VECTOR,
  PARAMETER,
  /// All inputs of one shape, which is the result's.
  SAME,
  RESHAPED,
  PERMUTED,
  EXPANDED,
  PADDED,
  SHRUNK,
  FLIPPED,
  REDUCED,
  INDEX_SHAPE,
  SCATTER_SHAPE,
  SCANNED,
  SORTED,
  FIRST_SHAPE,
  SECOND_SHAPE,
  /// The input's behind a new axis for ranks; in a kernel, where each value is a scalar, a scalar.
  RANKS_ADDED,
  /// The input's without its first axis, which is for ranks; in a kernel a scalar.
  RANKS_REMOVED;

  Shape derive(OpCode op, List<OpNode> inputs, Object payload) {
    return switch (this) {
      case SCALAR -> Shape.SCALAR;
      case STORAGE -> ((Storage) payload).shape();
      case VECTOR -> Shape.of((Integer) payload);
      case PARAMETER -> ((Param) payload).shape();
      case SAME -> same(op, inputs);
      case RESHAPED -> reshaped(inputs.getFirst().shape(), (Shape) payload);
      case PERMUTED -> permuted(inputs.getFirst().shape(), (List<?>) payload);
      case EXPANDED -> expanded(inputs.getFirst().shape(), (Shape) payload);
      case PADDED -> padded(inputs.getFirst().shape(), (Bounds) payload);
      case SHRUNK -> shrunk(inputs.getFirst().shape(), (Bounds) payload);
      case FLIPPED -> flipped(inputs.getFirst().shape(), (List<?>) payload);
      case REDUCED -> reduced(inputs.getFirst().shape(), (Reduction) payload);
      case INDEX_SHAPE -> gathered(inputs.get(0).shape(), inputs.get(1).shape(), (Integer) payload);
      case SCATTER_SHAPE -> scattered(inputs, (Scatter) payload);
      case SCANNED -> inputs.size() > 1 ? Shape.SCALAR : scanned(inputs.getFirst().shape(), (Reduction) payload);
      case SORTED -> inputs.size() > 1 ? Shape.SCALAR : sorted(inputs.getFirst().shape(), (Order) payload);
      case FIRST_SHAPE -> inputs.getFirst().shape();
      case SECOND_SHAPE -> {
        require(op, inputs.get(0).shape().equals(inputs.get(2).shape()), inputs);
        yield inputs.get(1).shape();
      }
      case RANKS_ADDED -> {
        Shape shape = inputs.getFirst().shape();
        yield inputs.getFirst().is(OpCode.LOAD) ? shape : Shape.of(IntStream.concat(IntStream.of(((Collective) payload).size()), IntStream.of(shape.toArray())).toArray());
      }
      case RANKS_REMOVED -> {
        Shape shape = inputs.getFirst().shape();
        boolean inKernel = inputs.getFirst().is(OpCode.LOAD);
        require(op, inKernel || shape.rank() > 0 && shape.size(0) == ((Collective) payload).size(), inputs);
        yield inKernel ? shape : Shape.of(Arrays.copyOfRange(shape.toArray(), 1, shape.rank()));
      }
    };
  }

  private static Shape same(OpCode op, List<OpNode> inputs) {
    Shape first = inputs.getFirst().shape();
    for (OpNode input : inputs) {
      require(op, input.shape().equals(first), inputs);
    }
    return first;
  }

  private static Shape reshaped(Shape from, Shape to) {
    if (from.elements() != to.elements()) {
      throw new IllegalArgumentException("reshape: " + from + " has " + from.elements() + " elements, " + to + " has " + to.elements());
    }
    return to;
  }

  private static Shape permuted(Shape from, List<?> order) {
    int[] sizes = new int[order.size()];
    boolean[] seen = new boolean[from.rank()];
    for (int i = 0; i < sizes.length; i++) {
      int axis = (Integer) order.get(i);
      if (sizes.length != from.rank() || seen[from.axis(axis)]) {
        throw new IllegalArgumentException("permute: " + order + " is not an order of the axes of " + from);
      }
      seen[axis] = true;
      sizes[i] = from.size(axis);
    }
    return Shape.of(sizes);
  }

  private static Shape expanded(Shape from, Shape to) {
    boolean fits = from.rank() == to.rank();
    for (int i = 0; fits && i < to.rank(); i++) {
      fits = from.size(i) == to.size(i) || from.size(i) == 1;
    }
    if (!fits) {
      throw new IllegalArgumentException("expand: " + from + " does not expand to " + to + "; only axes of size 1 do");
    }
    return to;
  }

  private static Shape padded(Shape from, Bounds zeros) {
    int[] sizes = from.toArray();
    checkRank("pad", from, zeros);
    for (int i = 0; i < sizes.length; i++) {
      if (zeros.first(i) < 0 || zeros.second(i) < 0) {
        throw new IllegalArgumentException("pad: negative padding " + zeros);
      }
      sizes[i] += zeros.first(i) + zeros.second(i);
    }
    return Shape.of(sizes);
  }

  private static Shape shrunk(Shape from, Bounds part) {
    int[] sizes = from.toArray();
    checkRank("shrink", from, part);
    for (int i = 0; i < sizes.length; i++) {
      if (part.first(i) < 0 || part.first(i) > part.second(i) || part.second(i) > sizes[i]) {
        throw new IllegalArgumentException("shrink: " + part.first(i) + ".." + part.second(i) + " of axis " + i + " of " + from);
      }
      sizes[i] = part.second(i) - part.first(i);
    }
    return Shape.of(sizes);
  }

  private static void checkRank(String what, Shape from, Bounds bounds) {
    if (bounds.rank() != from.rank()) {
      throw new IllegalArgumentException(what + ": bounds for " + bounds.rank() + " axes given to shape " + from);
    }
  }

  private static Shape flipped(Shape from, List<?> axes) {
    axes.forEach(axis -> from.axis((Integer) axis));
    return from;
  }

  private static Shape reduced(Shape from, Reduction reduction) {
    Shape shape = from;
    for (int axis : reduction.axes()) {
      shape = shape.with(axis, 1);
    }
    return shape;
  }

  private static Shape scanned(Shape from, Reduction scan) {
    if (scan.combine() == OpCode.MUL || scan.axes().size() != 1 || scan.axes().getFirst() >= from.rank()) {
      throw new IllegalArgumentException("scan: " + scan + " of shape " + from + "; it runs along one axis and combines by ADD, MAX or MIN");
    }
    return from;
  }

  private static Shape sorted(Shape from, Order order) {
    int size = from.size(-1);
    if (order.count() > size) {
      throw new IllegalArgumentException("sort: the first " + order.count() + " of rows of " + size);
    }
    if (order.known() == Order.Known.BITONIC && (order.count() != size || Integer.bitCount(size) != 1)) {
      throw new IllegalArgumentException("sort: the first " + order.count() + " of bitonic rows of " + size + "; of a power of two all are sorted");
    }
    if (order.known() == Order.Known.HALVES && size % 2 != 0) {
      throw new IllegalArgumentException("sort: rows of " + size + " have no halves");
    }
    return from.with(-1, order.count());
  }

  private static Shape gathered(Shape from, Shape index, int axis) {
    boolean fits = from.rank() == index.rank() && axis >= 0 && axis < from.rank();
    for (int i = 0; fits && i < index.rank(); i++) {
      fits = i == axis || from.size(i) == index.size(i);
    }
    if (!fits) {
      throw new IllegalArgumentException("gather: index " + index + " differs from " + from + " elsewhere than on axis " + axis);
    }
    return index;
  }

  private static Shape scattered(List<OpNode> inputs, Scatter scatter) {
    gathered(inputs.get(0).shape(), inputs.get(1).shape(), scatter.axis());
    require(OpCode.SCATTER, inputs.get(1).shape().equals(inputs.get(2).shape()), inputs);
    return inputs.get(0).shape();
  }

  private static void require(OpCode op, boolean fits, List<OpNode> inputs) {
    if (!fits) {
      throw new IllegalArgumentException(op + " of shapes that differ: " + inputs.stream().map(OpNode::shape).toList());
    }
  }
}
