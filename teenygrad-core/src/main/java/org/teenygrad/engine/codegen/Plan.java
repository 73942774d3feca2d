package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.runtime.Target;

/// What a kernel is to become, with all that its nest of loops has to know: decided here, once, from the kernel's graph and the target.
///
/// A plan is made only if it can be written: a kernel that none of the others fits is one of [Loops], which run any graph.
sealed interface Plan permits Plan.Elementwise, Plan.Loops, Plan.Transposition, Plan.RowScan, Plan.RowSort, Plan.Scatter, Plan.Communication, Contraction, QuantizedContraction, MatmulTiling, AttentionTiling, AttentionLanes, Decoding {
  /// Of the graph that is written: of operations that the target has, in tiles where there are any.
  Analysis analysis();

  /// Whether no more than 16 bits of each result count, so that the way there may be shorter.
  default boolean isCoarse() {
    return false;
  }

  /// Whether blocks of threads compute it tile by tile.
  default boolean isTiled() {
    return false;
  }

  /// One loop over elements on a GPU; one launch may run it over many tensors.
  ///
  /// @param sink before operations became those that a GPU has
  record Elementwise(OpNode sink, Analysis analysis, boolean isCoarse) implements Plan {
    static Elementwise of(OpNode sink) {
      Analysis analysis = forGpu(sink);
      return new Elementwise(sink, shortened(analysis), analysis.isCoarse());
    }

    OpNode loop() {
      return analysis.outer.getFirst();
    }

    /// Whether a kernel is one loop over elements that is stored at each.
    static boolean fits(OpNode sink) {
      List<OpNode> nodes = Graph.topological(List.of(sink));
      return nodes.stream().filter(node -> node.is(OpCode.RANGE)).count() == 1 && nodes.stream().noneMatch(node -> node.is(OpCode.FOLD) || node.op().group() == OpCode.Group.ROW)
          && sink.inputs().stream().allMatch(store -> store.payload() == null && store.inputs().size() == 3);
    }
  }

  /// Elements, reductions and what follows them, over any loops; on a processor scatters, too.
  record Loops(Analysis analysis, boolean isCoarse) implements Plan {}

  /// Elements on a GPU whose loads and stores are contiguous along different loops.
  ///
  /// @param row the loop along which `across` are contiguous
  /// @param column that along which stores are
  /// @param across loads that would be scattered along the columns
  record Transposition(Analysis analysis, boolean isCoarse, OpNode row, OpNode column, List<OpNode> across) implements Plan {
    /// Along a loop of fewer iterations, what a warp reads across lies in few lines, and caches serve it.
    private static final int SHORTEST = 16;

    static Optional<Plan> of(Analysis analysis, boolean isCoarse, Target.Gpu target) {
      List<OpNode> stores = analysis.stores();
      boolean elementwise = analysis.folds().isEmpty()
          && stores.stream().allMatch(store -> store.payload() == null && store.inputs().size() == 3 && analysis.outer.stream().allMatch(range -> analysis.dependsOn(store, range)));
      OpNode column = elementwise ? contiguous(analysis, stores, null) : null;
      if (column == null || target.sharedBytes() < TransposedTiles.MOST_BYTES) {
        return Optional.empty();
      }
      List<OpNode> across = analysis.nodes.stream()
          .filter(node -> node.is(OpCode.LOAD) && node.inputs().size() == 2 && analysis.dependsOn(node, column) && analysis.stride(node, column) > 1).toList();
      // Of several loops along which operands are contiguous, that of the first.
      return across.stream().map(load -> contiguous(analysis, List.of(load), column)).filter(range -> range != null).findFirst()
          .map(row -> new Transposition(analysis, isCoarse, row, column, across.stream().filter(load -> analysis.stride(load, row) == 1).toList()));
    }

    /// The loop along which all of some accesses are contiguous.
    private static @Nullable OpNode contiguous(Analysis analysis, List<OpNode> accesses, @Nullable OpNode but) {
      return analysis.outer.reversed().stream()
          .filter(range -> range != but && Analysis.size(range) >= SHORTEST && accesses.stream().allMatch(access -> analysis.stride(access, range) == 1))
          .findFirst().orElse(null);
    }
  }

  /// The running combination of each row's elements.
  record RowScan(Analysis analysis, OpNode store) implements Plan {
    OpNode scan() {
      return store.input(2);
    }

    /// The loop along a row.
    OpNode range() {
      return scan().input(1);
    }

    OpCode combine() {
      return scan().payload(OpCode.class);
    }

