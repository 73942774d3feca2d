package org.teenygrad.engine.ir;

import static org.teenygrad.engine.ir.OpCode.*;
import static org.teenygrad.engine.ir.Pattern.any;
import static org.teenygrad.engine.ir.Pattern.op;
import static org.teenygrad.engine.ir.PatternMatcher.rule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;

/// The part of [Algebra] that is about axes: views of views, views that show everything as it is, reductions of repeated
/// values.
final class ShapeAlgebra {
  private static final Pattern X = any("x");

  static final PatternMatcher RULES =
      PatternMatcher.of(
          "shapes",
          rule("view of a constant", any("y").when(ShapeAlgebra::isOfConstant), m -> sameConstant(m.root())),
          rule("pad zeros with zeros", op(PAD, X.when(ShapeAlgebra::isZeros)), m -> sameConstant(m.root())),
          rule("reshape to the same", op(RESHAPE, X), m -> ifSameShape(m)),
          rule("reshape of reshape", op(RESHAPE, op(RESHAPE, X)), m -> onto(m, m.root().payload())),
          rule("permute nothing", op(PERMUTE, X), m -> isInOrder(m) ? reshape(m.get("x"), m.root().shape()) : null),
          rule("permute of permute", op(PERMUTE, op(PERMUTE, X).as("p")), m -> onto(m, permuted(m))),
          rule("expand nothing", op(EXPAND, X), m -> ifSameShape(m)),
          rule("expand of expand", op(EXPAND, op(EXPAND, X)), m -> onto(m, m.root().payload())),
          rule("pad nothing", op(PAD, X), m -> ifSameShape(m)),
          rule("pad of pad", op(PAD, op(PAD, X).as("p")), m -> onto(m, padded(m))),
          rule("shrink nothing", op(SHRINK, X), m -> ifSameShape(m)),
          rule("shrink of shrink", op(SHRINK, op(SHRINK, X).as("p")), m -> onto(m, shrunk(m))),
          rule("shrink inside of pad", op(SHRINK, op(PAD, X).as("p")), m -> shrunkInside(m)),
          rule("flip single elements", op(FLIP, X), m -> flip(m, payloadAxes(m.root()))),
          rule("flip of flip", op(FLIP, op(FLIP, X).as("p")), m -> flip(m, flipped(m))),
          rule("reduce nothing", op(REDUCE, X), m -> ofNothing(m)),
          rule("reduce single elements", op(REDUCE, X), m -> overLongAxes(m)),
          rule("reduce of reduce", op(REDUCE, op(REDUCE, X).as("p")), m -> reducedOnce(m)),
          rule("reduce of expand", op(REDUCE, op(EXPAND, X).as("e")), m -> counted(m)),
          rule("contiguous twice", op(CONTIGUOUS, op(CONTIGUOUS, X).as("y")), any("y")),
          rule("contiguous in another shape", op(CONTIGUOUS, op(RESHAPE, X)), m -> reshape(OpNode.of(CONTIGUOUS, m.get("x")), m.root().shape())),
          rule("detach", op(DETACH, X), X),
          rule("surrogate", op(SURROGATE, X, any("y")), X),
          rule("pullback", op(PULLBACK), m -> m.root().input(0)));

  private ShapeAlgebra() {}

  private static boolean isOfConstant(OpNode node) {
    return node.op().isMovement() && !node.is(PAD) && Uniform.constant(node.input(0)) != null;
  }

  private static boolean isZeros(OpNode node) {
    OpNode constant = Uniform.constant(node);
    return constant != null && constant.isConstant(0) && !Double.valueOf(-0.0).equals(constant.payload());
  }

  private static OpNode sameConstant(OpNode view) {
    return Uniform.broadcast(Objects.requireNonNull(Uniform.constant(view.input(0))), view.shape());
  }

  private static @Nullable OpNode ifSameShape(Match m) {
    return m.get("x").shape().equals(m.root().shape()) ? m.get("x") : null;
  }

  /// The root's operation with another payload, straight onto x.
  private static OpNode onto(Match m, @Nullable Object payload) {
    return OpNode.of(m.root().op(), payload, List.of(m.get("x")));
  }

  private static OpNode reshape(OpNode x, Shape shape) {
    return x.shape().equals(shape) ? x : OpNode.of(RESHAPE, shape, List.of(x));
  }

  private static List<Integer> payloadAxes(OpNode node) {
    List<?> axes = node.payload(List.class);
    return axes.stream().map(axis -> node.shape().axis((Integer) axis)).toList();
  }

  private static List<Integer> axes(OpNode node, IntFunction<Integer> value) {
    return IntStream.range(0, node.shape().rank()).mapToObj(value).toList();
  }

