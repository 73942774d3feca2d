package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.engine.schedule.Recording;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.ParameterGroup;

/// How much a GPU is asked to do in a training step, counted without one. A figure may fall; one that rises is a regression of fusion.
class GpuLaunchesTest {
  private static final GptConfig GPT2 = new GptConfig(50_304, 1024, 12, 12, 768, 0.0, true);
  private static final int BATCH = 16;
  private static final Device GPU = Device.of("gpu-that-runs-nothing");

  static {
    Target target = new Target.Gpu(132, 227 << 10, Target.Rung.TENSOR_MEMORY);
    Devices.register(GPU.name(), device -> NullDevice.open(device, target, program -> {}));
  }

  /// A tensor without contents.
  private static Tensor tensor(DType dtype, Shape shape) {
    return Tensor.ofMemory(NullDevice.memory(shape.elements() * dtype.bytes()), dtype, shape, GPU);
  }

  @Test
  void aStepOfGpt2InBfloat16TakesFewLaunchesAndKeepsNoScores() {
    Gpt model = Module.map(Gpt.of(GPT2), weights -> tensor(weights.dtype(), weights.shape()));
    AdamW optimizer = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), 6e-4, 0.1), 0.9, 0.95, 1e-8);
    optimizer.clipNorm(1);
    Runnable step = () -> {
      Shape tokens = Shape.of(BATCH, GPT2.blockSize());
      Tensor loss = model.in(DType.BFLOAT16).loss(tensor(DType.INT32, tokens), tensor(DType.INT32, tokens));
      optimizer.step(loss);
      loss.realize();
    };
    step.run(); // makes the optimizer's moments
    Recording second = Recording.of(step);
    assertThat(second.launches().size()).as(() -> text(second.launches())).isLessThanOrEqualTo(330);
    long scores = (long) BATCH * GPT2.nHead() * GPT2.blockSize() * GPT2.blockSize();
    assertThat(second.launches()).allSatisfy(launch -> assertThat(sizes(launch)).isNotEmpty().doesNotContain(scores));
  }

  /// How many elements each tensor has that a kernel reads or writes.
  private static List<Long> sizes(Recording.Launched launch) {
    return Graph.topological(List.of(launch.kernel())).stream().filter(node -> node.is(OpCode.PARAM))
        .map(node -> node.payload(Param.class).shape().elements()).toList();
  }

  private static String text(List<Recording.Launched> launches) {
    return launches.stream().collect(Collectors.groupingBy(launch -> launch.facts().description(), Collectors.counting())).entrySet().stream()
        .map(entry -> entry.getValue() + " x " + entry.getKey()).collect(Collectors.joining("\n"));
  }
}
