package org.teenygrad.engine.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// What [Fusion] weighs: how dear an element is to compute again, how much it reads, and which nodes are contractions.
final class Costs {
  /// Counting ends here: so many operations, or nodes that are read, are dear in any case.
  private static final int MANY = 1000;

  /// What has this part of another's elements at least is as dear to read.
  private static final int LARGE_PART = 4;

  /// Operations for a number of a block of bytes: llama.cpp's formats take up to 50.
  private static final int MOST_UNPACKING = 64;

  private final int recomputeElsewhere;
  private final Target target;
  private final Map<OpNode, Integer> operations = new HashMap<>();
  private final Map<OpNode, Set<OpNode>> reads = new HashMap<>();
  private final Map<OpNode, Integer> consumers = new HashMap<>();
  private final Map<OpNode, OpNode> contractions = new HashMap<>();
  /// What will most likely get memory, so that computing from it starts there.
  private final Set<OpNode> stored = new HashSet<>();

  /// @param recomputeElsewhere operations above which an element with several users is kept
  Costs(List<OpNode> topological, int recomputeElsewhere, Target target) {
    this.recomputeElsewhere = recomputeElsewhere;
    this.target = target;
    for (OpNode node : topological) {
      for (OpNode input : node.inputs()) {
        consumers.merge(input, 1, Integer::sum);
      }
    }
    for (OpNode node : topological) {
      measure(node);
    }
  }

  private void measure(OpNode node) {
    boolean inlined = isInlined(node);
    int cost = weight(node.op());
    Set<OpNode> read = new HashSet<>();
    OpNode contraction = SumOfProducts.is(node, target) ? node : null;
    if (inlined) {
      for (OpNode input : node.inputs()) {
        if (stored.contains(input)) {
          read.add(input);
        } else {
          cost = Math.min(MANY, cost + operations(input));
          if (read.size() < MANY) {
            read.addAll(reads.getOrDefault(input, Set.of()));
          }
        }
        boolean samePlace = node.op().isElementwise() || node.is(OpCode.RESHAPE) || node.is(OpCode.PERMUTE);
        if (contraction == null && samePlace && consumers.getOrDefault(input, 0) == 1) {
          contraction = contractions.get(input);
        }
      }
    } else if (!node.is(OpCode.CONST) && !node.is(OpCode.ARANGE)) {
      read.add(node);
    }
    operations.put(node, inlined ? cost : 0);
    reads.put(node, read);
    if (node.op().isElementwise() && consumers.getOrDefault(node, 0) > 1
        && (contraction != null || cost > recomputeElsewhere || largeReads(node) > 1)) {
      stored.add(node);
    }
    if (contraction != null) {
      contractions.put(node, contraction);
    }
  }

  private static boolean isInlined(OpNode node) {
    return node.op().isElementwise() || node.op().isMovement() || node.is(OpCode.DETACH) || node.is(OpCode.GATHER);
  }

  /// Roughly how many vector instructions the node takes.
  private static int weight(OpCode op) {
    return switch (op) {
      case RESHAPE, PERMUTE, EXPAND, PAD, SHRINK, FLIP, DETACH, CONST, ARANGE, BITCAST -> 0;
      case DIV, SQRT, IDIV, MOD, GATHER -> 4;
      case EXP, EXP2, LOG, LOG2, LOG10 -> 12;
      case SIN, COS, TANH, ERF -> 18;
      case POW -> 40;
      case THREEFRY -> 100;
      default -> 1;
    };
  }

  /// Whether the operation alone takes several instructions.
  static boolean isDear(OpCode op) {
    return op.isElementwise() && weight(op) > 1;
  }

  /// The operations of a scalar expression in a kernel, without those of its indices.
  static int operationsOf(OpNode value) {
    return Graph.topological(List.of(value), node -> !node.is(OpCode.LOAD)).stream().mapToInt(node -> node.op().isElementwise() ? weight(node.op()) : 0).sum();
  }

  /// How many nodes have this one as an input.
  int users(OpNode node) {
    return consumers.getOrDefault(node, 0);
  }

  /// The operations to compute an element from the nearest reductions and buffers.
  int operations(OpNode node) {
    return operations.getOrDefault(node, 0);
  }

  /// The same within one kernel, up to a limit: what several operations share is computed once, and what elements of a row have in common
  /// once for all of them.
  int operationsWithin(OpNode node, int limit) {
    long size = node.shape().elements();
    Set<OpNode> seen = new HashSet<>(Set.of(node));
    Deque<OpNode> pending = new ArrayDeque<>(seen);
    int cost = 0;
    while (!pending.isEmpty() && cost <= limit) {
      OpNode next = pending.pop();
      cost += weight(next.op());
      for (OpNode input : next.inputs()) {
        if (isInlined(input) && !stored.contains(input) && input.shape().elements() * LARGE_PART > size && seen.add(input)) {
          pending.push(input);
        }
      }
    }
    return cost;
  }

  /// How many reductions and buffers of at least a quarter of the node's own size it is computed from.
  int largeReads(OpNode node) {
    long size = node.shape().elements();
    return (int) reads.getOrDefault(node, Set.of()).stream().filter(read -> read.shape().elements() * LARGE_PART > size).count();
  }

  /// Whether it is computed from one buffer of bytes alone, without much ado.
  boolean unpacksBytes(OpNode node) {
    Set<OpNode> read = reads.getOrDefault(node, Set.of());
    return operations(node) <= MOST_UNPACKING && read.size() == 1 && read.iterator().next().dtype() == DType.UINT8;
  }

  /// The contraction whose result this node transforms element by element with nobody else looking on, or null.
  @Nullable OpNode contraction(OpNode node) {
    return contractions.get(node);
  }
}