  /// Whether only axes of size 1 change their place.
  private static boolean isInOrder(Match m) {
    List<Integer> moved = payloadAxes(m.root()).stream().filter(axis -> m.shape("x").size(axis) != 1).toList();
    return moved.equals(moved.stream().sorted().toList());
  }

  private static List<Integer> permuted(Match m) {
    List<Integer> inner = payloadAxes(m.get("p"));
    return payloadAxes(m.root()).stream().map(inner::get).toList();
  }

  private static Bounds padded(Match m) {
    Bounds inner = m.get("p").payload(Bounds.class);
    Bounds outer = m.root().payload(Bounds.class);
    return new Bounds(
        axes(m.root(), i -> inner.first(i) + outer.first(i)), axes(m.root(), i -> inner.second(i) + outer.second(i)));
  }

  private static Bounds shrunk(Match m) {
    Bounds inner = m.get("p").payload(Bounds.class);
    Bounds outer = m.root().payload(Bounds.class);
    return new Bounds(
        axes(m.root(), i -> inner.first(i) + outer.first(i)), axes(m.root(), i -> inner.first(i) + outer.second(i)));
  }

  private static @Nullable OpNode shrunkInside(Match m) {
    Bounds zeros = m.get("p").payload(Bounds.class);
    Bounds part = m.root().payload(Bounds.class);
    List<Integer> first = axes(m.root(), i -> part.first(i) - zeros.first(i));
    List<Integer> second = axes(m.root(), i -> part.second(i) - zeros.first(i));
    boolean inside =
        IntStream.range(0, first.size()).allMatch(i -> first.get(i) >= 0 && second.get(i) <= m.shape("x").size(i));
    return inside ? onto(m, new Bounds(first, second)) : null;
  }

  private static List<Integer> flipped(Match m) {
    List<Integer> axes = new ArrayList<>(payloadAxes(m.get("p")));
    for (Integer axis : payloadAxes(m.root())) {
      if (!axes.remove(axis)) {
        axes.add(axis);
      }
    }
    return axes;
  }

  /// x backwards along the axes that have more than one element, ascending.
  private static OpNode flip(Match m, Collection<Integer> axes) {
    List<Integer> longAxes = axes.stream().distinct().filter(axis -> m.root().shape().size(axis) > 1).sorted().toList();
    return longAxes.isEmpty() ? m.get("x") : onto(m, longAxes);
  }

  private static OpNode reduce(OpNode x, OpCode combine, List<Integer> axes) {
    return axes.isEmpty() ? x : OpNode.of(REDUCE, new Reduction(combine, axes), List.of(x));
  }

  /// Over no elements at all: the neutral element.
  private static @Nullable OpNode ofNothing(Match m) {
    if (m.shape("x").elements() > 0) {
      return null;
    }
    OpNode root = m.root();
    Object neutral = Semantics.identity(root.payload(Reduction.class).combine(), root.dtype());
    return Uniform.broadcast(OpNode.create(CONST, root.dtype(), List.of(), neutral), root.shape());
  }

  private static OpNode overLongAxes(Match m) {
    Reduction reduction = m.root().payload(Reduction.class);
    return reduce(
        m.get("x"), reduction.combine(), reduction.axes().stream().filter(axis -> m.shape("x").size(axis) != 1).toList());
  }

  private static @Nullable OpNode reducedOnce(Match m) {
    Reduction inner = m.get("p").payload(Reduction.class);
    Reduction outer = m.root().payload(Reduction.class);
    List<Integer> all = new ArrayList<>(inner.axes());
    all.addAll(outer.axes());
    return inner.combine() == outer.combine() ? reduce(m.get("x"), inner.combine(), all) : null;
  }

  /// A value that EXPAND repeats n times along reduced axes: n times the value for a sum, the value for an extreme.
  private static @Nullable OpNode counted(Match m) {
    Reduction reduction = m.root().payload(Reduction.class);
    Shape from = m.shape("x");
    Shape shape = m.shape("e");
    List<Integer> others = new ArrayList<>(reduction.axes());
    long count = 1;
    for (int axis : reduction.axes()) {
      if (from.size(axis) == 1 && shape.size(axis) > 1) {
        count *= shape.size(axis);
        shape = shape.with(axis, 1);
        others.remove((Integer) axis);
      }
    }
    DType dtype = m.root().dtype();
    boolean idempotent = dtype == DType.BOOL || reduction.combine() == MAX || reduction.combine() == MIN;
    boolean countFits = !dtype.isFloating() || Semantics.round(dtype, (double) count) == count;
    if (count == 1 || !idempotent && (reduction.combine() == MUL || !countFits)) {
      return null;
    }
    OpNode once = from.equals(shape) ? m.get("x") : OpNode.of(EXPAND, shape, List.of(m.get("x")));
    OpNode reduced = reduce(once, reduction.combine(), others);
    return idempotent ? reduced : OpNode.of(MUL, reduced, m.full(count));
  }
}
