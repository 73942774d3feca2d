package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Storage;
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

  /// What data a computation has read, when nobody has the tensors any more.
  private static WeakReference<Storage> computed() {
    Tensor read = Tensor.of(new float[1039], Shape.of(1039), Device.of("interpreter"));
    assertThat(read.narrow(0, 1, 1037).add(1).sum().item()).isEqualTo(1037);
    return new WeakReference<>(read.node().payload(Storage.class));
  }

  @Test
  void aScheduleThatIsKeptHoldsNoData() {
    WeakReference<Storage> data = computed();
    System.gc();
    assertThat(data.get()).isNull();
  }
}
