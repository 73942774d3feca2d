package org.teenygrad.runtime;

import java.util.List;

/// Code that is ready to run on a device.
public interface Kernel {
  /// Runs the kernel once for each list of arguments; the lists are independent of each other. Arguments stand in the order of the kernel's PARAM slots.
  /// Kernels of one device take effect in the order of their calls.
  void run(List<List<Buffer>> arguments);
}
