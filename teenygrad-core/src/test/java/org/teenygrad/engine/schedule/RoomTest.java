package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.MemoryBudget;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;

/// What a schedule needs is compared with what its device has before anything is compiled or runs.
class RoomTest {
  private static final int MIB = 1 << 20;

  private final Device device = Device.of("small-" + System.identityHashCode(this));
  private final AtomicInteger compiled = new AtomicInteger();

  RoomTest() {
    Target target = Devices.runtime(Device.of("null")).target();
    HostAllocator memory = new HostAllocator(MemoryBudget.of(64 * MIB));
    Devices.register(device.name(), opened -> new Runtime(opened, memory, target, program -> {
      compiled.incrementAndGet();
      return arguments -> {};
    }));
  }

  private Tensor mebibyte() {
    return Tensor.of(new float[MIB / Float.BYTES], Shape.of(1, MIB / Float.BYTES), device);
  }

  /// So many copies of a tensor.
  private Tensor times(int mebibytes, Tensor x) {
    return x.broadcastTo(Shape.of(mebibytes, MIB / Float.BYTES)).mul(mebibyte());
  }

  /// One MiB of input, so many on the way, a scalar as the result.
  private Tensor through(int mebibytes) {
    return times(mebibytes, mebibyte().exp()).contiguous().tanh().sum();
  }

  @Test
  void aWorkspaceThatDoesNotFitIsSaidBeforeAnythingIsCompiled() {
    assertThatThrownBy(() -> through(96).realize())
        .isInstanceOf(OutOfMemoryException.class)
        .hasMessageContaining("no room for 96.0 MiB (96.0 MiB")
        .hasMessageContaining("for what is computed on the way")
        .hasMessageContaining("the largest is float32(96, 262144) of: map exp,mul")
        .hasMessageContaining("64.0 MiB is the limit");
    assertThat(compiled).hasValue(0);
    through(24).realize();
    assertThat(compiled.get()).isPositive();
  }

  @Test
  void resultsCount() {
    assertThatThrownBy(() -> times(70, mebibyte()).realize())
        .isInstanceOf(OutOfMemoryException.class)
        .hasMessageContaining("70.0 MiB for results");
  }

  @Test
  void aWorkspaceThatIsThereAlreadyIsNotNeededTwice() {
    through(36).realize();
    through(40).realize();
  }

  @Test
  void whatNobodyRefersToAnyMoreIsNoReason() {
    for (int i = 0; i < 6; i++) {
      times(28 + i, mebibyte()).realize();
    }
  }
}
