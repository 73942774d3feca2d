package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.runtime.Target;

/// Decides which nodes get memory; everything else is computed where it is needed.
///
/// The graph is walked from the results to the inputs. Each node is asked for elements ([Value]s: which index, in which
/// kernel), and either becomes the root of a kernel of its own or passes the request on to its inputs with the index changed
/// as the operation says. A view therefore never costs anything, and a chain of elementwise operations, the reductions of a
/// row with what follows them, and a contraction with its epilogue each end up in one kernel.
final class Fusion {
  /// How many values a kernel may hold before the rest becomes another's.
  private static final int VALUES_PER_KERNEL = 256;

  /// At how many places a node's elements may be wanted if they are not cheap.
  private static final int MOST_PLACES = 8;

  /// Elements of a row of memory that is a few vectors.
  private static final int FEWEST_OF_ROW = 16;

  /// Reductions in one kernel over different loops.
  private static final int MOST_FOLD_DOMAINS = 6;

  /// Fewer results of a reduction of more than [#MANY_ELEMENTS] are not made anew for each of as many.
  private static final int FEW_RESULTS = 8;

  private static final long MANY_ELEMENTS = 1 << 15;

  /// Numbers are few beside so many times as many elements.
  private static final int FEW_PART = 64;

  private final RecomputeLimits limits;
  private final Costs costs;
  private final Rematerialization rematerialized;
  private final Target target;
  private final Set<OpNode> sinks;
  private final Set<OpNode> keeping;
  private final Map<OpNode, Set<Value>> wanted = new LinkedHashMap<>();
  private final List<Group> groups = new ArrayList<>();

  private Fusion(List<OpNode> order, Collection<OpNode> sinks, Target target, Set<OpNode> keeping) {
    rematerialized = new Rematerialization(target, target instanceof Target.Gpu ? SplitKeys.recomputed(order) : WeighedScores.find(order));
    this.target = target;
    this.keeping = keeping;
    limits = RecomputeLimits.of(target);
    costs = new Costs(order, limits.elsewhere(), target);
    this.sinks = new HashSet<>(sinks);
  }

  /// The kernels that compute the sinks, in an order in which they can run.
  /// @param keeping roots of kernels that find in memory what others would compute again
  static List<Group> groups(Collection<OpNode> sinks, Target target, Set<OpNode> keeping) {
    List<OpNode> order = Graph.topological(sinks);
    Fusion fusion = new Fusion(order, sinks, target, keeping);
    for (OpNode node : order.reversed()) {
      fusion.visit(node);
    }
    return fusion.groups.reversed();
  }

  static boolean isLoaded(OpNode node) {
    return node.is(OpCode.BUFFER) || node.is(OpCode.PARAM);
  }

  private void visit(OpNode node) {
    Set<Value> values = wanted.getOrDefault(node, Set.of());
    if (isLoaded(node) || values.isEmpty() && !sinks.contains(node)) {
      return;
    }
    if (!sinks.contains(node) && rematerialized.contains(node)) {
      values.stream().filter(value -> !keeping.contains(value.group.root)).forEach(value -> compute(node, value));
      values = new LinkedHashSet<>(values);
      values.removeIf(value -> !keeping.contains(value.group.root));
    }
    Reason reason = sinks.contains(node) ? Reason.RESULT : values.isEmpty() ? null : reasonForMemory(node, values);
    if (reason != null) {
      OpNode computed = node.is(OpCode.ASSIGN) ? assigned(node) : values.isEmpty() && below(node).op().group() == OpCode.Group.ROW ? below(node) : node;
      Group group = new Group(node, computed, reason, costs);
      groups.add(group);
      request(group.value(computed, group.ranges, IndexAlgebra.TRUE), computed);
    } else {
      values.forEach(value -> request(value, node));
    }
  }

  /// Has a value computed where it is used, although others use it, too.
  private void compute(OpNode node, Value value) {
    if (node.is(OpCode.REDUCE)) {
      value.group.rematerializes = true;
    }
    request(value, node);
  }

  /// What is seen in another shape by this node alone, or the node itself.
  private OpNode below(OpNode node) {
    OpNode below = node;
    while (below.is(OpCode.RESHAPE) && isAlone(below.input(0))) {
      below = below.input(0);
    }
    return below;
  }

  /// Whether nothing but one node wants it.
  private boolean isAlone(OpNode node) {
    return costs.users(node) == 1 && !sinks.contains(node);
  }

