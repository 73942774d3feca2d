package org.teenygrad.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.ir.OpNode;
import org.teenygrad.runtime.Devices;
import org.teenygrad.runtime.Runtime;

/// A training step builds the same graph each time but for the data in its buffers, so that its schedule can be replayed.
class ReplayTest {
  private final Set<OpNode> graphs = new HashSet<>();

  private Runtime recording(Device device) {
    Runtime inner = Devices.runtime(Device.of("interpreter"));
    return new Runtime(device, inner.allocator(), inner.target(), program -> {
      graphs.add(program.graph());
      return inner.compiler().compile(program);
    });
  }

  @Test
  void stepsAfterTheFirstBringNothingNew() {
    Devices.register("recording", this::recording);
    Device device = Device.of("recording");
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, Shape.of(2, 4), device);
    Tensor w = Tensor.of(new float[] {1, -1, 1, -1}, Shape.of(1, 4), device).requiresGrad();
    var optimizer = new AdamW(Map.of("w", w), 0.1).clipNorm(1);
    int afterFirst = 0;
    for (int step = 0; step < 4; step++) {
      optimizer.learningRate(0.1 / (step + 1));
      Tensor loss = x.dropout(0.5, true).linear(w).square().mean();
      optimizer.step(loss);
      afterFirst = step == 0 ? graphs.size() : afterFirst;
    }
    assertThat(graphs).hasSize(afterFirst);
  }
}
