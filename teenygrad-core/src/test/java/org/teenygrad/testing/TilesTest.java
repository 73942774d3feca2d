package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Validator;
import org.teenygrad.engine.runtime.Target.Rung;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;

/// Kernels on the level of tiles: what is where, and what is done in which order.
class TilesTest {
  @Test
  void wgmmaStartsBeforeTheNextTilesAreFetched() {
    OpNode tiles = tiles(AbsentGpu.on(Rung.WARPGROUP), GpuWorkload.MATMUL_NN);
    assertThat(effects(tiles)).containsExactly(OpCode.AWAIT, OpCode.BARRIER, OpCode.FOLD, OpCode.FETCH, OpCode.FETCH, OpCode.AWAIT);
    assertThat(only(tiles, OpCode.MMA).getFirst().inputs()).as("both factors in shared memory").allMatch(factor -> factor.is(OpCode.STAGE));
  }

  @Test
  void tilesOfTensorMapsAreWaitedForOneByOneAndNotByAllThreads() {
    OpNode tiles = tiles(AbsentGpu.on(Rung.TENSOR_MEMORY), GpuWorkload.MATMUL_NN);
    assertThat(effects(tiles)).containsExactly(OpCode.AWAIT, OpCode.FOLD, OpCode.AWAIT, OpCode.FETCH, OpCode.FETCH);
    assertThat(only(tiles, OpCode.AWAIT).getFirst().inputs()).as("what is waited for").allMatch(stage -> stage.is(OpCode.STAGE)).hasSize(2);
    assertThat(only(tiles, OpCode.STAGE)).allMatch(stage -> stage.toString().contains("tensor map"));
  }

  @Test
  void warpsMultiplyWhileTheNextTilesAreOnTheirWay() {
    OpNode tiles = tiles(AbsentGpu.A100, GpuWorkload.MATMUL_NN);
    assertThat(effects(tiles)).containsExactly(OpCode.AWAIT, OpCode.BARRIER, OpCode.FETCH, OpCode.FETCH, OpCode.FOLD);
  }

  @Test
  void attentionKeepsQueriesAndItsWeightsInRegisters() {
    OpNode tiles = tiles(AbsentGpu.H200, GpuWorkload.ATTENTION);
    assertThat(tiles.inputs().stream().map(OpNode::op)).containsExactly(OpCode.FETCH, OpCode.STEPS, OpCode.STORE);
    assertThat(only(tiles, OpCode.STAGE)).as("queries, keys, values").hasSize(3);
    List<OpNode> products = only(tiles, OpCode.MMA);
    assertThat(products).hasSize(2);
    OpNode weights = products.getLast().input(0);
    assertThat(weights.op()).isEqualTo(OpCode.FRAGMENT);
    assertThat(Graph.topological(List.of(weights))).as("weights are made of scores").contains(products.getFirst());
  }

  @Test
  void theDerivativesReadQueriesAndGradientOnceEach() {
    List<PtxKernel> fused = GpuWorkload.ATTENTION_GRADIENT.launches(AbsentGpu.H200).stream().filter(kernel -> kernel.kind().equals("attention")).toList();
    OpNode both = fused.stream().map(AbsentGpu.H200::tiles).filter(sink -> only(sink, OpCode.STORE).size() == 4 && only(sink, OpCode.MMA).size() == 4).findFirst().orElseThrow();
    assertThat(only(both, OpCode.FETCH)).as("keys and values once, queries and gradient at each step").hasSize(4);
    assertThat(only(both, OpCode.STAGE).stream().filter(stage -> stage.inputs().size() == 2)).as("found in another's tiles").hasSize(2);
  }