    /// The loops that count rows.
    List<OpNode> rows() {
      return analysis.outer.stream().filter(other -> other != range()).toList();
    }

    /// Whether a row's elements are neighbours in memory.
    boolean isContiguous() {
      return analysis.stride(store, range()) == 1;
    }
  }

  /// Each row in order, or the first of it.
  record RowSort(Analysis analysis, OpNode store) implements Plan {
    OpNode sort() {
      return store.input(2);
    }

    /// The loop along a row.
    OpNode range() {
      return sort().input(1);
    }

    Order order() {
      return sort().payload(Order.class);
    }

    /// The loops that count rows.
    List<OpNode> rows() {
      return analysis.outer.stream().filter(other -> other != range()).toList();
    }
  }

  /// Stores on a GPU whose indices are data.
  record Scatter(Analysis analysis, OpNode store) implements Plan {}

  /// An exchange with other ranks, which no code is written for.
  record Communication(Analysis analysis) implements Plan {
    static boolean fits(OpNode sink) {
      return sink.input(0).input(2).op().group() == OpCode.Group.COLLECTIVE;
    }
  }

  /// The plan of a kernel.
  /// @param sink a SINK of STOREs whose loops are numbered from 0, outermost first
  static Plan of(OpNode sink, Target target) {
    if (Communication.fits(sink)) {
      return new Communication(new Analysis(sink));
    }
    return switch (target) {
      case Target.Cpu cpu -> onProcessor(sink, cpu);
      case Target.Gpu gpu when Elementwise.fits(sink) -> Elementwise.of(sink);
      case Target.Gpu gpu -> decoding(sink).or(() -> attention(sink, gpu)).orElseGet(() -> onGpu(sink, gpu));
      case Target.Graphs _ -> throw new IllegalArgumentException("no code is written for a device that takes graphs");
    };
  }

  /// The graph in operations that a GPU has.
  private static Analysis forGpu(OpNode sink) {
    return new Analysis(Decompositions.expand(Decompositions.spellLogSums(sink), true));
  }

  private static Analysis forProcessor(OpNode sink) {
    return new Analysis(Decompositions.expand(Decompositions.spellLogSums(sink), false));
  }

  private static Plan onProcessor(OpNode sink, Target.Cpu cpu) {
    Optional<Plan> attention = AttentionLanes.of(sink, cpu).map(Plan.class::cast);
    if (attention.isPresent()) {
      return attention.get();
    }
    Analysis analysis = forProcessor(sink);
    return rows(analysis).or(() -> Contraction.ofProcessor(analysis, cpu)).orElseGet(() -> {
      OpNode ended = LoopEnds.find(sink);
      return new Loops(ended == sink ? analysis : forProcessor(ended), false);
    });
  }

  private static Optional<Plan> decoding(OpNode sink) {
    long folds = Graph.topological(List.of(sink)).stream().filter(node -> node.is(OpCode.FOLD)).count();
    return folds < 3 ? Optional.empty() : Decoding.of(forGpu(LoopEnds.find(sink))).map(Plan.class::cast);
  }

  private static Optional<Plan> attention(OpNode sink, Target.Gpu gpu) {
    return gpu.rung().hasMatrixUnit() ? AttentionTiling.of(ScoreArithmetic.shortened(new Analysis(Decompositions.expandScores(sink))), gpu).map(Plan.class::cast) : Optional.empty();
  }

  private static Plan onGpu(OpNode sink, Target.Gpu gpu) {
    Analysis analysis = forGpu(sink);
    OpNode store = analysis.stores().getFirst();
    if (store.inputs().size() > 3) {
      return new Scatter(analysis, store);
    }
    return rows(analysis).or(() -> Contraction.ofGpu(analysis, gpu)).orElseGet(() -> {
      OpNode ended = LoopEnds.find(sink);
      Analysis shorter = shortened(ended == sink ? analysis : forGpu(ended));
      return Transposition.of(shorter, analysis.isCoarse(), gpu).orElseGet(() -> new Loops(shorter, analysis.isCoarse()));
    });
  }

  private static Optional<Plan> rows(Analysis analysis) {
    OpNode store = analysis.stores().getFirst();
    return switch (store.input(2).op()) {
      case SCAN -> Optional.of(new RowScan(analysis, store));
      case SORT -> Optional.of(new RowSort(analysis, store));
      default -> Optional.empty();
    };
  }

  /// The same where what is stored has so few digits that the way there may be shorter.
  static Analysis shortened(Analysis analysis) {
    return analysis.isCoarse() ? new Analysis(Decompositions.divideOnce(analysis)) : analysis;
  }
}
