package org.teenygrad.exchange.onnx.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.IndexAlgebra.Interval;
import org.teenygrad.engine.ir.IndexAlgebra.Sum;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.schedule.Views;

/// Which element of its source each element of a view is, as an affine function of the view's index: what compilers of loops call
/// an access function.
///
/// It is how windows are recognised, whatever views they were made by: the index along an axis of the source is `stride * output +
/// dilation * k - before`.
///
/// @param source what the view looks at
/// @param axes the index along each axis of the source; where it is outside of the axis, the view has zeros
record Access(OpNode source, List<Affine> axes) {
  /// A sum of the view's indices, each with a factor, and a constant.
  ///
  /// @param factors by the view's axis; axes of size 1 are in none
  record Affine(Map<Integer, Long> factors, long constant) {
    /// Stands for an axis of size 1, and for none that would do.
    static final int ONE = -1;
    static final int NONE = -2;

    /// The view's axis that it is the index along.
    /// @param size of the source's axis
    /// @return [#ONE] if it is always 0, [#NONE] if it is something else
    int only(int size) {
      if (constant != 0 || factors.size() != (size == 1 ? 0 : 1) || !factors.values().stream().allMatch(factor -> factor == 1)) {
        return NONE;
      }
      return factors.isEmpty() ? ONE : factors.keySet().iterator().next();
    }
  }

  /// Whether it reads elements of the source alone, no zeros beside them.
  /// @param view the shape whose axes the sums are of
  boolean isInside(Shape view) {
    return IntStream.range(0, axes.size()).allMatch(axis -> {
      Affine index = axes.get(axis);
      long low = index.constant();
      long high = index.constant();
      for (Map.Entry<Integer, Long> term : index.factors().entrySet()) {
        long reach = term.getValue() * (view.size(term.getKey()) - 1L);
        low += Math.min(0, reach);
        high += Math.max(0, reach);
      }
      return low >= 0 && high < source.shape().size(axis);
    });
  }

  /// What a PAD takes for an element of its input, along one axis.
  private record Inside(OpNode index, int size) {}

  /// What a view may be taken to look at: itself, or what it is a view of, and so on.
  /// @return the innermost source first, without those of which some axis is no such sum, or that have elements where a view has zeros
  static List<Access> of(OpNode view) {
    IndexAlgebra algebra = new IndexAlgebra();
    List<OpNode> index = IntStream.range(0, view.shape().rank()).mapToObj(axis -> IndexAlgebra.range(axis, view.shape().size(axis))).toList();
    List<Inside> padded = new ArrayList<>();
    List<Access> found = new ArrayList<>();
    add(algebra, view, index, padded, found);
    for (OpNode node = view; node.op().isMovement(); node = node.input(0)) {
      index = Views.inputIndex(algebra, node, index);
      if (node.is(OpCode.PAD)) {
        Bounds zeros = node.payload(Bounds.class);
        for (int axis = 0; axis < index.size(); axis++) {
          if (zeros.first(axis) + zeros.second(axis) > 0) {
            padded.add(new Inside(index.get(axis), node.input(0).shape().size(axis)));
          }
        }
      }
      add(algebra, node.input(0), index, padded, found);
    }
    return found;
  }

  private static void add(IndexAlgebra algebra, OpNode source, List<OpNode> index, List<Inside> padded, List<Access> found) {
    boolean isAffine = index.stream().allMatch(one -> algebra.sum(one).factors().keySet().stream().allMatch(term -> term.is(OpCode.RANGE)));
    if (isAffine && padded.stream().allMatch(inside -> isOutside(algebra, inside, source, index))) {
      found.addFirst(new Access(source, index.stream().map(one -> affine(algebra.sum(one))).toList()));
    }
  }

  private static Affine affine(Sum sum) {
    return new Affine(
        sum.factors().entrySet().stream().collect(Collectors.toMap(entry -> entry.getKey().payload(Range.class).id(), Map.Entry::getValue)), sum.constant());
  }

  /// Whether a PAD's zeros are nowhere inside of the source.
  private static boolean isOutside(IndexAlgebra algebra, Inside inside, OpNode source, List<OpNode> index) {
    Interval reach = algebra.bounds(inside.index);
    if (reach.low() >= 0 && reach.high() < inside.size) {
      return true; // none is looked at
    }
    return IntStream.range(0, index.size()).anyMatch(axis -> {
      Sum shift = algebra.sum(algebra.subtract(index.get(axis), inside.index));
      long last = source.shape().size(axis) - 1L - shift.constant();
      return shift.factors().isEmpty() && Math.max(-shift.constant(), reach.low()) >= 0 && Math.min(last, reach.high()) < inside.size;
    });
  }
}
