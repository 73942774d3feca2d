package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.Placement.partial;
import static org.teenygrad.Placement.replicate;
import static org.teenygrad.Placement.shard;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Shape;
import org.teenygrad.ShardingException;
import org.teenygrad.Tensor;
import org.teenygrad.engine.autodiff.Gradients;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.testing.Buffers;

class ShardingTest {
  private static final Device CPU = Device.of("cpu");

  private static Tensor numbers(int... sizes) {
    Tensor.manualSeed(sizes.length);
    return Tensor.randn(sizes).to(CPU).realize();
  }

  /// The program's result on all ranks is that of one device.
  private static void same(UnaryOperator<Tensor> program, Tensor x, List<Mesh> meshes, Placement... placements) {
    double[] wanted = Buffers.numbers(program.apply(x).node());
    for (List<OpNode> rank : Lockstep.run(meshes, mesh -> List.of(program.apply(x.shard(mesh, placements)).gather().node()))) {
      assertThat(Buffers.numbers(rank.getFirst())).containsExactly(wanted, Offset.offset(1e-5));
    }
  }

  @Test
  void partsOfAnySizeComeTogetherAgain() {
    for (int ranks : new int[] {1, 2, 3, 5}) {
      List<Mesh> meshes = Lockstep.meshes(CPU, ranks);
      same(x -> x.exp(), numbers(4, 3), meshes, shard(0));
      same(x -> x.exp(), numbers(4, 3), meshes, shard(1));
      same(x -> x.sum(0), numbers(4, 3), meshes, shard(0));
      same(x -> x.max(0), numbers(4, 3), meshes, shard(0));
      same(x -> x.matmul(x.transpose(0, 1)), numbers(4, 3), meshes, shard(1));
    }
  }

  @Test
  void tensorsMoveBetweenAllPlacements() {
    Tensor x = numbers(5, 3);
    double[] wanted = Buffers.numbers(x.node());
    for (Placement from : List.of(replicate(), shard(0), shard(1))) {
      for (Placement to : List.of(replicate(), shard(0), shard(1))) {
        for (List<OpNode> rank : Lockstep.run(Lockstep.meshes(CPU, 3), mesh -> List.of(x.shard(mesh, from).redistribute(to).gather().node()))) {
          assertThat(Buffers.numbers(rank.getFirst())).containsExactly(wanted);
        }
      }
    }
  }

  @Test
  void termsAreNotMultiplied() {
    Mesh mesh = Lockstep.meshes(CPU, 2).getFirst();
    Tensor term = numbers(4, 3).shard(mesh, shard(0)).sum(0);
    assertThat(term.placements()).containsExactly(partial());
    assertThatThrownBy(() -> term.square()).hasMessage("mul on mesh axis \"data\": of two sums of terms, float32(3,) and float32(3,): the product of sums is not the sum of products;"
        + " redistribute one of them to Replicate first");
  }

  @Test
  void aGradientOfWhichEachRankWantsAPartIsNeverAddedUpWhole() {
    Tensor x = numbers(4, 3);
    Tensor w = numbers(3, 2);
    List<Mesh> meshes = Lockstep.meshes(CPU, 2);
    OpNode whole = OpNode.of(OpCode.GRADIENT, x.matmul(w).node(), w.node(), Uniform.of(DType.FLOAT32, Shape.of(4, 2), 1));
    double[] wanted = Buffers.numbers(whole);
    Set<OpCode> exchanged = EnumSet.noneOf(OpCode.class);
    List<List<OpNode>> ranks = Lockstep.run(meshes, mesh -> {
      Sharding rows = new Sharding(mesh, List.of(shard(0)));
      OpNode product = x.shard(mesh, shard(0)).matmul(w).node();
      OpNode gradient = OpNode.of(OpCode.GRADIENT, product, w.node(), Uniform.of(DType.FLOAT32, Shape.of(4, 2), 1));
      OpNode part = OpNode.of(OpCode.REDISTRIBUTE, rows, List.of(gradient));
      Graph.topological(Partitioner.local(Gradients.expand(List.of(part)), Map.of())).stream().map(OpNode::op).filter(op -> op.group() == OpCode.Group.COLLECTIVE).forEach(exchanged::add);
      return List.of(OpNode.of(OpCode.REDISTRIBUTE, Sharding.replicated(mesh), List.of(OpNode.of(OpCode.NEG, part))));
    });
    assertThat(exchanged).containsExactly(OpCode.REDUCE_SCATTER);
    ranks.forEach(rank -> assertThat(Buffers.numbers(OpNode.of(OpCode.NEG, rank.getFirst()))).containsExactly(wanted, Offset.offset(1e-5)));
  }

