package org.teenygrad.runtime;

import org.teenygrad.Device;

/// Everything that a device is: where its memory comes from, what machine it is and how programs become code for it.
///
/// @param machine what to call it before people: `NVIDIA H200, 139.8 GiB`; may be empty
public record Runtime(Device device, Allocator allocator, Target target, Compiler compiler, String machine) {
  public Runtime(Device device, Allocator allocator, Target target, Compiler compiler) {
    this(device, allocator, target, compiler, "");
  }
}
