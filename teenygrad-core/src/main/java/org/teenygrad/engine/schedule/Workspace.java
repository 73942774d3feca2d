package org.teenygrad.engine.schedule;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;

/// The memory for intermediate results of a device, shared by all its schedules since one runs at a time.
final class Workspace {
  private final Device device;
  private @Nullable Buffer buffer;
  private @Nullable Buffer exchange;

  Workspace(Device device) {
    this.device = device;
  }

  /// How much there is now.
  long bytes() {
    Buffer now = buffer;
    return now == null ? 0 : now.bytes();
  }

  Buffer atLeast(long bytes) {
    Buffer now = buffer;
    if (now == null || now.bytes() < bytes) {
      if (now != null) {
        now.free();
        buffer = null;
      }
      now = Devices.runtime(device).allocator().allocate(bytes);
      buffer = now;
    }
    return now;
  }

  /// What programs exchange sums through: beside the rest, as what is there at first is 0, and each leaves it so.
  Buffer exchange(long bytes) {
    Buffer now = exchange;
    if (now == null || now.bytes() < bytes) {
      if (now != null) {
        now.free();
        exchange = null;
      }
      Allocator allocator = Devices.runtime(device).allocator();
      now = allocator.allocate(bytes);
      try (Arena arena = Arena.ofConfined()) {
        allocator.copyIn(now, arena.allocate(bytes));
      }
      exchange = now;
    }
    return now;
  }
}
