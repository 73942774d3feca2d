package org.teenygrad.engine.codegen;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Totals;

/// What can be known of a kernel before its loops are chosen: which loops each value depends on, and how far apart in memory
/// neighbouring iterations of a loop are.
///
/// Sets of loops are bit masks by the ranges' numbers, of which a kernel has fewer than 64.
final class Analysis {
  /// What every buffer, and every part of the workspace, begins at a multiple of; and what a GPU loads and stores at once, at most.
  static final int VECTOR_BYTES = 16;

  final OpNode sink;
  /// Every node, inputs before users.
  final List<OpNode> nodes;
  /// The loops that no FOLD owns, outermost first.
  final List<OpNode> outer;
  final IndexAlgebra algebra = new IndexAlgebra();
  private final Set<OpNode> addresses;
  private final Map<OpNode, Long> dependencies = new HashMap<>();

  Analysis(OpNode sink) {
    this.sink = sink;
    nodes = Graph.topological(List.of(sink));
    long owned = 0;
    for (OpNode node : nodes) {
      dependencies.put(node, computeDependencies(node));
      if (node.is(OpCode.FOLD)) {
        owned |= foldMask(node);
      }
    }
    List<OpNode> free = new ArrayList<>();
    for (OpNode node : nodes) {
      if (node.is(OpCode.RANGE) && (owned & bit(node)) == 0) {
        free.add(node);
      }
    }
    free.sort(Comparator.comparingInt(range -> range.payload(Range.class).id()));
    outer = List.copyOf(free);
    addresses = addresses();
  }

  private long computeDependencies(OpNode node) {
    long mask = node.is(OpCode.RANGE) ? bit(node) : 0;
    // A STAGE's other input says where it lies.
    for (OpNode input : node.is(OpCode.STAGE) ? node.inputs().subList(0, 1) : node.inputs()) {
      mask |= dependencies.getOrDefault(input, 0L);
    }
    return node.is(OpCode.FOLD) ? mask & ~foldMask(node) : mask;
  }

  /// Makes a value known that is no part of the kernel's graph but another way to write one.
  void include(OpNode value) {
    for (OpNode node : Graph.topological(List.of(value))) {
      if (!dependencies.containsKey(node)) {
        dependencies.put(node, computeDependencies(node));
      }
    }
  }

  /// The numbers of the buffers, which are numbered without gaps.
  List<Integer> slots() {
    return nodes.stream().filter(node -> node.is(OpCode.PARAM)).map(node -> node.payload(Param.class).slot()).sorted().distinct().toList();
  }

  /// The loops whose counters a value changes with; a FOLD's own are not among them.
  long dependencies(OpNode node) {
    return dependencies.getOrDefault(node, 0L);
  }

  boolean dependsOn(OpNode node, OpNode range) {
    return (dependencies(node) & bit(range)) != 0;
  }

  static long bit(OpNode range) {
    int id = range.payload(Range.class).id();
    if (id >= Long.SIZE) {
      throw new IllegalStateException("a kernel with loop number " + id + ": at most " + Long.SIZE + " are supported");
    }
    return 1L << id;
  }

  /// How often a loop runs, at most.
  static long size(OpNode range) {
    return range.payload(Range.class).size();
  }

  static List<OpNode> foldRanges(OpNode fold) {
    return fold.inputs().subList(1, fold.inputs().size());
  }

  static long foldMask(OpNode fold) {
    long mask = 0;
    for (OpNode range : foldRanges(fold)) {
      mask |= bit(range);
    }
    return mask;
  }

  /// The iterations of some loops together.
  static long count(List<OpNode> ranges) {
    return ranges.stream().mapToLong(Analysis::size).reduce(1, (a, b) -> a * b);
  }

  /// How many elements a FOLD combines.
  static long depth(OpNode fold) {
    return count(foldRanges(fold));
  }

  /// What is stored along the outer loops.
  List<OpNode> stores() {
    return sink.inputs().stream().filter(node -> node.is(OpCode.STORE) && !Totals.is(node)).toList();
  }

  /// What is stored across them.
  List<OpNode> totals(Totals kind) {
    return sink.inputs().stream().filter(store -> store.payload() == kind).toList();
  }

  List<OpNode> folds() {
    return nodes.stream().filter(node -> node.is(OpCode.FOLD)).toList();
  }

  /// Those that no other FOLD adds up.
  List<OpNode> lastFolds() {
    List<OpNode> folds = folds();
    Set<OpNode> inside = new HashSet<>();
    folds.forEach(fold -> inside.addAll(Graph.topological(List.of(fold.input(0)))));
    return folds.stream().filter(fold -> !inside.contains(fold)).toList();
  }

  /// What kind of kernel it is that is no contraction, as the first part of its name.
  String kind() {
    if (stores().getFirst().input(2).op().group() == OpCode.Group.COLLECTIVE) {
      return stores().getFirst().input(2).op().name().toLowerCase(Locale.ROOT);
    }
    if (nodes.stream().anyMatch(node -> node.op().group() == OpCode.Group.ROW)) {
      return stores().getFirst().input(2).is(OpCode.SORT) ? "sort" : "scan";
    }
    boolean scatters = stores().stream().anyMatch(store -> store.inputs().size() > 3);
    return !folds().isEmpty() ? "reduce" : scatters ? "scatter" : "map";
  }