  /// Rows of queries past the last are copies of others, which would be added to a derivative by keys.
  @Test
  void tilesWithRowsPastTheLastAreNotLent() {
    AbsentGpu gpu = AbsentGpu.H200;
    for (int time : new int[] {192, 200}) {
      Tensor queries = gpu.tensor(DType.BFLOAT16, 2, 3, time, 64).requiresGrad();
      Tensor output = queries.scaledDotProductAttention(gpu.tensor(DType.BFLOAT16, 2, 3, time, 64), gpu.tensor(DType.BFLOAT16, 2, 3, time, 64), AttentionOptions.CAUSAL);
      List<PtxKernel> fused = gpu.launches(() -> Gradient.of(output.sum(), queries).realize()).stream().filter(kernel -> kernel.kind().equals("attention")).toList();
      assertThat(fused).isNotEmpty();
      long lent = fused.stream().flatMap(kernel -> only(gpu.tiles(kernel), OpCode.STAGE).stream()).filter(stage -> stage.inputs().size() == 2).count();
      assertThat(lent > 0).as("lent at %d", time).isEqualTo(time % 64 == 0);
    }
  }

  @Test
  void fourWarpsReadKeysAndValuesWhereTheyLieInSharedMemory() {
    OpNode tiles = tiles(AbsentGpu.H200, GpuWorkload.ATTENTION);
    assertThat(only(tiles, OpCode.MMA)).allMatch(product -> product.input(0).is(OpCode.FRAGMENT) && product.input(1).is(OpCode.STAGE));
    assertThat(only(tiles(AbsentGpu.A100, GpuWorkload.ATTENTION), OpCode.MMA)).allMatch(product -> product.input(1).is(OpCode.FRAGMENT));
  }

  @Test
  void theValidatorHoldsTheOrderOfAStep() {
    OpNode range = OpNode.create(OpCode.RANGE, DType.INT64, List.of(), new Range(0, 64));
    OpNode param = OpNode.create(OpCode.PARAM, DType.BFLOAT16, List.of(), new Param(0, Shape.of(64)));
    OpNode load = OpNode.of(OpCode.LOAD, param, range);
    OpNode stage = OpNode.of(OpCode.STAGE, null, List.of(load));
    OpNode fetch = OpNode.of(OpCode.FETCH, stage);
    OpNode await = OpNode.of(OpCode.AWAIT, 0, List.of());
    OpNode barrier = OpNode.of(OpCode.BARRIER, null, List.of());
    Validator.tiles(sink(await, barrier, fetch));
    Validator.tiles(sink(OpNode.of(OpCode.AWAIT, 0, List.of(stage)), fetch));
    assertThatThrownBy(() -> Validator.tiles(sink(barrier, await, fetch))).hasMessageContaining("step order");
    assertThatThrownBy(() -> Validator.tiles(sink(await, fetch, barrier))).hasMessageContaining("step order");
    OpNode product = OpNode.create(OpCode.MMA, DType.FLOAT32, List.of(stage, load), null);
    assertThatThrownBy(() -> Validator.tiles(sink(await, barrier, OpNode.of(OpCode.FOLD, OpCode.ADD, List.of(product, range))))).hasMessageContaining("matrix factors");
    OpNode square = OpNode.create(OpCode.MMA, DType.FLOAT32, List.of(stage, stage), null);
    assertThatThrownBy(() -> Validator.tiles(sink(await, barrier, OpNode.of(OpCode.FOLD, OpCode.ADD, List.of(square, range))))).hasMessageContaining("stage fetched");
  }

  private static OpNode sink(OpNode... effects) {
    return OpNode.of(OpCode.SINK, null, List.of(OpNode.of(OpCode.STEPS, 1, List.of(effects))));
  }

  private static OpNode tiles(AbsentGpu gpu, GpuWorkload workload) {
    return gpu.tiles(workload.launches(gpu).getLast());
  }

  private static List<OpCode> effects(OpNode tiles) {
    return only(tiles, OpCode.STEPS).getFirst().inputs().stream().map(OpNode::op).toList();
  }

  private static List<OpNode> only(OpNode sink, OpCode op) {
    return Graph.topological(List.of(sink)).stream().filter(node -> node.is(op)).toList();
  }
}
