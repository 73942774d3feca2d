package org.teenygrad.engine.runtime;

import org.teenygrad.Device;
import org.teenygrad.MatmulPrecision;

/// Everything that a device is: where its memory comes from, what machine it is and how programs become code for it.
///
/// @param machine what to call it before people: `NVIDIA H200, 139.8 GiB`; may be empty
public record Runtime(Device device, Allocator allocator, Target target, Compiler compiler, String machine) {
  public Runtime(Device device, Allocator allocator, Target target, Compiler compiler) {
    this(device, allocator, target, compiler, "");
  }

  /// The same device as the code around allows it to compute.
  public Runtime asAllowed() {
    MatmulPrecision allowed = MatmulPrecision.current();
    return switch (target) {
      case Target.Gpu gpu -> with(gpu.with(allowed == MatmulPrecision.HIGHEST ? allowed : MatmulPrecision.HIGH));
      case Target.Cpu cpu -> with(cpu.with(allowed == MatmulPrecision.HIGH ? MatmulPrecision.HIGHEST : allowed));
      case Target.Graphs _ -> this;
    };
  }

  private Runtime with(Target allowed) {
    return allowed.equals(target) ? this : new Runtime(device, allocator, allowed, compiler, machine);
  }
}
