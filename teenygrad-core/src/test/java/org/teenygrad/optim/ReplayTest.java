package org.teenygrad.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.nn.BatchNorm;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.nn.Sequential;

/// A training step builds the same graph each time but for the data in its buffers, so that its schedule can be replayed.
class ReplayTest {
  private static final Device DEVICE = Device.of("recording");

  /// Every kernel that the device was ever given to compile.
  private static final Set<OpNode> KERNELS = new HashSet<>();

  @BeforeAll
  static void recordKernels() {
    Devices.register("recording", device -> {
      Runtime inner = Devices.runtime(Device.of("interpreter"));
      return new Runtime(device, inner.allocator(), inner.target(), program -> {
        KERNELS.add(program.graph());
        return inner.compiler().compile(program);
      });
    });
  }

  static Stream<Function<Map<String, Tensor>, Optimizer>> optimizers() {
    return Stream.of(
        p -> new AdamW(p, 0.1),
        p -> new AdamW(p, 0.1).scaleLoss(LossScaling.DYNAMIC),
        p -> new SGD(p, 0.1, 0.9),
        p -> new SGD(List.of(ParameterGroup.of(p, 0.1)), 0.9, 0.5, false),
        p -> new LAMB(p, 0.1),
        p -> new NAdam(p, 0.1),
        p -> new NAdam(p, 0.1).scaleLoss(LossScaling.DYNAMIC),
        p -> new RAdam(List.of(ParameterGroup.of(p, 0.1)), 0.9, 0.5, 1e-8, true),
        p -> new RAdam(p, 0.1).scaleLoss(LossScaling.DYNAMIC),
        p -> new Adamax(p, 0.1).maximize(),
        p -> new SparseAdam(p, 0.1),
        p -> new Adamax(p, 0.1).scaleLoss(LossScaling.DYNAMIC),
        p -> new Adadelta(p, 0.1),
        p -> new Rprop(p, 0.1),
        p -> new ASGD(List.of(ParameterGroup.of(p, 0.1)), 0.1, 0.75, 2),
        p -> new ASGD(p, 0.1).scaleLoss(LossScaling.DYNAMIC),
        p -> new Adafactor(p, 0.1),
        p -> new Adafactor(p, 0.1).scaleLoss(LossScaling.DYNAMIC),
        p -> new Adagrad(List.of(ParameterGroup.of(p, 0.1)), 0.1, 0.1, 1e-8),
        p -> new Muon(p, 0.1));
  }

  private static Tensor weight() {
    return Tensor.of(new float[] {1, -1, 1, -1}, Shape.of(1, 4), DEVICE).requiresGrad();
  }

  private static Tensor loss(Tensor w) {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, Shape.of(2, 4), DEVICE);
    return x.dropout(0.5, true).linear(w).square().mean();
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void stepsAfterTheFirstBringNothingNew(Function<Map<String, Tensor>, Optimizer> kind) {
    Tensor w = weight();
    Optimizer optimizer = kind.apply(Map.of("w", w)).clipNorm(1).clipValue(10);
    int afterFirst = 0;
    for (int step = 0; step < 4; step++) {
      optimizer.learningRate(0.1 / (step + 1));
      optimizer.step(loss(w));
      afterFirst = step == 0 ? KERNELS.size() : afterFirst;
    }
    assertThat(KERNELS).hasSize(afterFirst).isNotEmpty();
  }

  @Test
  void stepsWithRunningStatisticsBringNothingNewAfterTheSecond() {
    Layer net = Module.map(Sequential.of(Linear.of(4, 3), BatchNorm.of(3)), tensor -> tensor.to(DEVICE));
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, Shape.of(2, 4), DEVICE);
    var optimizer = new AdamW(net.namedParameters(), 0.1);
    var ema = Ema.of(net, 0.9);
    int afterSecond = 0;
    for (int step = 0; step < 4; step++) {
      optimizer.step(net.forward(x).sub(1).square().mean());
      ema.update();
      afterSecond = step <= 1 ? KERNELS.size() : afterSecond;
    }
    assertThat(KERNELS).hasSize(afterSecond).isNotEmpty();
  }

  @Test
  void schedulesOfMuonBringNothingNew() {
    Tensor w = weight();
    var muon = new Muon(List.of(new ParameterGroup(Map.of("w", w), 0.1, 0.1)), MuonOptions.NANOCHAT);
    int afterFirst = 0;
    for (int step = 0; step < 4; step++) {
      muon.setting(0, "momentum", 0.9 + 0.01 * step);
      muon.weightDecay(0, 0.1 / (step + 1));
      muon.learningRate(0.1 / (step + 1));
      muon.step(loss(w));
      afterFirst = step == 0 ? KERNELS.size() : afterFirst;
    }
    assertThat(KERNELS).hasSize(afterFirst).isNotEmpty();
  }

  @Test
  void accumulatedStepsAfterTheFirstBringNothingNew() {
    Tensor w = weight();
    var optimizer = new AdamW(Map.of("w", w), 0.1);
    int afterFirst = 0;
    for (int step = 0; step < 3; step++) {
      optimizer.zeroGrad();
      for (int part = 0; part < 3; part++) {
        optimizer.accumulate(loss(w).div(3));
      }
      optimizer.step();
      afterFirst = step == 0 ? KERNELS.size() : afterFirst;
    }
    assertThat(KERNELS).hasSize(afterFirst).isNotEmpty();
  }
}
