package org.teenygrad.exchange.onnx.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.exchange.onnx.export.Access.Affine;
import org.teenygrad.exchange.onnx.export.Windows.Axis;
import org.teenygrad.exchange.onnx.export.Windows.Parts;
import org.teenygrad.exchange.onnx.format.Attribute;

/// The greatest of windows, or their sums.
///
/// @param source what windows lie on (batch, channels, spatial)
/// @param made the view's axes that the operator's result has, in its order
record Pooling(OpNode source, Windows windows, List<Integer> made) {

  /// A reduction over the axes of a view that are the kernel's. Zeros beside the source count in a sum alone: a maximum's windows
  /// have nothing there.
  /// @return empty where it is something else, or as well a reduction of whole axes
  static Optional<Pooling> reduced(OpNode node) {
    Reduction reduction = node.payload(Reduction.class);
    Shape view = node.input(0).shape();
    return !node.dtype().isFloating() ? Optional.empty()
        : Access.of(node.input(0)).stream().filter(access -> reduction.combine() == OpCode.ADD || isWithoutZeros(access, view))
            .flatMap(access -> reduced(access, view, reduction.axes()).stream()).findFirst();
  }

  private static Optional<Pooling> reduced(Access access, Shape view, List<Integer> axes) {
    Shape source = access.source().shape();
    if (source.rank() < 3) {
      return Optional.empty();
    }
    List<Integer> made = new ArrayList<>(List.of(access.axes().get(0).only(source.size(0)), access.axes().get(1).only(source.size(1))));
    List<Axis> spatial = new ArrayList<>();
    for (Affine index : access.axes().subList(2, source.rank())) {
      @Nullable Parts parts = Parts.of(index, view, axes).orElse(null);
      if (parts == null || parts.element() < 0 || parts.position() < 0) {
        return Optional.empty();
      }
      made.add(parts.position());
      spatial.add(parts.axis());
    }
    boolean overlap = spatial.stream().anyMatch(axis -> axis.span() > axis.stride());
    boolean areAll = made.stream().noneMatch(axis -> axis == Affine.NONE || axes.contains(axis))
        && IntStream.range(0, view.rank()).filter(axis -> view.size(axis) > 1).count() == made.stream().filter(axis -> axis != Affine.ONE).count() + spatial.size();
    Windows windows = new Windows(source, spatial);
    return areAll && (overlap || source.rank() > 3) && windows.areComplete() ? Optional.of(new Pooling(access.source(), windows, made)) : Optional.empty();
  }

  /// Windows of a few elements are compared one with the other, `next > best ? next : best`, along one axis after the other.
  /// @param node a WHERE
  static Optional<Pooling> compared(OpNode node) {
    return nest(node).filter(found -> found.windows.areComplete());
  }

  private static Optional<Pooling> nest(OpNode node) {
    List<OpNode> views = new ArrayList<>();
    OpNode best = node;
    for (; isStep(best); best = best.input(2)) {
      views.addFirst(best.input(1));
    }
    views.addFirst(best);
    return views.size() == 1 || node.shape().rank() < 3 ? Optional.empty()
        : inside(best).filter(access -> access.axes().size() == node.shape().rank()).flatMap(first -> nest(first, views, node.shape()).stream()).findFirst();
  }

  private static Stream<Access> inside(OpNode view) {
    return Access.of(view).stream().filter(access -> isWithoutZeros(access, view.shape()));
  }

  /// Whether no zeros lie beside the source: onnxruntime (1.29) takes those of a Pad before a MaxPool for nothing, too.
  private static boolean isWithoutZeros(Access access, Shape view) {
    return access.isInside(view) && !access.source().is(OpCode.PAD);
  }

