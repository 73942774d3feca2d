package org.teenygrad.codegen;

/// A way to run a kernel's loops.
sealed interface LoopNest permits Elements, Contraction {
  /// Writes the function's body.
  void emit();

  /// What kind of kernel this is, as the first part of its name.
  String kind();

  /// How many independent pieces the work has.
  long items();

  /// How much memory of its own each thread needs.
  long scratchBytes();
}