  @Test
  void aGradientThatIsDetachedBeforeItIsCutIsNeverAddedUpWholeEither() {
    Tensor w = numbers(4, 3).requiresGrad();
    Mesh mesh = Lockstep.meshes(CPU, 2).getFirst();
    numbers(4, 3).shard(mesh, shard(0)).mul(w.sum(0)).sum().backward();
    OpNode part = w.grad().detach().redistribute(shard(0)).detach().neg().node();
    List<OpCode> exchanged = Graph.topological(Partitioner.local(Gradients.expand(List.of(part)), Map.of())).stream().map(OpNode::op)
        .filter(op -> op.group() == OpCode.Group.COLLECTIVE).toList();
    assertThat(exchanged).containsExactly(OpCode.REDUCE_SCATTER);
  }

  @Test
  void sumsOfExponentialsAndScansSeeTheirAxisWhole() {
    OpNode rows = numbers(4, 3).shard(Lockstep.meshes(CPU, 2).getFirst(), shard(0)).node();
    OpNode columns = numbers(4, 3).shard(Lockstep.meshes(CPU, 2).getFirst(), shard(1)).node();
    for (OpCode op : List.of(OpCode.LOGSUMEXP, OpCode.SCAN)) {
      Reduction acrossRows = new Reduction(OpCode.ADD, List.of(0));
      assertThat(OpNode.of(op, acrossRows, List.of(columns)).sharding()).as("%s", op).isEqualTo(columns.sharding());
      assertThatThrownBy(() -> OpNode.of(op, acrossRows, List.of(rows))).isInstanceOf(ShardingException.class)
          .hasMessageContaining("along axes [0] of float32(4, 3), which is Shard(0) here, has to see them whole; redistribute it");
    }
  }

  @Test
  void aRankWithoutAnElementTakesPartNevertheless() {
    Tensor x = numbers(4, 1);
    List<List<OpNode>> exchanged = Lockstep.meshes(CPU, 2).stream().map(mesh -> {
      OpNode mine = x.shard(mesh, shard(0)).sum(0).redistribute(shard(0)).mul(2).node(); // rank 1 has none of the one element
      List<OpNode> local = Partitioner.withAllCollectives(Partitioner.local(List.of(mine), Map.of()));
      return Graph.topological(local, node -> node.shape().elements() > 0).stream().filter(node -> node.is(OpCode.REDUCE_SCATTER)).toList();
    }).toList();
    assertThat(exchanged).allSatisfy(collectives -> assertThat(collectives).hasSize(1));
  }

  @Test
  void whatHasToSeeAnAxisWholeRefusesItsParts() {
    Mesh mesh = Lockstep.meshes(CPU, 2).getFirst();
    Tensor rows = numbers(4, 3).shard(mesh, shard(0));
    List<UnaryOperator<Tensor>> programs = List.of(x -> x.logsumexp(0), x -> x.cumsum(0), x -> x.flip(0), x -> x.sum(0).exp());
    for (UnaryOperator<Tensor> program : programs) {
      assertThatThrownBy(() -> program.apply(rows)).isInstanceOf(ShardingException.class).hasMessageContaining("on mesh axis \"data\"").hasMessageContaining("redistribute");
    }
  }
}
