package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;

/// What becomes one kernel as far as [Fusion] sees it: a node that gets memory, and all that is computed on the way to it.
final class Group {
  final OpNode root;
  /// What is computed: the root, the row operation that it is another shape of, or the SCATTER or exchange that it assigns.
  final OpNode computed;

  /// Why the root has memory; what computing an element of it takes.
  final Reason reason;

  final int operations;
  final int largeReads;
  /// A loop for each axis of what is computed, or sorted.
  final List<OpNode> ranges = new ArrayList<>();
  final Map<Value, Value> values = new HashMap<>();
  final IndexAlgebra algebra = new IndexAlgebra();
  private int nextRange;
  /// The contraction that the kernel is built around, if any.
  @Nullable OpNode contraction;
  /// Whether it computes sums of products that others compute, too, as no memory is to hold them.
  boolean rematerializes;
  /// The contraction's own product, and the cast between the two.
  final Set<OpNode> products = new HashSet<>();
  /// For each REDUCE inside, the loops of the root that its result depends on.
  final List<List<OpNode>> foldDomains = new ArrayList<>();
  /// Indices that only running tells: for each, the element of the index tensor.
  final Map<OpNode, Value> dataIndices = new HashMap<>();

  /// @param computed what lies in the root's memory, element by element
  Group(OpNode root, OpNode computed, Reason reason, Costs costs) {
    this.root = root;
    this.computed = computed;
    this.reason = reason;
    operations = costs.operations(root);
    largeReads = costs.largeReads(root);
    // A SORT runs over all of its rows and stores the first elements of each.
    Shape loops = computed.is(OpCode.SORT) ? computed.input(0).shape() : computed.shape();
    for (int axis = 0; axis < loops.rank(); axis++) {
      ranges.add(freshRange(loops.size(axis)));
    }
  }

  OpNode freshRange(long size) {
    return IndexAlgebra.range(nextRange++, size);
  }

  /// The one value for that element; made if it is new.
  Value value(OpNode node, List<OpNode> index, OpNode valid) {
    Value value = new Value(node, index, valid, this);
    Value known = values.putIfAbsent(value, value);
    return known == null ? value : known;
  }

  /// The iterations of the longest reduction inside.
  long longestFold() {
    return values.keySet().stream()
        .mapToLong(value -> value.foldRanges.stream().filter(range -> range.is(OpCode.RANGE)).mapToLong(range -> range.payload(Range.class).size()).reduce(1, (x, y) -> x * y))
        .max().orElse(1);
  }

  static OpNode offset(IndexAlgebra algebra, Shape shape, List<OpNode> index) {
    long[] strides = shape.strides();
    OpNode offset = IndexAlgebra.ZERO;
    for (int axis = 0; axis < strides.length; axis++) {
      offset = algebra.add(offset, algebra.multiply(index.get(axis), strides[axis]));
    }
    return offset;
  }
}
