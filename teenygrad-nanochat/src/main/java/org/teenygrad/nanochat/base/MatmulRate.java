package org.teenygrad.nanochat.base;

import java.util.OptionalDouble;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.train.ComputeType;

/// How fast a device multiplies matrices at best: no training is faster than its FLOPs at this rate.
final class MatmulRate {
  private static final int SMALLEST = 128;
  private static final int LARGEST = 8192;
  private static final double ENOUGH_SECONDS = 0.05;
  private static final int TRIALS = 3;

  private MatmulRate() {}

  /// Measures ever larger products until one takes long enough to be timed: a second or so.
  /// @return floating-point operations a second; empty where nothing is compiled, which takes too long, or nothing runs
  static OptionalDouble measure(Device device, ComputeType type) {
    if (Devices.runtime(device).target() instanceof Target.Graphs || device.name().startsWith("null")) {
      return OptionalDouble.empty();
    }
    double most = type.precision().call(() -> {
      double rate = 0;
      double seconds = 0;
      for (int n = SMALLEST; n <= LARGEST && seconds < ENOUGH_SECONDS; n *= 4) {
        seconds = Double.POSITIVE_INFINITY;
        for (int trial = 0; trial <= TRIALS; trial++) { // the first one compiles
          Tensor a = Tensor.rand(n, n).to(device).cast(type.dtype()).realize(); // a product that was computed is not computed again
          long start = System.nanoTime();
          a.matmul(a).realize().narrow(0, 0, 1).narrow(1, 0, 1).item(); // waits for it
          seconds = Math.min(seconds, (System.nanoTime() - start) / 1e9);
        }
        rate = Math.max(rate, 2.0 * n * n * n / seconds);
      }
      return rate;
    });
    return OptionalDouble.of(most);
  }
}
