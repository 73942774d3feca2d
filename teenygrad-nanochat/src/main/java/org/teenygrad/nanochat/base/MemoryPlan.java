package org.teenygrad.nanochat.base;

import java.util.Collection;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.RandomState;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.training.MuonAdamW;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.Optimizer;

/// The memory that an iteration of a base training takes on a device, in bytes. The iteration is planned as for that device, and not run.
///
/// ```java
/// MemoryPlan memory = MemoryPlan.of(TrainingPlan.of(settings, 32768), Device.of("cpu"));
/// memory.bytes() <= Devices.runtime(Device.of("cpu")).allocator().roomBytes();   // does it fit?
/// ```
/// @param parameters as they are stored
/// @param optimizer moments and momentum
/// @param gradients where several batches make an iteration: the sum so far, and the next one
/// @param working what is computed on the way: activations, their derivatives, weights in the type to compute in
public record MemoryPlan(long parameters, long optimizer, long gradients, long working) {
  /// Each planning has a device of its own, whose memory is empty.
  private static final AtomicInteger PLANNED = new AtomicInteger();

  /// Plans the first iteration.
  /// @param device whose kernels are planned; it need not have the room
  public static MemoryPlan of(TrainingPlan plan, Device device) {
    Device planned = Device.of("planned-" + PLANNED.incrementAndGet());
    Devices.register(planned.name(), d -> NullDevice.open(d, Devices.runtime(device).target(), program -> {}));
    BaseSettings settings = plan.settings();
    DType type = settings.dtype().dtype();
    CounterRandom.State before = RandomState.shared().state();
    Gpt drawn = Gpt.of(plan.config(), settings.embeddingMasters() ? DType.FLOAT32 : type); // expressions, which take no memory
    RandomState.shared().restore(before); // a training that goes on draws what it would have drawn
    Gpt model = Module.map(drawn, tensor -> empty(planned, tensor.dtype(), tensor.shape()));
    MuonAdamW optimizer = MuonAdamW.of(model, settings.rates(), plan.weightDecay(), type);
    Profile iteration = settings.dtype().precision().call(() -> Profile.of(() -> iterate(plan, model.in(type), optimizer.both(), planned)));
    long parameters = bytes(model.stateDict().values());
    return new MemoryPlan(
        parameters,
        bytes(optimizer.both().stateDict().values()),
        plan.accumulatedBatches() == 1 ? 0 : 2 * parameters,
        iteration.schedules().stream().mapToLong(Profile.Making::workspaceBytes).max().orElseThrow());
  }

  /// All batches after the second are as the second.
  private static void iterate(TrainingPlan plan, Gpt computing, Optimizer optimizer, Device planned) {
    Shape shape = Shape.of(plan.settings().deviceBatchSize(), plan.settings().maxSeqLen());
    if (plan.accumulatedBatches() == 1) {
      optimizer.step(computing.loss(empty(planned, DType.INT32, shape), empty(planned, DType.INT32, shape)));
      return;
    }
    for (int part = 0; part < 2; part++) {
      Tensor loss = computing.loss(empty(planned, DType.INT32, shape), empty(planned, DType.INT32, shape));
      optimizer.accumulate(loss.div(plan.accumulatedBatches()));
    }
    optimizer.step();
  }

  private static long bytes(Collection<Tensor> tensors) {
    return tensors.stream().mapToLong(Tensor::nbytes).sum();
  }

  private static Tensor empty(Device device, DType dtype, Shape shape) {
    return Tensor.ofMemory(NullDevice.memory(Math.max(1, shape.elements()) * dtype.bytes()), dtype, shape, device);
  }

  public long bytes() {
    return parameters + optimizer + gradients + working;
  }

  /// The largest half, quarter and so on of the batch on the device with which the same training fits into so much memory.
  /// @return empty if none does
  public static OptionalInt fittingBatch(TrainingPlan plan, Device device, long roomBytes) {
    for (int batch = plan.settings().deviceBatchSize() / 2; batch > 0; batch /= 2) {
      if (plan.totalBatchSize() % (batch * plan.settings().maxSeqLen()) == 0) {
        BaseSettings smaller = plan.settings().with(Map.of("deviceBatchSize", batch, "totalBatchSize", plan.totalBatchSize()));
        if (of(TrainingPlan.of(smaller, plan.config().vocabSize()), device).bytes() <= roomBytes) {
          return OptionalInt.of(batch);
        }
      }
    }
    return OptionalInt.empty();
  }
}