  /// Whether all that is stored is rounded to 16 bits, so that float32 need not be right to its last bits on the way.
  boolean isCoarse() {
    return stores().stream().allMatch(store -> store.input(0).dtype().isHalf());
  }

  /// Whether data says where a loop ends that stands in this one. Iterations of such a loop are no lanes of a vector.
  boolean endsOthers(OpNode range) {
    return nodes.stream().anyMatch(node -> node.is(OpCode.RANGE) && !node.inputs().isEmpty() && dependsOn(node.input(0), range));
  }

  /// Whether a store's place does not follow from the loop's counter, so that its iterations have an order.
  boolean isSerial(OpNode range) {
    return stores().stream().anyMatch(store -> store.inputs().size() > 3 && algebra.sum(store.input(1)).factor(range) == 0);
  }

  /// Whether a FOLD stands in no loop of another.
  boolean isOutermost(OpNode fold) {
    long free = 0;
    for (OpNode range : outer) {
      free |= bit(range);
    }
    return (dependencies(fold) & ~free) == 0;
  }

  /// How many elements one step of a loop moves an access, or -1 if that is not the same everywhere.
  long stride(OpNode access, OpNode range) {
    return factor(access.input(1), range);
  }

  /// How many elements one step of a loop moves an access, also where its rows' places are data, as those of a cache's blocks: most
  /// rows follow one another. -1 if that is not known either.
  long rowStride(OpNode access, OpNode range) {
    List<Long> factors = algebra.sum(access.input(1)).factors().entrySet().stream().filter(term -> dependsOn(term.getKey(), range)).map(Map.Entry::getValue).toList();
    return factors.isEmpty() ? 0 : factors.size() == 1 ? factors.getFirst() : -1;
  }

  /// Whether more of what a value is loaded from lies along one loop than along another.
  boolean liesAlong(OpNode value, OpNode one, OpNode other) {
    int difference = 0;
    for (OpNode node : Graph.topological(List.of(value))) {
      if (node.is(OpCode.LOAD)) {
        difference += (stride(node, one) == 1 ? 1 : 0) - (stride(node, other) == 1 ? 1 : 0);
      }
    }
    return difference > 0;
  }

  /// The factor of a loop counter in an index, or -1 if it also occurs otherwise than in a product with a constant.
  long factor(OpNode index, OpNode range) {
    for (OpNode term : algebra.sum(index).factors().keySet()) {
      if (term != range && dependsOn(term, range)) {
        return -1;
      }
    }
    return algebra.sum(index).factor(range);
  }

  /// What the address of a vector is a multiple of, in bytes, where vectors along a loop start at multiples of their lanes.
  int alignment(OpNode index, DType dtype, OpNode along, int lanes) {
    IndexAlgebra.Sum sum = algebra.sum(index);
    long step = lanes | sum.constant();
    for (var term : sum.factors().entrySet()) {
      step |= term.getKey() == along ? lanes : term.getValue();
    }
    return (int) Math.min(VECTOR_BYTES, dtype.bytes() * Long.lowestOneBit(step));
  }

  /// Whether a load takes neighbours along a loop, in vectors on which the whole vector's size divides the address.
  boolean isAligned(OpNode load, OpNode along, int lanes) {
    return stride(load, along) == 1 && alignment(load.input(1), load.dtype(), along, lanes) == lanes * load.dtype().bytes();
  }

  /// Whether a node is a 16-bit float as float32: what matrix units multiply may be what it was before.
  static boolean isWidened(OpNode node) {
    return isWidenedNarrow(node) && node.input(0).dtype().isHalf();
  }

  /// The same of floats of 16 or 8 bits.
  static boolean isWidenedNarrow(OpNode node) {
    return node.is(OpCode.CAST) && node.dtype() == DType.FLOAT32 && node.input(0).dtype().isNarrow();
  }

  static int slot(OpNode access) {
    return access.input(0).payload(Param.class).slot();
  }

  /// The type that values of a tensor type have in registers: floats of 16 and 8 bits are computed in 32.
  static DType inRegister(DType dtype) {
    return dtype.isNarrow() ? DType.FLOAT32 : dtype;
  }

  /// Whether a node is part of addresses only, and so is wanted as a scalar.
  boolean isAddress(OpNode node) {
    return addresses.contains(node);
  }

  private Set<OpNode> addresses() {
    Set<OpNode> values = new HashSet<>();
    Deque<OpNode> stack = new ArrayDeque<>(List.of(sink));
    while (!stack.isEmpty()) {
      OpNode node = stack.pop();
      if (values.add(node)) {
        boolean access = node.is(OpCode.LOAD) || node.is(OpCode.STORE);
        for (int i = 0; i < node.inputs().size(); i++) {
          if (!access || i > 1) {
            stack.push(node.input(i));
          }
        }
      }
    }
    Set<OpNode> only = new HashSet<>(nodes);
    only.removeAll(values);
    only.removeIf(node -> node.is(OpCode.LOAD) || node.is(OpCode.FOLD));
    return only;
  }
}
