package org.teenygrad.exchange.onnx.export;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.exchange.onnx.format.Attribute;

/// Operations that look elements up, put them elsewhere or in order.
final class Indexing {
  private final GraphBuilder graph;
  private final Elementwise elementwise;

  Indexing(GraphBuilder graph, Elementwise elementwise) {
    this.graph = graph;
    this.elementwise = elementwise;
  }

  /// @param asked whether the positions are what a caller gives: whether they are within the axis is up to it
  Operand gather(OpNode node, Operand x, Operand index, boolean asked) {
    int axis = node.payload(Integer.class);
    Shape shape = node.input(0).shape();
    Operand positions = asked ? index : elementwise.apply("Where", index.dtype(), within(index, shape.size(axis)), index, graph.constant(index.dtype(), 0));
    boolean rows = index.rank() > 0 && IntStream.range(0, index.rank()).allMatch(a -> a == axis || index.size(a) == 1);
    Operand found = rows ? rows(x, positions, axis, shape) : graph.add("GatherElements", x.dtype(), node.shape(), axis(axis),
        graph.expand(x, shape), graph.expand(positions, node.shape()));
    return asked ? found
        : elementwise.apply("Where", x.dtype(), within(index, shape.size(axis)), found, graph.constant(x.dtype(), 0));
  }

  private Operand within(Operand index, int size) {
    Operand negative = elementwise.apply("Less", DType.BOOL, index, graph.constant(index.dtype(), 0));
    Operand below = elementwise.apply("Less", DType.BOOL, index, graph.constant(index.dtype(), size));
    return elementwise.apply("And", DType.BOOL, elementwise.not(negative), below);
  }

  /// Whole parts of x at positions that are the same for all other axes. Positions that were put in a row for that are taken as they were.
  private Operand rows(Operand given, Operand index, int axis, Shape shape) {
    Operand x = graph.expandAxes(given, shape, List.of(axis));
    Operand before = graph.beforeReshape(index);
    Operand positions = before.shape().elements() == index.size(axis) ? before : graph.reshape(index, Shape.of(index.size(axis)));
    int[] sizes = IntStream.concat(IntStream.concat(IntStream.range(0, axis).map(x::size), positions.shape().stream()),
        IntStream.range(axis + 1, x.rank()).map(x::size)).toArray();
    Operand found = graph.add("Gather", x.dtype(), Shape.of(sizes), axis(axis), x, positions);
    return graph.reshape(found, x.shape().with(axis, index.size(axis)));
  }

  /// Positions outside of the axis, to which nothing is written, become one behind it, which is cut off afterwards.
  Operand scatter(OpNode node, Operand base, Operand index, Operand source) {
    Scatter scatter = node.payload(Scatter.class);
    int axis = scatter.axis();
    Shape shape = node.shape();
    int size = shape.size(axis);
    long[] pads = new long[2 * shape.rank()];
    pads[shape.rank() + axis] = 1;
    Operand longer = graph.add("Pad", base.dtype(), shape.with(axis, size + 1), graph.expand(base, shape), graph.integers(pads), graph.constant(base.dtype(), 0));
    Operand positions = elementwise.apply("Where", index.dtype(), within(index, size), index, graph.constant(index.dtype(), size));
    Operand written = graph.add("ScatterElements", base.dtype(), longer.shape(),
        Map.of("axis", new Attribute.OfInt(axis), "reduction", new Attribute.OfText(reduction(scatter.combine()))),
        longer, graph.expand(positions, node.input(1).shape()), graph.expand(source, node.input(2).shape()));
    return graph.add("Slice", base.dtype(), shape, written, graph.integers(0), graph.integers(-1), graph.integers(axis));
  }

  private static String reduction(@Nullable OpCode combine) {
    return switch (combine) {
      case null -> "none";
      case ADD -> "add";
      case MUL -> "mul";
      case MAX -> "max";
      default -> "min";
    };
  }

  /// @throws UnsupportedOperationException if it is no sum
  Operand scan(OpNode node, Operand x) {
    Reduction reduction = node.payload(Reduction.class);
    if (reduction.combine() != OpCode.ADD) {
      throw GraphExport.unsupported(node, "running sums have an operator, running extremes have none");
    }
    return graph.add("CumSum", x.dtype(), node.shape(), graph.expand(x, node.input(0).shape()), graph.constant(DType.INT64, reduction.axes().getFirst()));
  }

  /// The smallest of the last axis.
  Operand sort(OpNode node, Operand x) {
    int count = node.payload(Order.class).count();
    return graph.add("TopK", x.dtype(), node.shape(), Map.of("largest", new Attribute.OfInt(0)), graph.expand(x, node.input(0).shape()), graph.integers(count));
  }

  private static Map<String, Attribute> axis(int axis) {
    return Map.of("axis", new Attribute.OfInt(axis));
  }
}
