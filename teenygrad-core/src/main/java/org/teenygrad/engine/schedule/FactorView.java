package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;

/// What a factor of a [SumOfProducts] shows: a tensor below views, of narrow numbers where these were widened, and where each of
/// its axes is looked at, in terms of the product's axes.
///
/// @param views between the factor and the tensor, from the factor down
record FactorView(OpNode tensor, List<OpNode> index, List<OpNode> views, IndexAlgebra algebra) {
  /// Of 16-bit numbers 16 bytes, which threads copy to shared memory at once.
  private static final int CHUNK = 8;

  /// As far down as each axis is looked at by sums of the product's.
  static FactorView of(OpNode factor) {
    IndexAlgebra algebra = new IndexAlgebra();
    List<OpNode> index = IntStream.range(0, factor.shape().rank())
        .mapToObj(axis -> IndexAlgebra.range(axis, factor.shape().size(axis))).toList();
    List<OpNode> views = new ArrayList<>();
    OpNode at = narrow(factor);
    FactorView deepest = new FactorView(at, index, List.of(), algebra);
    while (at.op().isMovement()) {
      index = Views.inputIndex(algebra, at, index);
      views.add(at);
      at = at.input(0);
      if (index.stream().allMatch(one -> algebra.sum(one).factors().keySet().stream().allMatch(term -> term.is(OpCode.RANGE)))) {
        deepest = new FactorView(at, index, List.copyOf(views), algebra);
      }
    }
    return deepest;
  }

  /// The views of a factor over what its numbers were before they were widened, if they were.
  private static OpNode narrow(OpNode factor) {
    List<OpNode> above = new ArrayList<>();
    OpNode at = factor;
    while (at.op().isMovement() || at.is(OpCode.DETACH)) {
      above.add(at);
      at = at.input(0);
    }
    return at.is(OpCode.CAST) && at.input(0).dtype().isNarrow() ? over(at.input(0), above) : over(at, above);
  }

  /// @param views from above down, without those that do nothing to values
  private static OpNode over(OpNode tensor, List<OpNode> views) {
    OpNode shown = tensor;
    for (OpNode view : views.reversed()) {
      shown = view.op().isMovement() ? OpNode.of(view.op(), view.payload(), List.of(shown)) : shown;
    }
    return shown;
  }

  boolean isWindowed() {
    return index.stream().anyMatch(this::isWindow);
  }

  /// Whether several loops come by the same elements of an axis.
  private boolean isWindow(OpNode at) {
    long span = 1;
    Comparator<Map.Entry<OpNode, Long>> byStep = Comparator.comparingLong(term -> Math.abs(term.getValue()));
    for (Map.Entry<OpNode, Long> term : algebra.sum(at).factors().entrySet().stream().sorted(byStep).toList()) {
      long step = Math.abs(term.getValue());
      if (step < span) {
        return true;
      }
      span += step * (term.getKey().payload(Range.class).size() - 1);
    }
    return false;
  }

  /// Whether loops that become one, all summed or none, go through whole chunks of neighbours, and begin where chunks do.
  boolean isContiguous(List<Integer> summed) {
    IndexAlgebra.Sum sum = algebra.sum(Group.offset(algebra, tensor.shape(), index));
    List<Map.Entry<OpNode, Long>> bySteps = sum.factors().entrySet().stream().sorted(Map.Entry.comparingByValue()).toList();
    long run = 1;
    boolean sums = !bySteps.isEmpty() && isSummed(bySteps.getFirst().getKey(), summed);
    for (Map.Entry<OpNode, Long> term : bySteps) {
      if (run % CHUNK != 0 && term.getValue() == run && isSummed(term.getKey(), summed) == sums) {
        run *= term.getKey().payload(Range.class).size();
      } else if (term.getValue() % CHUNK != 0) {
        return false;
      }
    }
    return run % CHUNK == 0 && sum.constant() % CHUNK == 0;
  }

  static boolean isSummed(OpNode range, List<Integer> summed) {
    return summed.contains(range.payload(Range.class).id());
  }

  boolean isWhole(int axis) {
    OpNode at = index.get(axis);
    return at.is(OpCode.RANGE) && at.payload(Range.class).size() == tensor.shape().size(axis);
  }

  /// The axis that one of the product's axes runs along, by its number, or -1.
  int axisOf(int axis) {
    return IntStream.range(0, index.size()).filter(i -> isWhole(i) && index.get(i).payload(Range.class).id() == axis)
        .findFirst().orElse(-1);
  }

  /// Whether one of the product's axes runs along neighbours.
  boolean isAlong(int axis) {
    return axisOf(axis) == index.size() - 1;
  }

  /// The innermost axis that no window runs over and of which whole chunks are read, by its number, or -1.
  int channels() {
    return IntStream.range(0, index.size())
        .filter(axis -> isWhole(axis) && tensor.shape().size(axis) % CHUNK == 0)
        .reduce((first, second) -> second).orElse(-1);
  }

  /// The axis that a product's axis runs along; if none does, one that is not summed and of which whole chunks are read, or -1.
  int along(OpNode range, List<Integer> summed) {
    int axis = index.indexOf(range);
    return axis >= 0 ? axis : IntStream.range(0, index.size())
        .filter(i -> index.get(i).is(OpCode.RANGE) && !isSummed(index.get(i), summed) && tensor.shape().size(i) % CHUNK == 0)
        .reduce((first, second) -> second).orElse(-1);
  }

  /// The factor, of a copy with an axis innermost.
  /// @param axis -1 if any may be
  OpNode laidOut(int axis, DType dtype) {
    OpNode shown = tensor;
    if (axis >= 0 && axis != tensor.shape().rank() - 1) {
      List<Integer> order = innermost(tensor.shape().rank(), axis);
      OpNode copy = OpNode.of(OpCode.CONTIGUOUS, OpNode.of(OpCode.PERMUTE, order, List.of(tensor)));
      shown = OpNode.of(OpCode.PERMUTE, inverse(order), List.of(copy));
    }
    OpNode whole = over(shown, views);
    return whole.dtype() == dtype ? whole : OpNode.create(OpCode.CAST, dtype, List.of(whole), null);
  }

  static List<Integer> innermost(int rank, int axis) {
    return Stream.concat(IntStream.range(0, rank).boxed().filter(other -> other != axis), Stream.of(axis)).toList();
  }

  static List<Integer> inverse(List<Integer> order) {
    return IntStream.range(0, order.size()).boxed().map(order::indexOf).toList();
  }
}
