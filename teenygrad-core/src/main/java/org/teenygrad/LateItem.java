package org.teenygrad;

import java.lang.foreign.Arena;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.host.HostArray;

/// The one element of a tensor that a device may still be computing.
final class LateItem implements DoubleSupplier {
  private final Storage storage;

  /// Where in the device's queue it is finished; null when it has been read.
  private Allocator.@Nullable Mark computed;

  private double value;

  private LateItem(Storage storage, Allocator.Mark computed) {
    this.storage = storage;
    this.computed = computed;
  }

  static LateItem of(Tensor tensor) {
    HostData.requireOne(tensor);
    Storage storage = HostData.whole(tensor);
    return new LateItem(storage, Devices.runtime(storage.device()).allocator().mark());
  }

  @Override
  public double getAsDouble() {
    Allocator.Mark mark = computed;
    if (mark != null) {
      try (mark; Arena arena = Arena.ofConfined()) {
        value = new HostArray(HostData.bytes(storage, arena, mark), storage.dtype(), storage.shape()).getDouble(0);
      }
      computed = null;
    }
    return value;
  }
}
