package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.runtime.Program;

/// A way to run a kernel's loops.
sealed interface LoopNest permits Elements, PackedContraction, SkinnyContraction, QuantizedProducts, StreamedContraction, PairContraction, LaneAttention, Flat, Blocks, TransposedTiles, SequentialScan, BlockScan, ScratchSort, MergeHalves, BitonicSort, DeterministicScatter, RowScatter,
    NaiveMatmul, MatrixTiles, PersistentTiles, AttentionTiles, WarpSpecializedAttention, DecodeAttention {
  /// What the nest writes with; its analysis has the graph that is written.
  Emitter emitter();

  /// Writes the function's body.
  void emit();

  /// What kind of kernel this is, as the first part of its name.
  String kind();

  /// How the work is cut up.
  Program.Launch launch();

  /// How many blocks a multiprocessor has at a time at least, which is how many registers a thread may have; 0 if the assembler decides.
  default int residentBlocks() {
    return 0;
  }

  /// How many blocks next to one another are a cluster: they run at the same time and reach one another's shared memory.
  default int clusterBlocks() {
    return 1;
  }

  /// The tensor maps that it reads by.
  default List<Program.TensorMap> maps() {
    return List.of();
  }

  /// The slots of buffers that the nest begins to read before it waits for the launches before it, if [Runs#UNWRITTEN] says that
  /// nobody writes them. It waits by itself then; the others wait first.
  default List<Integer> prefetched() {
    return List.of();
  }

  /// How much memory of the device its blocks exchange sums through, as [Program#exchangeBytes]: the pointer behind those of the slots.
  /// @param runs lists of buffers of a launch
  default long exchangeBytes(int runs) {
    return 0;
  }

  /// What there is to do.
  default Program.Work work() {
    return Work.of(emitter().analysis);
  }
}
