package org.teenygrad.engine.codegen;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The plans of kernels for one target, each decided once however often it is asked for: the door from graphs of kernels to programs.
///
/// A kernel is a SINK of STOREs whose loops are numbered from 0, outermost first, over PARAMs numbered from 0. As nodes are
/// hash-consed, the same kernel is the same node.
public final class Plans {
  private final Target target;
  private final Map<OpNode, Plan> known = new ConcurrentHashMap<>();

  /// @param target what the kernels are for
  public Plans(Target target) {
    this.target = target;
  }

  private Plan of(OpNode sink) {
    return known.computeIfAbsent(sink, kernel -> Plan.of(kernel, target));
  }

  /// Whether a kernel runs as one pass over a matrix that never comes to memory: attention's scores.
  public boolean isFusedAttention(OpNode sink) {
    return of(sink) instanceof AttentionTiling || of(sink) instanceof AttentionLanes || of(sink) instanceof Decoding;
  }

  /// Rows that are so few that products of them are as quick whatever is made of their columns in one launch: 0 where none are.
  public int fewRows() {
    return target instanceof Target.Gpu gpu && gpu.rung() == Target.Rung.TENSOR_MEMORY ? BlockTile.FEW_ROWS : 0;
  }

  /// Whether a kernel multiplies one factor by several others, tile by tile.
  public boolean multipliesSeveral(OpNode sink) {
    return of(sink) instanceof MatmulTiling tiling && tiling.folds().size() > 1;
  }

  /// Of how many rows kernels may compute a factor before they multiply: 0 where they do not.
  public int mostComputedRows() {
    return target instanceof Target.Gpu gpu && gpu.rung() == Target.Rung.TENSOR_MEMORY ? Prologue.MOST_ROWS : 0;
  }

  /// Whether a kernel multiplies rows that each of its blocks computes first, by reductions of them.
  public boolean computesRows(OpNode sink) {
    return of(sink) instanceof MatmulTiling tiling && tiling.contraction().reducesRows();
  }

  /// What is equal for two kernels that may share a launch: on a processor the kernel itself, on a GPU for elementwise ones what
  /// they do to an element, for others the kernel whatever shapes its buffers are seen in.
  public OpNode likeness(OpNode sink) {
    return switch (of(sink)) {
      case Plan.Elementwise plan -> Flat.alike(plan);
      case Plan _ when target instanceof Target.Gpu -> withoutShapes(sink);
      case Plan _ -> sink;
    };
  }

  /// A kernel whose buffers are rows of as many elements as they have.
  private static OpNode withoutShapes(OpNode sink) {
    Map<OpNode, OpNode> flat = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(List.of(sink))) {
      Shape shape = node.is(OpCode.PARAM) ? node.payload(Param.class).shape() : Shape.of();
      if (shape.rank() > 1 && shape.elements() <= Integer.MAX_VALUE) {
        flat.put(node, OpNode.create(OpCode.PARAM, node.dtype(), List.of(), new Param(node.payload(Param.class).slot(), Shape.of((int) shape.elements()))));
      }
    }
    return Graph.substitute(sink, flat);
  }

  /// How many runs of a kernel over `slots` buffers each may share a launch.
  public int mostRuns(OpNode sink, int slots) {
    return switch (of(sink)) {
      case Plan _ when target instanceof Target.Cpu -> Integer.MAX_VALUE;
      case Plan.Communication _ -> 1;
      case MatmulTiling tiling -> Runs.most(slots + (tiling.streamK() == null ? 0 : 1), tiling.maps().size());
      case AttentionTiling tiling -> Runs.most(slots, tiling.mapCount());
      default -> Runs.most(slots, 0);
    };
  }

  /// About how long a kernel runs, or an exchange with other ranks takes, in seconds; 0 where exchanges do not go on beside kernels.
  public double seconds(OpNode sink) {
    return Durations.of(of(sink), target);
  }

  /// A kernel on the level of tiles, if a GPU computes it tile by tile: a SINK of what fills shared memory first, of STEPS and of STOREs.
  public Optional<OpNode> tiles(OpNode sink) {
    return Optional.of(of(sink)).filter(Plan::isTiled).map(plan -> plan.analysis().sink);
  }

  /// A kernel's graph as it is written: in operations that the target has, in tiles where there are any.
  public OpNode written(OpNode sink) {
    return of(sink).analysis().sink;
  }

  /// What was decided for a kernel, in words: the nest of loops, its tiles, what it reuses.
  public List<String> facts(OpNode sink) {
    return PlanFacts.of(of(sink), target);
  }

  /// The program of a launch.
  /// @param sinks a kernel for each list of buffers that the launch runs over: on a processor, which runs over one list at a time,
  ///     one; those for a GPU are alike ([#likeness]) and all run at once
  /// @return named after what it does and by its contents
  public Program program(List<OpNode> sinks) {
    return Generator.generate(sinks, sinks.stream().map(this::of).toList(), target);
  }
}
