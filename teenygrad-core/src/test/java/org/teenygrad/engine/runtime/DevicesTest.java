package org.teenygrad.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.interpreter.Interpreter;

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
}
