package org.teenygrad.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.interpreter.Interpreter;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;

class DevicesTest {
  @Test
  void aProgramBringsADeviceOfItsOwn() {
    List<Program> compiled = new ArrayList<>();
    Devices.register("brought", device -> {
      Runtime interpreter = Interpreter.open(device);
      return new Runtime(device, interpreter.allocator(), interpreter.target(), program -> {
        compiled.add(program);
        return interpreter.compiler().compile(program);
      });
    });
    Tensor x = Tensor.of(1f, 2f).to(Device.of("Brought"));
    assertThat(x.mul(3).toFloatArray()).containsExactly(3, 6);
    assertThat(compiled).hasSize(1);
    assertThat(Devices.runtime(Device.of("brought"))).as("opened once").isSameAs(Devices.runtime(x.device()));
    assertThatThrownBy(() -> Devices.runtime(Device.of("bought"))).hasMessageContaining("no device 'bought'").hasMessageContaining("brought");
  }

  @Test
  void kernelsAreWrittenForAMachineThatIsNotThere() {
    Queue<Program> written = new ConcurrentLinkedQueue<>();
    Target.Gpu a100 = new Target.Gpu(108, 163 << 10, Target.Rung.WARP);
    Devices.register("absent", device -> NullDevice.open(device, a100, written::add));
    Shape shape = Shape.of(1 << 15, 1 << 15);
    Tensor x = Tensor.ofMemory(NullDevice.memory(4 * shape.elements()), DType.FLOAT32, shape, Device.of("absent"));
    assertThat(x.add(1).exp().sum().item()).isZero();
    assertThat(written).isNotEmpty().allSatisfy(program -> assertThat(program.source()).contains("llvm.nvvm."));
  }
}
