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
}
