package org.teenygrad.engine.schedule;

import java.util.List;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.runtime.Target;

/// A sum of products whose factors are each used many times: a matrix product in any disguise. Passes over graphs of tensors
/// recognise one here and nowhere else.
///
/// @param sum the REDUCE
/// @param product the MUL below it, perhaps below a CAST
record SumOfProducts(OpNode sum, OpNode product) {
  /// Products in each sum, and in all, from which tiles pay; and how often each number of a factor is used at least.
  private static final int FEWEST_IN_SUM = 4;
  private static final int FEWEST = 1 << 12;
  private static final int REUSE = 4;

  static Optional<SumOfProducts> of(OpNode node) {
    return factors(node).filter(SumOfProducts::hasReuse);
  }

  private static Optional<SumOfProducts> factors(OpNode node) {
    if (!node.is(OpCode.REDUCE) || node.payload(Reduction.class).combine() != OpCode.ADD) {
      return Optional.empty();
    }
    OpNode product = node.input(0);
    while (product.is(OpCode.CAST)) {
      product = product.input(0);
    }
    return product.is(OpCode.MUL) ? Optional.of(new SumOfProducts(node, product)) : Optional.empty();
  }

  static boolean is(OpNode node) {
    return of(node).isPresent();
  }

  /// The same with what is a contraction on a processor alone: a matrix in memory times few vectors, so that one row is computed as
  /// many are, with the same bits, and the vectors once.
  static boolean is(OpNode node, Target target) {
    return is(node) || target instanceof Target.Cpu && ofVectors(node).isPresent();
  }

  private static Optional<SumOfProducts> ofVectors(OpNode node) {
    return factors(node).filter(found -> {
      long size = found.product.shape().elements();
      OpNode matrix = distinct(found.left()) > distinct(found.right()) ? found.left() : found.right();
      OpNode vectors = matrix == found.left() ? found.right() : found.left();
      return found.depth() >= FEWEST_IN_SUM && size >= FEWEST / REUSE && distinct(vectors) * REUSE <= size
          && distinct(matrix) > distinct(vectors) && isOfOneTensor(matrix);
    });
  }

  /// Whether a factor is memory or computed from one tensor in memory, as weights are, also those that are quantised, and keys and
  /// values that were kept.
  private static boolean isOfOneTensor(OpNode factor) {
    List<OpNode> nodes = Graph.topological(List.of(factor), node -> !isInMemory(node) && !node.is(OpCode.GATHER));
    List<OpNode> gathers = nodes.stream().filter(node -> node.is(OpCode.GATHER)).toList();
    boolean isComputed = nodes.stream().allMatch(node -> isInMemory(node) || node.is(OpCode.GATHER)
        || node.op().isElementwise() || node.op().isMovement()
        || node.op().group() == OpCode.Group.SOURCE || node.is(OpCode.DETACH));
    long stored = nodes.stream().filter(SumOfProducts::isInMemory).count();
    return isComputed && stored + gathers.size() == 1 && gathers.stream().allMatch(gather -> isOfOneTensor(gather.input(0)));
  }

  private static boolean isInMemory(OpNode node) {
    return node.is(OpCode.BUFFER) || node.is(OpCode.PARAM) || node.is(OpCode.ASSIGN);
  }

  private boolean hasReuse() {
    long size = product.shape().elements();
    return size / Math.max(1, results()) >= FEWEST_IN_SUM && size >= FEWEST && largestFactor() * REUSE <= size;
  }

  OpNode left() {
    return product.input(0);
  }

  OpNode right() {
    return product.input(1);
  }

  long results() {
    return sum.shape().elements();
  }

  /// Products in each sum.
  long depth() {
    return product.shape().elements() / results();
  }

  /// How many numbers the larger factor has.
  long largestFactor() {
    return Math.max(distinct(left()), distinct(right()));
  }

  /// Whether the sums are along rows of a factor, as a layer's are along those of its input; a weight's gradient adds up over rows.
  boolean isAlongRows() {
    return sum.payload(Reduction.class).axes().stream().anyMatch(axis -> isLast(left(), axis) || isLast(right(), axis));
  }

  /// Whether neighbours along an axis are neighbours in the tensor that a node is a view of.
  private static boolean isLast(OpNode view, int axis) {
    int at = axis;
    OpNode node = view;
    while (node.op().isMovement() || node.is(OpCode.CAST) || node.is(OpCode.DETACH)) {
      if (node.is(OpCode.PERMUTE)) {
        at = (Integer) node.payload(List.class).get(at);
      } else if (node.is(OpCode.EXPAND) && node.input(0).shape().size(at) == 1) {
        return false;
      } else if (node.is(OpCode.RESHAPE)) {
        at = sameAxis(node.shape(), at, node.input(0).shape());
      }
      if (at < 0) {
        return false;
      }
      node = node.input(0);
    }
    return trailing(node.shape(), at) == 1;
  }

  /// The axis of another shape for the same elements that has as many behind it, or -1.
  private static int sameAxis(Shape shape, int axis, Shape other) {
    return IntStream.range(0, other.rank())
        .filter(a -> other.size(a) > 1 && trailing(other, a) == trailing(shape, axis))
        .findFirst().orElse(-1);
  }

  /// The elements behind an axis.
  private static long trailing(Shape shape, int axis) {
    return IntStream.range(axis + 1, shape.rank()).mapToLong(shape::size).reduce(1, (x, y) -> x * y);
  }

  /// Whether both factors were widened from 16 bits.
  boolean isOfHalves() {
    return stored(left()).isHalf() && stored(right()).isHalf();
  }

  /// Whether neither was widened from fewer than 32 bits.
  boolean isOfSingles() {
    return stored(left()) == DType.FLOAT32 && stored(right()) == DType.FLOAT32;
  }

  /// Whether both were widened from floats of 8 bits.
  boolean isOfBytes() {
    return stored(left()).isNarrow() && stored(left()).bytes() == 1 && stored(right()).isNarrow() && stored(right()).bytes() == 1;
  }

  /// The type of a factor before it was widened; float32, say, if it was not.
  private static DType stored(OpNode factor) {
    OpNode at = factor;
    while (at.op().isMovement() || at.is(OpCode.DETACH)) {
      at = at.input(0);
    }
    return at.is(OpCode.CAST) ? at.input(0).dtype() : DType.FLOAT32;
  }

  /// Whether a node shows the elements of another elsewhere, perhaps several times.
  static boolean isRearranged(OpNode node) {
    return node.is(OpCode.RESHAPE) || node.is(OpCode.PERMUTE) || node.is(OpCode.EXPAND) || node.is(OpCode.DETACH);
  }

  /// How many different elements there are behind the views that repeat them.
  static long distinct(OpNode node) {
    long least = node.shape().elements();
    OpNode at = node;
    while (at.op().isMovement() || at.is(OpCode.CAST) || at.is(OpCode.DETACH)) {
      at = at.input(0);
      least = Math.min(least, at.shape().elements());
    }
    return least;
  }
}
