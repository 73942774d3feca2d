package org.teenygrad.engine.runtime;

import java.util.List;

/// Code that is ready to run on a device.
@FunctionalInterface
public interface Kernel {
  /// Runs the kernel once for each list of arguments; the lists are independent of each other, and as many as the
  /// program has graphs if those are several. Arguments stand in the order of the kernel's PARAM slots. Kernels of one
  /// device take effect in the order of their calls.
  void run(List<List<Buffer>> arguments);

  /// As [#run], and waits until the kernel is done.
  /// @return how long it took, in nanoseconds
  default long time(List<List<Buffer>> arguments) {
    long start = System.nanoTime();
    run(arguments);
    return System.nanoTime() - start;
  }
}
