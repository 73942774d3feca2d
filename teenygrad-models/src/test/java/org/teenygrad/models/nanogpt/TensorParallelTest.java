package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.Mesh;
import org.teenygrad.Tensor;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.Exchange;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;

/// Blocks that are cut over ranks. [RanksTest] trains them.
class TensorParallelTest {
  private final Gpt model = Gpt.of(new GptConfig(11, 8, 2, 4, 16, 0, true));

  @Test
  void eachRankKeepsItsPartsAndTheStreamIsAddedUp() {
    World world = World.fake(4, Cluster.H200);
    Gpt gpt = StepPlan.unread(world.device(), model);
    long whole = gpt.parameters().stream().mapToLong(Tensor::localBytes).sum();
    Mesh mesh = world.mesh(new Mesh.Axis("data", 1), new Mesh.Axis("model", 4));

    gpt.cut(mesh, "model");

    long cut = gpt.cuts().keySet().stream().mapToLong(Tensor::nbytes).sum();
    assertThat(gpt.parameters().stream().mapToLong(Tensor::localBytes).sum()).isEqualTo(whole - cut * 3 / 4);
    StepPlan plan = Trainer.plan(TrainerTest.TINY.with(Map.of("nHead", 4, "nEmbd", 16)), 11, World.fake(4, Cluster.H200), 4);
    assertThat(plan.traffic(Exchange.Kind.ALL_REDUCE).count()).isGreaterThanOrEqualTo(4L * TrainerTest.TINY.nLayer());
  }

  @Test
  void headsThatDoNotDivideAreToldOf() {
    Mesh mesh = World.fake(3, Cluster.H200).mesh(new Mesh.Axis("data", 1), new Mesh.Axis("model", 3));
    assertThatThrownBy(() -> model.cut(mesh, "model")).isInstanceOf(IllegalArgumentException.class).hasMessage("4 heads do not divide by 3 ranks along model");
    assertThatThrownBy(() -> model.cut(mesh, "heads")).hasMessageStartingWith("no axis heads of ");
  }

  @Test
  void numbersOfRanksThatCannotShareAModelAreToldOf() {
    World world = World.fake(3, Cluster.H200);
    assertThatThrownBy(() -> Trainer.plan(TrainerTest.TINY, 11, world, 0)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("at least one rank has a model, not 0 (tensor-parallel)");
    assertThatThrownBy(() -> Trainer.plan(TrainerTest.TINY, 11, world, 2)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 ranks do not divide by the 2 that share a model (tensor-parallel)");
  }
}