  /// The SCATTER or the exchange with other ranks that an ASSIGN alone wants, which writes into its memory, or the node itself.
  private OpNode assigned(OpNode assign) {
    OpNode value = assign.input(1);
    if (!isAlone(value)) {
      return assign;
    }
    OpNode below = below(value);
    return value.is(OpCode.SCATTER) || below.op().group() == OpCode.Group.COLLECTIVE ? below : assign;
  }

  /// Why a node has to have memory; null if it is computed where it is wanted.
  private @Nullable Reason reasonForMemory(OpNode node, Set<Value> values) {
    return switch (node.op().group()) {
      case MOVEMENT, SOURCE -> null;
      case REDUCE -> reductionNeedsMemory(node, values);
      case MEMORY -> node.is(OpCode.DETACH) ? null : Reason.STORED;
      case INDEX -> node.is(OpCode.SCATTER) ? Reason.SCATTERED : isGatherOfRows(node, values) ? null : elementNeedsMemory(node, values);
      case UNARY, BINARY, TERNARY -> isWidening(node) || isUnpacking(node) ? null : elementNeedsMemory(node, values);
      case ROW, COLLECTIVE -> Reason.WHOLE_ROWS;
      case KERNEL, TILE -> throw new IllegalStateException(node + " in a graph of tensors");
    };
  }

  private @Nullable Reason reductionNeedsMemory(OpNode node, Set<Value> values) {
    if (values.size() > 1) {
      return Reason.REDUCTION_OF_MANY;
    }
    if (rematerialized.contains(node.input(0)) && !SumOfProducts.is(node, target)) {
      return Reason.REDUCTION_OF_SCORES;
    }
    return fits(node, values.iterator().next()) ? null : Reason.OTHER_LOOPS;
  }

  /// Whether a processor's contraction reads rows of memory, such as kept keys and values, whose places are data: from where they
  /// lie, as whole vectors.
  private boolean isGatherOfRows(OpNode node, Set<Value> values) {
    int last = node.shape().rank() - 1;
    return target instanceof Target.Cpu && values.size() == 1 && node.is(OpCode.GATHER) && node.payload(Integer.class) < last && node.shape().size(last) >= FEWEST_OF_ROW
        && (isLoaded(node.input(0)) || node.input(0).is(OpCode.ASSIGN));
  }

  /// Whether a GPU brings a factor of this type to its matrix units past the registers, so that nothing can be computed on the way.
  private boolean isCopiedAsIs(OpNode node) {
    return target instanceof Target.Gpu && node.dtype().isNarrow();
  }

  /// Whether the same values take less room before this node.
  private static boolean isWidening(OpNode node) {
    return node.is(OpCode.CAST) && node.input(0).dtype().bytes() < node.dtype().bytes();
  }

  /// Whether a processor computes the node from bytes, which take less room, as quantised weights do: a contraction does that while it
  /// reads them. On a GPU such a factor would miss the matrix units.
  private boolean isUnpacking(OpNode node) {
    return target instanceof Target.Cpu && costs.unpacksBytes(node);
  }

  private @Nullable Reason elementNeedsMemory(OpNode node, Set<Value> values) {
    Value first = values.iterator().next();
    if (values.stream().anyMatch(value -> value.group.products.contains(node))) {
      return null;
    }
    if (isCopiedAsIs(node) && values.stream().anyMatch(Fusion::isOperand)) {
      return Reason.FACTOR_AS_IT_IS;
    }
    if (isLastOfFew(node, values)) {
      return Reason.LAST_OF_FEW;
    }
    int operations = costs.operations(node);
    int reads = costs.largeReads(node);
    boolean sameKernel = values.stream().allMatch(value -> value.group == first.group);
    if (operations <= 1 && reads <= 1 && costs.contraction(node) == null || reads == 0 && (operations <= limits.elsewhere() || repeatsInputs(node))) {
      return values.size() > VALUES_PER_KERNEL ? Reason.MANY_PLACES : null;
    }
    if (values.size() > MOST_PLACES || first.group.values.size() > VALUES_PER_KERNEL) {
      return Reason.MANY_PLACES;
    }
    for (Value value : values) {
      if (isOperand(value)) {
        return Reason.FACTOR;
      }
    }
    if (values.size() == 1) {
      return costs.contraction(node) != null && (!coversRanges(first) || isPadded(first)) && !isNarrowerBefore(node) ? Reason.PRODUCT : null;
    }
    if (costs.contraction(node) != null) {
      return Reason.PRODUCT_OF_MANY;
    }
    boolean isDear = sameKernel ? costs.operationsWithin(node, limits.within()) > limits.within() : operations > limits.elsewhere() || reads > 1;
    return isDear ? Reason.DEAR : null;
  }

