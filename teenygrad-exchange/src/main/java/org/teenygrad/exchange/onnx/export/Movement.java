package org.teenygrad.exchange.onnx.export;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpNode;

/// Views: the elements of a tensor elsewhere.
final class Movement {
  private final GraphBuilder graph;

  Movement(GraphBuilder graph) {
    this.graph = graph;
  }

  /// @param x what stands for the node's input
  Operand of(OpNode node, Operand x) {
    Shape from = node.input(0).shape();
    return switch (node.op()) {
      case RESHAPE -> reshape(x, from, node.shape());
      case EXPAND -> x;
      case PERMUTE -> graph.transpose(graph.ranked(x, from.rank()), axes(node));
      case PAD -> pad(x, from, node);
      case SHRINK -> shrink(x, from, node);
      case FLIP -> flip(x, node);
      default -> throw new IllegalArgumentException(node + " is no view");
    };
  }

  private static int[] axes(OpNode node) {
    List<?> axes = node.payload(List.class);
    return axes.stream().mapToInt(axis -> (Integer) axis).toArray();
  }

  /// What is repeated stays so where the axes are the same but for some of size 1.
  private Operand reshape(Operand x, Shape from, Shape to) {
    if (x.rank() == 0) {
      return x;
    }
    int[] longAxes = IntStream.range(0, from.rank()).filter(axis -> from.size(axis) != 1).toArray();
    boolean same = Arrays.equals(Arrays.stream(longAxes).map(from::size).toArray(), to.stream().filter(size -> size != 1).toArray());
    if (x.shape().equals(from) || !same) {
      return graph.reshape(graph.expand(x, from), to);
    }
    int[] sizes = to.toArray();
    int next = 0;
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis] != 1) {
        sizes[axis] = x.size(longAxes[next++]);
      }
    }
    return graph.reshape(x, Shape.of(sizes));
  }

  private Operand pad(Operand given, Shape from, OpNode node) {
    Bounds zeros = node.payload(Bounds.class);
    Operand x = graph.expandAxes(given, from, IntStream.range(0, from.rank()).filter(axis -> zeros.first(axis) + zeros.second(axis) > 0).boxed().toList());
    int[] shape = IntStream.range(0, from.rank()).map(axis -> x.size(axis) + zeros.first(axis) + zeros.second(axis)).toArray();
    long[] pads = IntStream.concat(zeros.first().stream().mapToInt(n -> n), zeros.second().stream().mapToInt(n -> n)).asLongStream().toArray();
    if (x.dtype() == DType.BOOL) { // not every implementation pads truth values
      Operand bytes = graph.cast(x, DType.UINT8);
      return graph.cast(graph.add("Pad", DType.UINT8, Shape.of(shape), bytes, graph.integers(pads), graph.constant(DType.UINT8, 0)), DType.BOOL);
    }
    return graph.add("Pad", x.dtype(), Shape.of(shape), x, graph.integers(pads), graph.constant(x.dtype(), 0));
  }

  private Operand shrink(Operand given, Shape from, OpNode node) {
    Bounds part = node.payload(Bounds.class);
    Operand x = graph.ranked(given, from.rank());
    int[] cut = IntStream.range(0, from.rank()).filter(axis -> x.size(axis) > 1 && part.second(axis) - part.first(axis) != x.size(axis)).toArray();
    if (cut.length == 0) {
      return x;
    }
    int[] shape = x.shape().toArray();
    Arrays.stream(cut).forEach(axis -> shape[axis] = part.second(axis) - part.first(axis));
    return graph.add("Slice", x.dtype(), Shape.of(shape), x,
        bounds(Arrays.stream(cut).mapToLong(axis -> bound(part.first(axis), x.size(axis))).toArray()),
        bounds(Arrays.stream(cut).mapToLong(axis -> part.second(axis) == x.size(axis) ? Long.MAX_VALUE : bound(part.second(axis), x.size(axis))).toArray()),
        graph.integers(Arrays.stream(cut).asLongStream().toArray()));
  }

  /// Near the end of an axis of open size positions count from there.
  private long bound(int position, int size) {
    return graph.open().isOpen(size) && !graph.open().isOpen(position) && position > size / 2 ? (long) position - size : position;
  }

  private Operand bounds(long... positions) {
    return Arrays.stream(positions).anyMatch(p -> p == Long.MAX_VALUE || p < 0) ? graph.integers(positions) : graph.vector(positions);
  }

  private Operand flip(Operand x, OpNode node) {
    long[] flipped = Arrays.stream(axes(node)).filter(axis -> x.rank() > 0 && x.size(axis) > 1).asLongStream().toArray();
    if (flipped.length == 0) {
      return x;
    }
    long[] starts = new long[flipped.length];
    long[] ends = new long[flipped.length];
    Arrays.fill(starts, -1);
    Arrays.fill(ends, -Long.MAX_VALUE);
    return graph.add("Slice", x.dtype(), x.shape(), x, graph.integers(starts), graph.integers(ends), graph.integers(flipped), graph.integers(starts));
  }
}
