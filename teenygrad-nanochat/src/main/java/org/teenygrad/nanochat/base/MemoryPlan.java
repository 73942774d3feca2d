package org.teenygrad.nanochat.base;

import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.RandomState;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;
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
/// @param rotary cosines and sines of the angles of all positions
/// @param working what is computed on the way: activations, their derivatives, weights in the type to compute in
public record MemoryPlan(long parameters, long optimizer, long gradients, long rotary, long working) {
  /// Each planning has a device of its own, whose memory is empty.
  private static final AtomicInteger PLANNED = new AtomicInteger();

  /// Plans the first iteration.
  /// @param device whose kernels are planned; it need not have the room
  public static MemoryPlan of(TrainingPlan plan, Device device) {
    Device planned = Device.of("planned-" + PLANNED.incrementAndGet());
    Devices.register(planned.name(), d -> NullDevice.open(d, Devices.runtime(device).target(), program -> {}));
    StepPlan step = step(plan, planned, null);
    long optimizer = step.optimizerBytes() + Long.BYTES; // and the number of the step
    return new MemoryPlan(step.parameterBytes(), optimizer, step.gradientBytes(), Gpt.rotaryBytes(plan.config()), step.workBytes());
  }

  /// Plans an iteration of one rank of a world that need not be there.
  public static StepPlan step(TrainingPlan plan, World world) {
    return step(plan, world.device(), world.size() > 1 ? world.mesh("data") : null);
  }

  private static StepPlan step(TrainingPlan plan, Device planned, @Nullable Mesh ranks) {
    BaseSettings settings = plan.settings();
    DType type = settings.dtype().dtype();
    CounterRandom.State before = RandomState.shared().state();
    Gpt drawn = Gpt.of(plan.config(), settings.embeddingMasters() ? DType.FLOAT32 : type); // expressions, which take no memory
    RandomState.shared().restore(before); // a training that goes on draws what it would have drawn
    Gpt model = StepPlan.unread(planned, drawn);
    Optimizer optimizer = MuonAdamW.of(model, settings.rates(), plan.weightDecay(), type).both();
    Mesh sharing = ranks == null || settings.deviceBatchSize() % ranks.size() != 0 ? null : ranks;
    if (ranks != null) {
      optimizer.shard(ranks);
    }
    Gpt computing = Module.gathered(settings.computing(model));
    Supplier<Tensor> tokens = () -> {
      Tensor whole = StepPlan.unread(planned, DType.INT32, Shape.of(settings.deviceBatchSize(), settings.maxSeqLen()));
      return sharing == null ? whole : whole.shard(sharing, Placement.shard(0));
    };
    return settings.dtype().precision().call(() -> StepPlan.of(model.stateDict().values(), optimizer, plan.accumulatedBatches(),
        () -> computing.loss(tokens.get(), tokens.get()).gather()));
  }

  public long bytes() {
    return parameters + optimizer + gradients + rotary + working;
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
