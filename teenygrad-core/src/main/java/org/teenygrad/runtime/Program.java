package org.teenygrad.runtime;

import org.teenygrad.ir.OpNode;

/// One kernel, ready for a device's compiler.
///
/// @param name a function name, unique among the kernels of a schedule, that says what the kernel does
/// @param graph a SINK. For devices with a machine [Target]: of STOREs over PARAMs and RANGEs. For [Target.Graphs]: of
///     tensor-level nodes; slots 0.. are the outputs, one for each of the SINK's inputs, then come the arguments
/// @param source LLVM IR that defines the function `name(ptr args, i64 begin, i64 end, ptr scratch)`; empty for [Target.Graphs]
/// @param items how many independent work items there are: `begin..end` is a part of `0..items`
/// @param scratchBytes how much memory of its own each thread needs, 64-byte aligned
/// @param work an estimate of all items together
public record Program(String name, OpNode graph, String source, long items, long scratchBytes, Work work) {
  /// Floating-point operations, and bytes of tensors read and written at least once.
  public record Work(double flops, double bytes) {}
}
