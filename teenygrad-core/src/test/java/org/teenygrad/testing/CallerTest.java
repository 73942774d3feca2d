package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Caller;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.optim.SGD;

/// Errors of a device say what the program had called.
class CallerTest {
  private static final Device DEVICE = Device.of("asks-who-calls");
  private static final List<String> CALLERS = new ArrayList<>();
  private static final List<String> DESCRIPTIONS = new ArrayList<>();

  static {
    Devices.register(DEVICE.name(), device -> {
      Runtime nothing = Devices.runtime(Device.of("null"));
      return new Runtime(device, nothing.allocator(), nothing.target(), program -> {
        DESCRIPTIONS.add(program.description());
        return arguments -> CALLERS.add(Caller.text());
      });
    });
  }

  private static Tensor tensor(int... sizes) {
    return Tensor.of(new float[(int) Shape.of(sizes).elements()], Shape.of(sizes), DEVICE);
  }

  @Test
  void namesTheMethodThatWasCalledAndWhere() {
    CALLERS.clear();
    float ignored = tensor(3).exp().sum().item();
    assertThat(ignored).isZero();
    assertThat(CALLERS).isNotEmpty().allMatch(text -> text.matches("Tensor\\.item, called in CallerTest\\.namesTheMethodThatWasCalledAndWhere \\(CallerTest\\.java:\\d+\\)"));
  }

  @Test
  void namesOptimizersToo() {
    Tensor weight = tensor(2, 3).requiresGrad().realize();
    var optimizer = new SGD(Map.of("weight", weight), 0.1);
    CALLERS.clear();
    optimizer.step(tensor(4, 3).linear(weight).sum());
    assertThat(CALLERS).isNotEmpty().allMatch(text -> text.startsWith("Optimizer.step, called in CallerTest.namesOptimizersToo ("));
  }

  @Test
  void nobodyIsNamedWhereNobodyCalls() {
    assertThat(Caller.text()).isEmpty();
  }

  @Test
  void programsSayWhatTheyCompute() {
    tensor(5, 7).matmul(tensor(7, 11)).add(tensor(11)).realize();
    assertThat(DESCRIPTIONS).contains("contract 5x11x7 + bias");
  }
}
