package org.teenygrad.engine.schedule;

import java.util.Optional;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;

/// A sum of products whose factors are each used many times: a matrix product in any disguise. Passes over graphs of tensors recognise one here and
/// nowhere else.
///
/// @param sum the REDUCE
/// @param product the MUL below it, perhaps below a CAST
record SumOfProducts(OpNode sum, OpNode product) {
  /// Products in each sum, and in all, from which tiles pay; and how often each number of a factor is used at least.
  private static final int FEWEST_IN_SUM = 4;
  private static final int FEWEST = 1 << 12;
  private static final int REUSE = 4;

  static Optional<SumOfProducts> of(OpNode node) {
    if (!node.is(OpCode.REDUCE) || node.payload(Reduction.class).combine() != OpCode.ADD) {
      return Optional.empty();
    }
    OpNode product = node.input(0);
    while (product.is(OpCode.CAST)) {
      product = product.input(0);
    }
    return product.is(OpCode.MUL) ? Optional.of(new SumOfProducts(node, product)).filter(SumOfProducts::hasReuse) : Optional.empty();
  }

  static boolean is(OpNode node) {
    return of(node).isPresent();
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

  /// Whether both factors were widened from 16 bits.
  boolean isOfHalves() {
    return isHalf(left()) && isHalf(right());
  }

  private static boolean isHalf(OpNode factor) {
    OpNode at = factor;
    while (at.op().isMovement() || at.is(OpCode.DETACH)) {
      at = at.input(0);
    }
    return at.is(OpCode.CAST) && at.input(0).dtype().isHalf();
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