  /// Whether a cheap operation looks at each number of all of its inputs again and again, as a product of two matrices' numbers
  /// does: what is dear about them is kept with the inputs, which take less room.
  private static boolean repeatsInputs(OpNode node) {
    return !Costs.isDear(node.op()) && node.inputs().stream().allMatch(input -> SumOfProducts.distinct(input) * FEW_PART <= node.shape().elements());
  }

  /// Whether a dear operation makes numbers of others, such as a mean of a sum, which several kernels look at once for each of many
  /// more elements.
  private static boolean isLastOfFew(OpNode node, Set<Value> values) {
    List<OpNode> operands = node.inputs().stream().filter(input -> !isConstant(input)).toList();
    if (!Costs.isDear(node.op()) || operands.size() != 1 || isView(operands.getFirst())) {
      return false;
    }
    Group first = values.iterator().next().group;
    return values.stream().anyMatch(value -> value.group != first) && values.stream().anyMatch(value -> node.shape().elements() * FEW_PART <= places(value.group));
  }

  /// At how many elements a kernel looks at what it is given beside factors: those of its reductions, or the results of a
  /// contraction, which comes before.
  private static long places(Group group) {
    return group.root.shape().elements() * (group.contraction == null ? group.longestFold() : 1);
  }

  private static boolean isConstant(OpNode node) {
    return node.is(OpCode.CONST) || node.op().isMovement() && isConstant(node.input(0));
  }

  /// Whether a node shows memory that is there before.
  private static boolean isView(OpNode node) {
    return isLoaded(node) || node.op().isMovement() && isView(node.input(0));
  }

  /// Whether what a contraction gives takes less room some way before this node.
  private boolean isNarrowerBefore(OpNode node) {
    return node.inputs().stream().anyMatch(input -> costs.contraction(input) != null && (isWidening(input) || input.dtype().bytes() < node.dtype().bytes()));
  }

  /// Whether a value is a factor of its kernel's contraction, which reads each element many times.
  private static boolean isOperand(Value value) {
    if (value.group.contraction == null) {
      return false;
    }
    int outer = value.group.ranges.size();
    return value.index.stream().anyMatch(i -> dependsOnFold(i, outer));
  }

  private static boolean dependsOnFold(OpNode index, int outer) {
    return Graph.topological(List.of(index)).stream().anyMatch(n -> n.is(OpCode.RANGE) && n.payload(Range.class).id() >= outer);
  }

  private static boolean isPadded(Value value) {
    return value.valid != IndexAlgebra.TRUE;
  }

  /// Whether the value's index runs over all of its kernel's loops: each element is computed once.
  private static boolean coversRanges(Value value) {
    Set<OpNode> own = new HashSet<>(Graph.topological(value.index));
    return value.node.shape().elements() == value.group.root.shape().elements()
        && value.group.ranges.stream().allMatch(range -> range == IndexAlgebra.ZERO || own.contains(range));
  }

  /// Whether a reduction can be computed inside the one kernel that wants it, once for each of its elements.
  private boolean fits(OpNode node, Value value) {
    Group group = value.group;
    if (group.computed.op().group() == OpCode.Group.ROW || isPadded(value) || group.contraction != null || group.foldDomains.size() > MOST_FOLD_DOMAINS || group.values.size() > VALUES_PER_KERNEL) {
      return false;
    }
    List<OpNode> domain = new ArrayList<>();
    for (OpNode index : value.index) {
      if (index == IndexAlgebra.ZERO) {
        continue;
      }
      if (!group.ranges.contains(index) || domain.contains(index)) {
        return false;
      }
      domain.add(index);
    }
    if (SumOfProducts.is(node, target)) {
      return group.foldDomains.isEmpty() && coversRanges(value);
    }
    if (node.shape().elements() < FEW_RESULTS && node.input(0).shape().elements() > MANY_ELEMENTS && group.root.shape().elements() > MANY_ELEMENTS) {
      return false;
    }
    if (Merging.serializes(target, node.shape().elements(), group.root.shape().elements() * group.longestFold())) {
      return false;
    }
    Set<OpNode> ours = new LinkedHashSet<>(domain);
    for (List<OpNode> other : group.foldDomains) {
      if (!ours.containsAll(other) && !other.containsAll(ours)) {
        return false;
      }
    }
    return isPrefix(domain, group.ranges);
  }

