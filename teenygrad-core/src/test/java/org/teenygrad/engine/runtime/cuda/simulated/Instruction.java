package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One instruction of a kernel.
///
/// @param name of the operation; with `@` a function's, after `asm` PTX
/// @param result what gets the value
/// @param text as it is written
/// @param meeting whom a thread has to meet there, or what it has to wait for
/// @param step what a thread does that meets nobody
/// @param numbers that stand in PTX
/// @param products of a `wgmma` that a thread starts with others
record Instruction(String name, @Nullable Operand result, Operand[] operands, String text, Meeting meeting, @Nullable Step step, int[] numbers, @Nullable WgmmaText products) {
  /// Where threads go on together, or when something has happened.
  enum Meeting {
    NONE,

    /// The lanes of a warp.
    WARP,

    /// Four warps.
    WARPGROUP,

    /// The lanes of a warp, and products that were started.
    PRODUCTS,

    /// Threads of a block.
    BLOCK,

    /// All threads of a cluster.
    CLUSTER,

    /// A phase of an mbarrier.
    MBARRIER;

    static Meeting of(String name) {
      if (name.startsWith("@llvm.nvvm.barrier") || name.startsWith("asm bar.sync")) {
        return BLOCK;
      }
      if (name.startsWith("asm barrier.cluster")) {
        return CLUSTER;
      }
      if (name.contains("mbarrier.try_wait")) {
        return MBARRIER;
      }
      if (name.contains("wgmma.mma_async")) {
        return WARPGROUP;
      }
      if (name.contains("wgmma.wait_group")) {
        return PRODUCTS;
      }
      boolean ofWarp = name.contains(".shfl.") || name.contains("ballot") || name.contains("bar.warp") || name.contains(".mma.") || name.contains("mma.sync") || name.contains("ldmatrix");
      return ofWarp ? WARP : NONE;
    }
  }

  Operand value() {
    return Objects.requireNonNull(result, text);
  }
}
