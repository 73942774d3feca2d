package org.teenygrad.runtime;

/// What the Generator must know of a machine to write code for it.
public sealed interface Target {
  /// Takes tensor-level graphs as they are: nothing is fused and no code is written.
  record Graphs() implements Target {}

  /// A processor with vector registers.
  ///
  /// @param vectorBytes size of a vector register
  /// @param vectorRegisters how many there are
  /// @param l1Bytes first-level data cache of a core
  /// @param l2Bytes second-level cache of a core
  /// @param cores how many run kernels
  record Cpu(int vectorBytes, int vectorRegisters, long l1Bytes, long l2Bytes, int cores) implements Target {}

  /// A graphics processor with CUDA's model of execution: blocks of threads in warps of 32, memory shared within a block.
  ///
  /// @param processors how many multiprocessors run blocks
  /// @param sharedBytes how much shared memory one block may ask for
  /// @param matrixUnit its widest instruction for products of small matrices
  record Gpu(int processors, int sharedBytes, MatrixUnit matrixUnit) implements Target {}

  /// The instructions of NVIDIA's tensor cores: `mma.sync` of one warp (compute capability 8.0), `wgmma` of four warps with operands in
  /// shared memory (9.0 alone).
  enum MatrixUnit {
    WARP,
    WARPGROUP
  }
}
