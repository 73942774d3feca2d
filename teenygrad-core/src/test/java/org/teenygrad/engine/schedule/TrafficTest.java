package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Communicator;
import org.teenygrad.engine.runtime.Communicators;
import org.teenygrad.optim.AdamW;

/// What a training step sends.
class TrafficTest {
  private static final Device NOWHERE = Device.of("null");

  /// Says what it is called for.
  private record Noting(List<String> calls) implements Communicator {
    @Override
    public void allReduce(Buffer result, Buffer source, DType type, long count, OpCode combine) {
      calls.add("all-reduce " + count);
    }

    @Override
    public void allGather(Buffer result, Buffer source, DType type, long count) {
      calls.add("all-gather " + count);
    }

    @Override
    public void reduceScatter(Buffer result, Buffer source, DType type, long count, OpCode combine) {
      calls.add("reduce-scatter " + count);
    }

    @Override
    public void allToAll(Buffer result, Buffer source, DType type, long count) {
      calls.add("all-to-all " + count);
    }
  }

  private static Tensor zeros(int... sizes) {
    return Tensor.zeros(sizes).to(NOWHERE).realize();
  }

  private static List<String> step(boolean spread, DType type) {
    Mesh mesh = new Mesh(List.of(new Mesh.Axis("data", 2)), 0, NOWHERE);
    List<String> calls = new ArrayList<>();
    Communicators.register(mesh, List.of(new Noting(calls)));
    Tensor weight = zeros(6, 4).requiresGrad();
    AdamW optimizer = new AdamW(Map.of("weight", weight), 1e-3);
    optimizer.clipNorm(1);
    if (spread) {
      optimizer.shard(mesh);
    }
    Tensor x = zeros(8, 4).shard(mesh, Placement.shard(0)).realize();
    optimizer.step(x.cast(type).linear(weight.cast(type).gather()).cast(DType.FLOAT32).square().mean().gather());
    return calls;
  }

  @Test
  void gradientsAreAddedUpWhereTheirStatesAre() {
    for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      assertThat(step(true, type)).as("%s", type).containsExactlyInAnyOrder("all-reduce 1", "reduce-scatter 12", "all-reduce 1", "all-gather 12");
    }
  }

  @Test
  void theWholeIsGatheredWhereItStays() {
    Mesh mesh = new Mesh(List.of(new Mesh.Axis("data", 2)), 0, NOWHERE);
    List<String> calls = new ArrayList<>();
    Communicators.register(mesh, List.of(new Noting(calls)));
    Tensor whole = zeros(6, 4);
    Tensor changed = whole.detach().shard(mesh, Placement.shard(0)).mul(2).add(1).gather();

    Recording seen = Recording.of(() -> whole.assign(changed).realize());

    assertThat(seen.launches()).hasSize(2); // the sum, and the exchange
    assertThat(calls).containsExactly("all-gather 12");
  }

  /// One kernel that used the first sum and made the terms of the second, as both read the same, would be before and after exchanges that begin as one.
  @Test
  void noKernelIsBeforeAndAfterABucket() {
    Mesh mesh = new Mesh(List.of(new Mesh.Axis("data", 2)), 0, NOWHERE);
    List<String> calls = new ArrayList<>();
    Communicators.register(mesh, List.of(new Noting(calls)));
    Tensor some = zeros(8, 4).shard(mesh, Placement.shard(0)).sum(0).realize();
    Tensor others = zeros(8, 4).shard(mesh, Placement.shard(0)).sum(0).realize();
    Tensor read = zeros(4);

    Tensor.realize(List.of(some.gather().add(read), others.mul(read).gather()));

    assertThat(calls).containsExactly("all-reduce 4", "all-reduce 4");
  }

  /// Whether an old value is still there is up to each rank's garbage collector, and all must send or none.
  @Test
  void whatIsAskedForAgainIsSentAgain() {
    Mesh mesh = new Mesh(List.of(new Mesh.Axis("data", 2)), 0, NOWHERE);
    List<String> calls = new ArrayList<>();
    Communicators.register(mesh, List.of(new Noting(calls)));
    Tensor parts = zeros(6, 4).shard(mesh, Placement.shard(0)).realize();

    Tensor whole = parts.gather().realize();
    assertThat(calls).hasSize(1);
    Tensor again = parts.gather().realize();
    assertThat(calls).hasSize(2);
    whole.add(again).realize();
    assertThat(calls).as("both are there").hasSize(2);
    parts.gather().add(parts.gather()).realize();
    assertThat(calls).as("one schedule sends the same once").hasSize(3);
  }

  @Test
  void withoutSpreadStatesAllRanksAddUpAll() {
    assertThat(step(false, DType.FLOAT32)).containsExactlyInAnyOrder("all-reduce 1", "all-reduce 24");
  }

  /// The gradient of the first matrix is known last, and is the larger one.
  @Test
  void weightsAreSentInTheOrderOfTheirUseAndGradientsByTheirSize() {
    Mesh mesh = new Mesh(List.of(new Mesh.Axis("data", 2)), 0, NOWHERE);
    List<String> calls = new ArrayList<>();
    Communicators.register(mesh, List.of(new Noting(calls)));
    Tensor second = zeros(2, 8).requiresGrad();
    Tensor first = zeros(8, 4).requiresGrad();
    AdamW optimizer = new AdamW(Map.of("second", second, "first", first), 1e-3);
    optimizer.shard(mesh);
    Tensor x = zeros(8, 4).shard(mesh, Placement.shard(0)).realize();

    optimizer.step(x.linear(first.gather()).relu().linear(second.gather()).square().mean().gather());

    assertThat(calls).filteredOn(call -> call.startsWith("all-gather")).containsExactly("all-gather 16", "all-gather 8");
    assertThat(calls).filteredOn(call -> call.startsWith("reduce-scatter")).containsExactly("reduce-scatter 16", "reduce-scatter 8");
  }

  @Test
  void aKernelThatWaitsForAnExchangeLetsAnotherRun() {
    World world = World.fake(2, Cluster.H200);
    Tensor parts = StepPlan.unread(world.device(), DType.FLOAT32, Shape.of(4096, 4096)).shard(world.mesh("data"), Placement.shard(0)).realize();
    Tensor other = StepPlan.unread(world.device(), DType.FLOAT32, Shape.of(512, 512));

    List<OpNode> kernels = Recording.of(() -> Tensor.realize(List.of(parts.gather().exp(), other.sum(0)))).launches().stream().map(Recording.Launched::kernel).toList();

    assertThat(kernels.stream().map(TrafficTest::whatItDoes).toList()).containsExactly("exchanges", "adds up", "computes");
  }

  private static String whatItDoes(OpNode kernel) {
    List<OpNode> nodes = Graph.topological(List.of(kernel));
    return nodes.stream().anyMatch(node -> node.op().group() == OpCode.Group.COLLECTIVE) ? "exchanges" : nodes.stream().anyMatch(node -> node.is(OpCode.FOLD)) ? "adds up" : "computes";
  }
}