  /// Whether a domain is the outermost loops of a kernel, so that what depends on it alone is computed before the inner ones start.
  private static boolean isPrefix(List<OpNode> domain, List<OpNode> ranges) {
    int count = 0;
    for (OpNode range : ranges) {
      if (range == IndexAlgebra.ZERO) {
        continue;
      }
      if (!domain.contains(range)) {
        break;
      }
      count++;
    }
    return count == domain.size();
  }

  /// Asks the inputs for what computing this value takes.
  private void request(Value value, OpNode node) {
    Group group = value.group;
    IndexAlgebra algebra = group.algebra;
    switch (node.op()) {
      case CONST, ARANGE -> {}
      case REDUCE, LOGSUMEXP -> {
        List<OpNode> index = new ArrayList<>(value.index);
        List<OpNode> folds = new ArrayList<>();
        for (int axis : node.payload(Reduction.class).axes()) {
          OpNode range = group.freshRange(node.input(0).shape().size(axis));
          index.set(axis, range);
          if (range != IndexAlgebra.ZERO) {
            folds.add(range);
          }
        }
        value.foldRanges = folds;
        group.foldDomains.add(value.index.stream().filter(i -> i.is(OpCode.RANGE)).toList());
        if (SumOfProducts.is(node, target) && group.contraction == null) {
          group.contraction = node;
          for (OpNode part = node.input(0); part.is(OpCode.CAST) || part.is(OpCode.MUL); part = part.input(0)) {
            group.products.add(part);
            if (part.is(OpCode.MUL)) {
              break;
            }
          }
        }
        input(value, node.input(0), index, value.valid);
      }
      case GATHER -> {
        int axis = node.payload(Integer.class);
        int size = node.input(0).shape().size(axis);
        Value position = input(value, node.input(1), value.index, value.valid);
        OpNode placeholder = OpNode.create(OpCode.RANGE, org.teenygrad.DType.INT64, List.of(), new Range(DataIndex.FIRST + group.dataIndices.size(), size));
        for (Map.Entry<OpNode, Value> known : group.dataIndices.entrySet()) {
          if (known.getValue() == position && known.getKey().payload(Range.class).size() == size) {
            placeholder = known.getKey();
          }
        }
        group.dataIndices.put(placeholder, position);
        value.inside = DataIndex.inRange(placeholder);
        List<OpNode> index = new ArrayList<>(value.index);
        index.set(axis, placeholder);
        input(value, node.input(0), index, algebra.and(value.valid, value.inside));
      }
      case SCATTER -> {
        input(value, node.input(0), value.index, value.valid);
        scatterSource(value, node);
      }
      case PAD -> {
        value.inside = Views.inside(algebra, node, value.index);
        if (value.inside != IndexAlgebra.FALSE) {
          input(value, node.input(0), Views.inputIndex(algebra, node, value.index), algebra.and(value.valid, value.inside));
        }
      }
      case RESHAPE, EXPAND, PERMUTE, SHRINK, FLIP ->
          input(value, node.input(0), Views.inputIndex(algebra, node, value.index), value.valid);
      case ASSIGN -> input(value, node.input(1), value.index, value.valid);
      case ALL_GATHER -> input(value, node.input(0), value.index.subList(1, value.index.size()), value.valid);
      case REDUCE_SCATTER -> {
        List<OpNode> index = new ArrayList<>(value.index);
        index.addFirst(IndexAlgebra.ZERO);
        input(value, node.input(0), index, value.valid);
      }
      case COPY, GRADIENT, REDISTRIBUTE -> throw new IllegalStateException(node.op() + " must be gone before kernels are formed");
      default -> {
        for (OpNode operand : node.inputs()) {
          input(value, operand, value.index, value.valid);
        }
      }
    }
  }

  /// The second half of a SCATTER: loops over the source.
  private void scatterSource(Value value, OpNode node) {
    List<OpNode> index = new ArrayList<>();
    for (int i = 0; i < node.shape().rank(); i++) {
      index.add(value.group.freshRange(node.input(1).shape().size(i)));
    }
    value.foldRanges = index;
    input(value, node.input(1), index, IndexAlgebra.TRUE);
    input(value, node.input(2), index, IndexAlgebra.TRUE);
  }

  private Value input(Value user, OpNode node, List<OpNode> index, OpNode valid) {
    Value value = user.group.value(node, List.copyOf(index), valid);
    user.inputs.add(value);
    if (!isLoaded(node)) {
      wanted.computeIfAbsent(node, n -> new LinkedHashSet<>()).add(value);
    }
    return value;
  }
}
