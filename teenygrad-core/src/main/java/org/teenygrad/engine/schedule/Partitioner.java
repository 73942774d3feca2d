package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Placement;
import org.teenygrad.Placement.Replicate;
import org.teenygrad.Placement.Shard;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.engine.schedule.Redistribution.Turn;

/// From the graph of whole tensors to the graph of what this rank has of them: each operation runs on local parts, and a
/// REDISTRIBUTE becomes views and collectives ([Redistribution]). All ranks do this to the same graph and so exchange the same
/// things in the same order. The SPMD partitioner of GSPMD.
final class Partitioner {
  /// Collectives that together come to so many bytes begin as one: each beginning costs some microseconds. PyTorch's buckets have
  /// the same size.
  private static final long BUCKET_BYTES = 25 << 20;

  private final Map<OpNode, OpNode> leaves;
  private final Map<OpNode, Turn> turns;
  private final Set<OpNode> passed;
  private final Map<OpNode, OpNode> local = new IdentityHashMap<>();

  private Partitioner(Map<OpNode, OpNode> leaves, Map<OpNode, Turn> turns, Set<OpNode> passed) {
    this.leaves = leaves;
    this.turns = turns;
    this.passed = passed;
  }

  /// @param leaves for each BUFFER what takes its place, of the shape of what this rank has
  /// @return the roots on what this rank has; graphs that have to do with no mesh are the same but for the leaves
  static List<OpNode> local(List<OpNode> roots, Map<OpNode, OpNode> leaves) {
    List<OpNode> global = differentiated(roots);
    List<OpNode> nodes = Graph.topological(global);
    Set<OpNode> passed = passed(nodes, global);
    Partitioner partitioner = new Partitioner(leaves, turns(nodes, passed), passed);
    for (OpNode node : nodes) {
      if (!passed.contains(node)) {
        partitioner.local.put(node, partitioner.partitioned(node));
      }
    }
    return global.stream().map(partitioner::of).toList();
  }

  /// Without the ends of derivatives, which have been found: they would stand between REDISTRIBUTEs that are one. Of those that
  /// send the same the same way one is left.
  private static List<OpNode> differentiated(List<OpNode> roots) {
    Map<List<Object>, OpNode> sent = new HashMap<>();
    Map<OpNode, OpNode> changed = Graph.map(roots, node -> switch (node.op()) {
      case DETACH -> node.input(0);
      case REDISTRIBUTE -> sent.computeIfAbsent(List.of(node.input(0), node.payload(Object.class)), _ -> node);
      default -> node;
    });
    return roots.stream().map(root -> Objects.requireNonNull(changed.get(root))).toList();
  }

  /// The roots, and the collectives of which this rank's roots need nothing because it has no element of what becomes of them:
  /// other ranks, which have some, wait for it in each.
  static List<OpNode> withAllCollectives(List<OpNode> roots) {
    Set<OpNode> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    needed.addAll(Graph.topological(roots, node -> node.shape().elements() > 0));
    List<OpNode> all = new ArrayList<>(roots);
    Graph.topological(roots).stream().filter(node -> node.op().group() == OpCode.Group.COLLECTIVE && !needed.contains(node)).forEach(all::add);
    return all;
  }

  /// When each REDISTRIBUTE exchanges. None comes before one that it needs. What is there from the beginning, as weights are, is
  /// sent in the order of its use: that first after which most is to be done. Of what is computed, as gradients are, the largest
  /// comes first: launches follow this order ([LaunchOrder]), so that what follows is computed meanwhile, and the last, which
  /// nothing is left to travel beside, is soon there. Found from the graph of whole tensors, which is the same on all ranks,
  /// whatever parts they have: all have to exchange the same in the same order and the same buckets.
  private static Map<OpNode, Turn> turns(List<OpNode> nodes, Set<OpNode> passed) {
    Map<OpNode, Integer> level = new HashMap<>(); // how many exchanges and assignments are on the longest way to here
    List<OpNode> found = new ArrayList<>();
    for (OpNode node : nodes) {
      int most = node.inputs().stream().mapToInt(input -> Objects.requireNonNull(level.get(input))).max().orElse(0);
      level.put(node, (node.is(OpCode.REDISTRIBUTE) || node.is(OpCode.ASSIGN) ? 1 : 0) + most);
      if (node.is(OpCode.REDISTRIBUTE) && !passed.contains(node)) {
        found.add(node);
      }
    }
    Map<OpNode, Integer> height = heights(nodes);
    found.sort(Comparator.<OpNode>comparingInt(node -> Objects.requireNonNull(level.get(node)))
        .thenComparingInt(node -> Objects.equals(level.get(node), 1) ? -Objects.requireNonNull(height.get(node)) : 0)
        .thenComparingLong(node -> -bytes(node))
        .thenComparingInt(node -> -Objects.requireNonNull(height.get(node))));
    return inBuckets(found, level);
  }

  /// How many nodes are on the longest way from each to a root.
  private static Map<OpNode, Integer> heights(List<OpNode> nodes) {
    Map<OpNode, Integer> heights = new HashMap<>();
    for (OpNode node : nodes.reversed()) {
      int height = 1 + heights.computeIfAbsent(node, _ -> 0);
      node.inputs().forEach(input -> heights.merge(input, height, Math::max));
    }
    return heights;
  }

