package org.teenygrad.testing;

import java.util.stream.Stream;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.cpu.Cpu;

/// The devices that every test can run on, and tensors there whose elements say where they stand.
public final class Devices {
  private Devices() {}

  /// The interpreter, and compiled kernels where LLVM is.
  public static Stream<Device> all() {
    return Stream.of("interpreter", "cpu").filter(kind -> !kind.equals("cpu") || Cpu.isPresent()).map(Device::of);
  }

  /// 0, 1, 2 and so on, row by row.
  public static Tensor counting(Device device, int... shape) {
    Shape sizes = Shape.of(shape);
    float[] values = new float[(int) sizes.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(values, sizes, device);
  }
}
