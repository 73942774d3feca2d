package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;

class ExecutorTest {
  private static final Device CPU = Device.of("cpu");

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  /// A device whose first kernel waits to be compiled.
  private Device slow() {
    Device device = Device.of("slow");
    Devices.register(device.name(), opened -> NullDevice.open(opened, Devices.runtime(CPU).target(), _ -> {
      begun.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }));
    return device;
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // the waits are such that no interrupt ends
  void devicesComputeAtTheSameTime() throws Exception {
    Tensor there = Tensor.ofMemory(NullDevice.memory(12), DType.FLOAT32, Shape.of(3), slow());
    CompletableFuture<Tensor> waiting = CompletableFuture.supplyAsync(() -> there.exp().realize());
    begun.await();

    assertThat(Tensor.of(1f, 2f).to(CPU).mul(3).sum().item()).isEqualTo(9);
    assertThat(waiting).isNotDone();

    released.countDown();
    assertThat(waiting.get(10, TimeUnit.SECONDS).shape()).isEqualTo(Shape.of(3));
  }
}
