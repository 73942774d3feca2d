package org.teenygrad.engine.runtime.cuda;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.MemoryBudget;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.Target.Rung;
import org.teenygrad.engine.runtime.cuda.CudaDriver.DeviceAttribute;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;

/// One GPU that the driver shows, by its facts.
///
/// @param handle the driver's `CUdevice`
/// @param ordinal its number in `cuda:0`, `cuda:1`...
/// @param name the vendor's
/// @param major compute capability before the point
/// @param minor compute capability after the point
/// @param processors multiprocessors
/// @param sharedBytes shared memory that one block may ask for
/// @param memoryBytes all of its memory
record Gpu(int handle, int ordinal, String name, int major, int minor, int processors, int sharedBytes, long memoryBytes) {
  static Gpu of(int ordinal) {
    int handle = CudaDriver.device(ordinal);
    return new Gpu(
        handle,
        ordinal,
        CudaDriver.deviceName(handle),
        CudaDriver.deviceAttribute(DeviceAttribute.COMPUTE_CAPABILITY_MAJOR, handle),
        CudaDriver.deviceAttribute(DeviceAttribute.COMPUTE_CAPABILITY_MINOR, handle),
        CudaDriver.deviceAttribute(DeviceAttribute.MULTIPROCESSOR_COUNT, handle),
        CudaDriver.deviceAttribute(DeviceAttribute.MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, handle),
        CudaDriver.deviceTotalMem(handle));
  }

  /// Why kernels cannot be made for it; null if they can.
  /// @param driverVersion the newest CUDA that the driver knows
  @Nullable String absence(int driverVersion) {
    Architecture architecture = Architecture.of(major, minor).orElse(null);
    if (architecture == null) {
      Architecture oldest = Architecture.values()[0];
      return String.format(Locale.ROOT, "the %s has compute capability %d.%d; teenygrad needs %d.%d",
          name, major, minor, oldest.major, oldest.minor);
    }
    if (driverVersion < architecture.driverVersion) {
      return String.format(Locale.ROOT,
          "the NVIDIA driver knows CUDA %s; for the %s teenygrad needs a driver for CUDA %s",
          version(driverVersion), name, version(architecture.driverVersion));
    }
    return null;
  }

  static String version(int cuda) {
    return cuda / 1000 + "." + cuda % 1000 / 10;
  }

  Target.Gpu target() {
    return target(architecture().rung(major, minor));
  }

  /// As if its tensor cores, or its shared memory, were not there for products of matrices.
  /// @throws IllegalArgumentException if it does not reach that rung
  Target.Gpu target(Rung rung) {
    Rung highest = architecture().rung(major, minor);
    if (!highest.includes(rung)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the %s has no %s; its highest rung is %s", name, rung.text, highest.text));
    }
    Target.Gpu target = new Target.Gpu(processors, sharedBytes, rung);
    return architecture().multipliesFloat8() ? target.withFloat8() : target;
  }

  LlvmTarget llvmTarget() {
    return architecture().llvmTarget(major, minor);
  }

  private Architecture architecture() {
    return Architecture.of(major, minor).orElseThrow();
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s, %s, compute capability %d.%d",
        name, MemoryBudget.text(memoryBytes), major, minor);
  }
}
