package org.teenygrad.distributed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.engine.schedule.Recording;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.Optimizer;

/// An iteration of a training on one rank, planned and not run: what it takes and what it sends. The model lies on a device that
/// runs nothing, as that of [World#fake] does.
///
/// ```java
/// World fake = World.fake(8192, Cluster.H200);
/// Mesh ranks = fake.mesh("data");
/// Tensor matrix = StepPlan.unread(fake.device(), DType.FLOAT32, Shape.of(8192, 64)).requiresGrad();
/// Tensor rows = StepPlan.unread(fake.device(), DType.FLOAT32, Shape.of(8192, 64)).shard(ranks, Placement.shard(0));
/// Optimizer adam = new AdamW(Map.of("matrix", matrix), 1e-3).shard(ranks);
/// StepPlan plan = StepPlan.of(List.of(matrix), adam, 1, () -> rows.linear(matrix.gather()).square().mean().gather());
/// plan.optimizerBytes();   // 512
/// ```
///
/// @param parameterBytes parameters as they are stored
/// @param optimizerBytes states of the optimizer
/// @param gradientBytes where several batches make an iteration: the sum so far, and the next one
/// @param workBytes what is computed on the way: activations, their derivatives, gradients, weights in the type to compute in
/// @param launches kernels and exchanges, in their order
public record StepPlan(long parameterBytes, long optimizerBytes, long gradientBytes, long workBytes, List<Planned> launches) {
  /// A launch of an iteration.
  ///
  /// @param times how often it is in an iteration
  /// @param exchange what it sends, null for a kernel
  /// @param onMatrixUnits whether it is a kernel that multiplies numbers of 16 bits
  public record Planned(Profile.Launch launch, long times, @Nullable Exchange exchange, boolean onMatrixUnits) {}

  /// The exchanges of a kind in an iteration.
  ///
  /// @param count how many there are
  /// @param bytes of the tensors that are exchanged
  /// @param sentBytes what each rank sends
  public record Traffic(long count, double bytes, double sentBytes) {
    Traffic plus(Exchange exchange, long times) {
      return new Traffic(count + times, bytes + (double) exchange.bytes() * times, sentBytes + exchange.sentBytes() * times);
    }
  }

  /// Plans an iteration.
  /// @param parameters of the model
  /// @param optimizer changes them
  /// @param batches whose gradients are added up
  /// @param loss that of the next batch
  /// @throws IllegalStateException if nothing is planned: the iteration is that of a device that has planned it before
  public static StepPlan of(Collection<Tensor> parameters, Optimizer optimizer, int batches, Supplier<Tensor> loss) {
    List<Planned> launches = new ArrayList<>();
    long work;
    long gradients = 0;
    if (batches == 1) {
      work = record(launches, 1, () -> optimizer.step(loss.get()));
    } else {
      optimizer.zeroGrad();
      work = record(launches, 1, () -> optimizer.accumulate(loss.get().div(batches)));
      // All batches after the second are as the second.
      work = Math.max(work, record(launches, batches - 1, () -> optimizer.accumulate(loss.get().div(batches))));
      gradients = 2 * optimizer.gradientBytes();
      work = Math.max(work, record(launches, 1, optimizer::step));
    }
    long bytes = parameters.stream().mapToLong(Tensor::localBytes).sum();
    return new StepPlan(bytes, optimizer.stateBytes(), gradients, work, List.copyOf(launches));
  }

  private static long record(List<Planned> launches, long times, Runnable part) {
    Recording recording = Recording.of(part);
    for (Recording.Launched launched : recording.launches()) {
      launches.add(new Planned(launched.facts(), times, Exchange.of(launched.kernel()), multipliesNarrow(launched.kernel())));
    }
    return recording.schedules().stream().mapToLong(Profile.Making::workspaceBytes).max()
        .orElseThrow(() -> new IllegalStateException("StepPlan: this iteration has been planned on this device before"));
  }

  private static boolean multipliesNarrow(OpNode kernel) {
    List<OpNode> nodes = Graph.topological(List.of(kernel));
    return nodes.stream().anyMatch(node -> node.is(OpCode.FOLD))
        && nodes.stream().anyMatch(node -> node.is(OpCode.LOAD) && node.dtype().isFloating() && node.dtype().bytes() <= 2);
  }

  /// A tensor without contents, of any size.
  /// @param device one that runs nothing
  public static Tensor unread(Device device, DType dtype, Shape shape) {
    return Tensor.ofMemory(NullDevice.memory(Math.max(1, shape.elements()) * dtype.bytes()), dtype, shape, device);
  }

  /// A model without contents.
  /// @param model as it is made, whose parameters may be expressions that nobody computes
  public static <M extends Module> M unread(Device device, M model) {
    return Module.map(model, tensor -> unread(device, tensor.dtype(), tensor.shape()));
  }

  /// All memory that the rank needs.
  public long bytes() {
    return parameterBytes + optimizerBytes + gradientBytes + workBytes;
  }

  /// How many kernels an iteration launches.
  public long kernels() {
    return launches.stream().filter(planned -> planned.exchange == null).mapToLong(Planned::times).sum();
  }

  /// Floating-point operations of an iteration, an estimate.
  public double flops() {
    return launches.stream().mapToDouble(planned -> planned.launch.flops() * planned.times).sum();
  }

  /// The exchanges of a kind in an iteration.
  public Traffic traffic(Exchange.Kind kind) {
    Traffic traffic = new Traffic(0, 0, 0);
    for (Planned planned : launches) {
      Exchange exchange = planned.exchange;
      traffic = exchange == null || exchange.kind() != kind ? traffic : traffic.plus(exchange, planned.times);
    }
    return traffic;
  }

  /// How long the kernels of an iteration run at least: each as long as its operations or its bytes allow.
  public double kernelSeconds(Cluster cluster) {
    return launches.stream().filter(planned -> planned.exchange == null)
        .mapToDouble(planned -> planned.times * cluster.kernelSeconds(planned.launch.flops(), planned.launch.bytes(), planned.onMatrixUnits)).sum();
  }

  /// How long the exchanges of an iteration take, one after the other.
  public double exchangeSeconds(Cluster cluster) {
    double seconds = 0;
    for (Planned planned : launches) {
      seconds += planned.exchange == null ? 0 : planned.times * cluster.exchangeSeconds(planned.exchange);
    }
    return seconds;
  }
}