  private static long bytes(OpNode node) {
    return node.shape().elements() * node.dtype().bytes();
  }

  /// Those of one level need nothing of each other, nor do kernels that write over what one of them reads come before another.
  private static Map<OpNode, Turn> inBuckets(List<OpNode> ordered, Map<OpNode, Integer> level) {
    Map<OpNode, Turn> turns = new IdentityHashMap<>();
    int bucket = 0;
    long bytes = 0;
    for (int i = 0; i < ordered.size(); i++) {
      OpNode node = ordered.get(i);
      if (i > 0 && (bytes >= BUCKET_BYTES || !Objects.equals(level.get(node), level.get(ordered.get(i - 1))))) {
        bucket = i;
        bytes = 0;
      }
      bytes += node.input(0).sharding() == null ? 0 : bytes(node);
      turns.put(node, new Turn(i, bucket));
    }
    return turns;
  }

  /// The REDISTRIBUTEs whose results do nothing but lie in yet another way: a gradient of which each rank wants a part is never
  /// added up whole.
  private static Set<OpNode> passed(List<OpNode> nodes, List<OpNode> roots) {
    Set<OpNode> passed = Collections.newSetFromMap(new IdentityHashMap<>());
    nodes.stream().filter(node -> node.is(OpCode.REDISTRIBUTE)).forEach(passed::add);
    passed.removeAll(roots);
    nodes.stream().filter(node -> !node.is(OpCode.REDISTRIBUTE)).forEach(node -> node.inputs().forEach(passed::remove));
    return passed;
  }

  private OpNode of(OpNode node) {
    return Objects.requireNonNull(local.get(node));
  }

  private OpNode partitioned(OpNode node) {
    OpNode leaf = leaves.get(node);
    Sharding sharding = node.sharding();
    if (leaf != null) {
      return leaf;
    }
    if (sharding == null) {
      return node.withInputs(node.inputs().stream().map(this::of).toList());
    }
    if (node.is(OpCode.REDISTRIBUTE)) {
      OpNode source = node.input(0);
      while (passed.contains(source)) {
        source = source.input(0);
      }
      Sharding from = source.sharding();
      Sharding given = from == null ? Sharding.replicated(sharding.mesh()) : from;
      return new Redistribution(node.shape(), Objects.requireNonNull(turns.get(node))).of(of(source), given, sharding);
    }
    List<Sharding> needed = Sharding.needed(node);
    List<OpNode> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      inputs.add(part(of(node.input(i)), node.input(i).sharding(), needed.get(i)));
    }
    int along = node.is(OpCode.GATHER) ? node.payload(Integer.class) : node.is(OpCode.SCATTER) ? node.payload(Scatter.class).axis() : -1;
    if (along >= 0) {
      int begin = needed.getFirst().part(along, node.input(0).shape().size(along)).begin();
      inputs.set(1, shifted(inputs.get(1), begin));
    }
    return OpNode.create(node.op(), node.dtype(), inputs, payload(node, sharding));
  }

  private static @Nullable Object payload(OpNode node, Sharding sharding) {
    Shape local = sharding.local(node.shape());
    return switch (node.op()) {
      case RESHAPE, EXPAND -> local;
      case SHRINK -> {
        Bounds bounds = node.payload(Bounds.class);
        List<Integer> ends = new ArrayList<>();
        for (int axis = 0; axis < local.rank(); axis++) {
          ends.add(bounds.first(axis) + local.size(axis));
        }
        yield new Bounds(bounds.first(), ends);
      }
      default -> node.payload();
    };
  }

  /// An index into a table of which this rank has the rows from `begin` on.
  private static OpNode shifted(OpNode index, int begin) {
    return begin == 0 ? index : OpNode.of(OpCode.SUB, index, Uniform.of(index.dtype(), index.shape(), begin));
  }

  /// This rank's part of what it has whole along some mesh axes.
  static OpNode part(OpNode local, @Nullable Sharding from, Sharding to) {
    OpNode part = local;
    for (int i = 0; i < to.placements().size(); i++) {
      Placement given = from == null ? new Replicate() : from.placement(i);
      if (given instanceof Replicate && to.placement(i) instanceof Shard(int axis)) {
        part = cut(part, axis, new Sharding.Part(0, part.shape().size(axis)).cut(to.mesh().axes().get(i).size(), to.mesh().coordinate(i)));
      }
    }
    return part;
  }

  /// A part of an axis; of what is repeated along it, fewer repetitions.
  private static OpNode cut(OpNode x, int axis, Sharding.Part part) {
    if (x.is(OpCode.EXPAND) && x.input(0).shape().size(axis) == 1) {
      return OpNode.of(OpCode.EXPAND, x.shape().with(axis, part.size()), List.of(x.input(0)));
    }
    List<Integer> begins = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < x.shape().rank(); i++) {
      begins.add(i == axis ? part.begin() : 0);
      ends.add(i == axis ? part.end() : x.shape().size(i));
    }
    return OpNode.of(OpCode.SHRINK, new Bounds(begins, ends), List.of(x));
  }
}
