package org.teenygrad.engine.runtime.cuda;

import java.util.Optional;
import org.teenygrad.engine.runtime.Target.Rung;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;

/// What there is from one compute capability on, a row each.
///
/// All of these have asynchronous copies to shared memory (`cp.async`) and tensor cores for bfloat16. A GPU between two rows runs
/// the code of the lower one: PTX is made for later GPUs too, unless its processor ends in `a`, which stands for one capability
/// alone. The PTX version is the oldest that knows the processor, but 8.1 at least, in which a kernel's parameters have room for
/// the pointers of many runs ([org.teenygrad.engine.codegen]), and 8.4 where there are products of 8-bit floats.
///
/// @see <a href="https://docs.nvidia.com/cuda/parallel-thread-execution/#release-notes">PTX ISA release notes</a>
enum Architecture {
  A100(8, 0, "sm_80", "sm_80", 81, 12010, false),
  RTX_30(8, 6, "sm_86", "sm_86", 81, 12010, false),
  ORIN(8, 7, "sm_87", "sm_87", 81, 12010, false),
  RTX_40(8, 9, "sm_89", "sm_89", 84, 12040, false),
  HOPPER(9, 0, "sm_90a", "sm_90", 84, 12040, true),
  BLACKWELL(10, 0, "sm_100a", "sm_100", 86, 12070, false),
  RTX_50(12, 0, "sm_120", "sm_120", 87, 12080, false);

  final int major;
  final int minor;

  /// LLVM's name of exactly this capability.
  private final String processor;

  /// LLVM's name for this one and those after it.
  private final String family;

  private final int ptxVersion;

  /// The CUDA that the driver must know: 12080 is 12.8.
  final int driverVersion;

  /// Whether four warps multiply matrices together (`wgmma`), which came and went with 9.0. Tensor maps came with it and stayed.
  private final boolean warpgroups;

  Architecture(int major, int minor, String processor, String family, int ptxVersion, int driverVersion, boolean warpgroups) {
    this.major = major;
    this.minor = minor;
    this.processor = processor;
    this.family = family;
    this.ptxVersion = ptxVersion;
    this.driverVersion = driverVersion;
    this.warpgroups = warpgroups;
  }

  /// The row for a compute capability; none for what is older than all.
  static Optional<Architecture> of(int major, int minor) {
    Architecture found = null;
    for (Architecture row : values()) {
      if (row.major < major || row.major == major && row.minor <= minor) {
        found = row;
      }
    }
    return Optional.ofNullable(found);
  }

  private boolean is(int major, int minor) {
    return this.major == major && this.minor == minor;
  }

  /// What LLVM generates code for.
  LlvmTarget llvmTarget(int major, int minor) {
    return LlvmTarget.nvptx(is(major, minor) ? processor : family, ptxVersion);
  }

  /// Whether tensor cores multiply floats of 8 bits, which PTX has from 8.4 on.
  boolean multipliesFloat8() {
    return compareTo(RTX_40) >= 0;
  }

  /// The highest rung on which it multiplies matrices.
  Rung rung(int major, int minor) {
    return is(major, minor) && warpgroups ? Rung.TENSOR_MEMORY : Rung.WARP;
  }
}
