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
    return target instanceof Target.Gpu gpu && gpu.precision() != MatmulPrecision.current()
        ? new Runtime(device, allocator, gpu.with(MatmulPrecision.current()), compiler, machine) : this;
  }
}