  /// @param first what the first of the views reads
  private static Optional<Pooling> nest(Access first, List<OpNode> views, Shape shape) {
    int rank = shape.rank();
    List<Access> elements = views.stream().flatMap(view -> inside(view).filter(access -> access.source() == first.source())).toList();
    if (elements.size() < views.size()) {
      return Optional.empty();
    }
    int axis = IntStream.range(2, rank).filter(i -> !elements.get(1).axes().get(i).equals(first.axes().get(i))).findFirst().orElse(0);
    long dilation = elements.get(1).axes().get(axis).constant() - first.axes().get(axis).constant();
    for (int k = 0; k < elements.size(); k++) {
      for (int i = 0; i < rank; i++) {
        Affine expected = first.axes().get(i);
        if (i != axis && expected.only(first.source().shape().size(i)) != (shape.size(i) == 1 ? Affine.ONE : i)
            || !elements.get(k).axes().get(i).equals(i == axis ? new Affine(expected.factors(), expected.constant() + k * dilation) : expected)) {
          return Optional.empty();
        }
      }
    }
    Parts parts = Parts.of(first.axes().get(axis), shape, List.of()).orElse(null);
    if (axis == 0 || dilation < 1 || parts == null) {
      return Optional.empty();
    }
    return over(first.source()).flatMap(below -> below.along(axis, elements.size(), dilation, parts.axis()));
  }

  /// Whether a WHERE takes what is greater, or no number.
  private static boolean isStep(OpNode node) {
    if (!node.is(OpCode.WHERE)) {
      return false;
    }
    OpNode next = node.input(1);
    OpNode choice = node.input(0);
    if (choice.is(OpCode.OR)) {
      OpNode nan = choice.input(1);
      boolean isNan = nan.is(OpCode.NE) && nan.input(0) == next && nan.input(1) == next;
      choice = isNan ? choice.input(0) : nan;
    }
    return choice.is(OpCode.LT) && choice.input(0) == node.input(2) && choice.input(1) == next;
  }

  /// What windows along one axis lie on: windows along the others, a tensor with less than all others around it, or a tensor.
  private static Optional<Pooling> over(OpNode source) {
    if (isStep(source)) {
      return nest(source);
    }
    Optional<Access> access = isPadded(source)
        ? Access.of(source.input(1)).stream().filter(found -> found.source() == source.input(1).input(0)).findFirst() : Optional.empty();
    OpNode whole = access.map(Access::source).orElse(source);
    if (whole.shape().rank() != source.shape().rank()) {
      return Optional.empty();
    }
    List<Axis> axes = IntStream.range(2, source.shape().rank())
        .mapToObj(axis -> Axis.all(source.shape().size(axis), access.map(found -> -found.axes().get(axis).constant()).orElse(0L))).toList();
    return Optional.of(new Pooling(whole, new Windows(whole.shape(), axes), IntStream.range(0, source.shape().rank()).boxed().toList()));
  }

  /// Whether it is a PAD, with what is less than all where the PAD has zeros.
  private static boolean isPadded(OpNode node) {
    return node.is(OpCode.WHERE) && node.input(0).is(OpCode.PAD) && node.input(1).is(OpCode.PAD)
        && node.input(0).payload(Object.class).equals(node.input(1).payload(Object.class))
        && isEverywhere(node.input(0).input(0), 1) && isEverywhere(node.input(2), Double.NEGATIVE_INFINITY);
  }

  private static boolean isEverywhere(OpNode node, double value) {
    @Nullable OpNode constant = Uniform.constant(node);
    return constant != null && constant.isConstant(value);
  }

  /// With windows along one more axis.
  private Optional<Pooling> along(int axis, int kernel, long dilation, Axis positions) {
    Axis before = windows.axes().get(axis - 2);
    if (before.kernel() != 1 || before.stride() != 1) {
      return Optional.empty();
    }
    List<Axis> axes = new ArrayList<>(windows.axes());
    axes.set(axis - 2, new Axis(kernel, positions.outputs(), positions.stride(), dilation, before.before() + positions.before()));
    return Optional.of(new Pooling(source, new Windows(windows.source(), axes), made));
  }

  /// The greatest of each window (batch, channels, positions).
  Operand greatest(GraphBuilder graph, Function<OpNode, Operand> operands) {
    return pooled("MaxPool", Map.of(), graph, operands);
  }

  /// The sum of each window.
  Operand sum(GraphBuilder graph, Function<OpNode, Operand> operands) {
    DType type = source.dtype();
    Operand mean = pooled("AveragePool", Map.of("count_include_pad", new Attribute.OfInt(1)), graph, operands);
    return graph.add("Mul", type, mean.shape(), mean, graph.constant(type, windows.elements()));
  }

  private Operand pooled(String operator, Map<String, Attribute> more, GraphBuilder graph, Function<OpNode, Operand> operands) {
    return windows.add(graph, operator, source.dtype(), source.shape().size(1), more, graph.expand(operands.apply(source), source.shape()));
  }
}
