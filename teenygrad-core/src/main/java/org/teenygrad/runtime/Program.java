package org.teenygrad.runtime;

import org.teenygrad.ir.OpNode;

/// One kernel, ready for a device's compiler.
///
/// @param name a function name, unique among the kernels of a schedule, that says what the kernel does
/// @param graph a SINK. For devices with a machine [Target]: of STOREs over PARAMs and RANGEs. For [Target.Graphs]: of
///     tensor-level nodes; slots 0.. are the outputs, one for each of the SINK's inputs, then come the arguments
/// @param source LLVM IR that defines the function `name`: of `(ptr args, i64 begin, i64 end, ptr scratch)` for [Target.Cpu], of one
///     pointer for each PARAM slot for [Target.Gpu]; empty for [Target.Graphs]
/// @param launch how its work is cut up
/// @param work an estimate of all items together
/// @param description what the kernel computes, in a line for people
public record Program(String name, OpNode graph, String source, Launch launch, Work work, String description) {
  /// A program about which there is nothing to say.
  public Program(String name, OpNode graph, String source, Launch launch, Work work) {
    this(name, graph, source, launch, work, name);
  }

  /// How a kernel's work is cut up.
  ///
  /// @param items how many independent parts there are: on a processor `begin..end` is some of them, on a GPU each is a block of threads
  /// @param threads how many threads work on one part together: 1 on a processor
  /// @param scratchBytes how much memory of its own each part needs while it is worked on: 64-byte aligned on a processor, a block's
  ///     dynamic shared memory on a GPU
  public record Launch(long items, int threads, long scratchBytes) {}

  /// Floating-point operations, and bytes of tensors read and written at least once.
  public record Work(double flops, double bytes) {}
}
