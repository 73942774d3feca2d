package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.engine.schedule.Lockstep;

/// Chunks of rows give what all rows at once give.
class LinearCrossEntropyTest {
  private static final int IGNORED = -1;
  private static final double CAP = 2;

  private final Tensor x = values(11, 6, 0);
  private final Tensor weight = values(9, 6, 1);
  private final Tensor targets = Tensor.of(3L, 0L, -1L, 8L, 8L, 2L, -1L, 5L, 1L, 0L, 7L);

  private static Tensor values(int rows, int columns, int seed) {
    return Tensor.arange(rows * columns).toFloat().mul(1.7).add(seed).sin().reshape(rows, columns).realize().requiresGrad();
  }

  private Tensor plain(LossReduction reduction) {
    Tensor scores = x.linear(weight).cast(DType.FLOAT32);
    return scores.div(CAP).tanh().mul(CAP).crossEntropy(targets, IGNORED, reduction, 0);
  }

  private LinearCrossEntropy chunked(int rows) {
    return new LinearCrossEntropy(x, weight, targets, IGNORED, CAP, rows);
  }

  @ParameterizedTest
  @CsvSource({"SUM,1", "SUM,4", "MEAN,4", "MEAN,6", "MEAN,11", "SUM,20"})
  void valuesAndDerivativesAreThoseOfAllRowsAtOnce(LossReduction reduction, int rows) {
    Tensor loss = chunked(rows).reduced(reduction);
    Tensor expected = plain(reduction);
    assertThat(loss.item()).isCloseTo(expected.item(), within(1e-6f * Math.abs(expected.item())));
    assertDerivatives(loss.mul(3), expected.mul(3), 1e-5f);
  }

  @Test
  void lossesOfSingleRowsHaveDerivativesOfTheirOwn() {
    Tensor weights = Tensor.arange(11).toFloat();
    Tensor losses = chunked(4).losses();
    Tensor expected = plain(LossReduction.NONE);
    assertThat(losses.data()).containsExactly(expected.data(), within(1e-6f));
    assertDerivatives(losses.mul(weights).sum(), expected.mul(weights).sum(), 1e-5f);
  }

  @Test
  void derivativesComeWhereOnlyOneOfBothIsAParameter() {
    Tensor fixed = weight.detach().realize();
    Tensor loss = new LinearCrossEntropy(x, fixed, targets, IGNORED, CAP, 4).reduced(LossReduction.SUM);
    Tensor expected = Gradient.of(plain(LossReduction.SUM), x);
    assertThat(Gradient.of(loss, x).data()).containsExactly(expected.data(), within(1e-5f));
  }

  @Test
  void whatIsComputedFromParametersHandsDerivativesOn() {
    Tensor hidden = x.mul(x).tanh();
    Tensor head = weight.exp();
    Tensor loss = new LinearCrossEntropy(hidden, head, targets, IGNORED, null, 4).reduced(LossReduction.MEAN);
    Tensor expected = hidden.linear(head).crossEntropy(targets, IGNORED, LossReduction.MEAN, 0);
    assertDerivatives(loss, expected, 1e-5f);
  }

  @Test
  void sixteenBitsAreAddedUpInFloat32() {
    Tensor half = x.toBfloat16();
    Tensor head = weight.toBfloat16();
    Tensor loss = new LinearCrossEntropy(half, head, targets, IGNORED, CAP, 4).reduced(LossReduction.MEAN);
    assertThat(loss.dtype()).isEqualTo(DType.FLOAT32);
    assertDerivatives(loss, plain(LossReduction.MEAN), 0.02f);
  }

  @Test
  void whereNoTargetCountsTheMeanIsNanAndNothingIsToBeLearned() {
    var none = new LinearCrossEntropy(x, weight, Tensor.full(Shape.of(11), IGNORED, DType.INT64), IGNORED, CAP, 4);
    Tensor loss = none.reduced(LossReduction.MEAN);
    assertThat(loss.item()).isNaN();
    assertThat(Gradient.of(loss, x).data()).containsOnly(0);
    assertThat(none.reduced(LossReduction.SUM).item()).isZero();
  }

  @ParameterizedTest
  @EnumSource(LossReduction.class)
  void theMethodIsTheCrossEntropyOfScores(LossReduction reduction) {
    Tensor batch = x.narrow(0, 0, 10).reshape(2, 5, 6);
    Tensor loss = batch.linearCrossEntropy(weight, targets.narrow(0, 0, 10).reshape(2, 5), IGNORED, null, reduction);
    Tensor expected = x.narrow(0, 0, 10).linear(weight).crossEntropy(targets.narrow(0, 0, 10), IGNORED, reduction, 0);
    assertThat(loss.shape()).isEqualTo(reduction == LossReduction.NONE ? Shape.of(2, 5) : Shape.SCALAR);
    assertThat(loss.flatten().data()).containsExactly(expected.flatten().data(), within(1e-6f));
  }

  /// 64 Mi scores, of which a quarter is there at a time.
  @Test
  void scoresOfFewRowsAreInMemoryAtOnce() {
    Tensor many = absent(4096, 64);
    Tensor head = absent(1 << 16, 64);
    Tensor classes = Tensor.ofMemory(NullDevice.memory(4096 * 4), DType.INT32, Shape.of(4096), Device.of("null"));
    long all = 4L * 4096 * (1 << 16);
    assertThat(workspace(many, head, many.linear(head).crossEntropy(classes))).isGreaterThan(all);
    assertThat(workspace(many, head, many.linearCrossEntropy(head, classes, IGNORED, null, LossReduction.MEAN))).isLessThan(all * 2 / 3);
  }

  @ParameterizedTest
  @CsvSource({"MEAN,2", "SUM,2", "SUM,3", "MEAN,8", "NONE,2"})
  void ranksGoThroughChunksOfTheirOwnRows(LossReduction reduction, int chunk) {
    Tensor whole = values(12, 6, 0);
    Tensor labels = Tensor.of(3L, 0L, -1L, 8L, 8L, 2L, -1L, 5L, 1L, 0L, 7L, 6L).realize();
    Tensor expected = new LinearCrossEntropy(whole, weight, labels, IGNORED, CAP, chunk).of(reduction);
    List<Tensor> derivatives = Gradient.of(expected.sum(), List.of(whole, weight));
    for (List<OpNode> rank : Lockstep.run(Lockstep.meshes(Device.of("cpu"), 2), mesh -> {
      Tensor rows = whole.shard(mesh, Placement.shard(0));
      Tensor loss = new LinearCrossEntropy(rows, weight, labels.shard(mesh, Placement.shard(0)), IGNORED, CAP, chunk).of(reduction).gather();
      List<Tensor> by = Gradient.of(loss.sum(), List.of(rows, weight));
      return List.of(loss.node(), by.get(0).gather().node(), by.get(1).gather().node());
    })) {
      assertThat(Tensor.wrap(rank.get(0)).flatten().data()).containsExactly(expected.flatten().data(), within(1e-5f));
      assertThat(Tensor.wrap(rank.get(1)).data()).containsExactly(derivatives.get(0).data(), within(1e-5f));
      assertThat(Tensor.wrap(rank.get(2)).data()).containsExactly(derivatives.get(1).data(), within(1e-5f));
    }
  }

  @Test
  void scoresOfFewRowsAreInARanksMemoryAtOnce() {
    World world = World.fake(2, Cluster.H200);
    Mesh mesh = world.mesh("data");
    Tensor many = StepPlan.unread(world.device(), DType.FLOAT32, Shape.of(8192, 64)).requiresGrad();
    Tensor head = StepPlan.unread(world.device(), DType.FLOAT32, Shape.of(1 << 16, 64)).requiresGrad();
    Tensor classes = StepPlan.unread(world.device(), DType.INT32, Shape.of(8192));
    Tensor loss = many.shard(mesh, Placement.shard(0)).linearCrossEntropy(head, classes.shard(mesh, Placement.shard(0)), IGNORED, null, LossReduction.MEAN);
    assertThat(workspace(many, head, loss)).isLessThan(4L * 4096 * (1 << 16) * 2 / 3);
  }

  @Test
  void withoutDerivativesNoneAreComputed() {
    Tensor many = values(64, 32, 2);
    Tensor head = values(300, 32, 3);
    var loss = new LinearCrossEntropy(many, head, Tensor.arange(64), IGNORED, CAP, 16);
    double alone = flops(Tensor.noGrad(() -> loss.reduced(LossReduction.SUM)));
    assertThat(alone).isLessThan(1.2 * flops(many.detach().linear(head.detach()).div(CAP).tanh().mul(CAP).crossEntropy(Tensor.arange(64))));
    assertThat(flops(Gradient.of(loss.reduced(LossReduction.SUM), head))).isGreaterThan(alone * 1.5);
  }

  private static double flops(Tensor result) {
    return Profile.of(result::realize).launches().stream().mapToDouble(Profile.Launch::flops).sum();
  }

  @ParameterizedTest
  @CsvSource({"65536,32768,2048", "16384,50304,1024", "8192,32768,2048", "100,65,100", "1000003,32768,2048", "7,100000000,7"})
  void chunksAreAsLargeAsFitAndEvenWhereTheyCanBe(int rows, int classes, int chunk) {
    assertThat(LinearCrossEntropy.chunk(rows, classes)).isEqualTo(chunk);
  }

  @Test
  void refusesShapesThatDoNotFit() {
    assertThatThrownBy(() -> x.linearCrossEntropy(weight, targets.narrow(0, 0, 10), IGNORED, null, LossReduction.SUM))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("(..., dim)").hasMessageContaining("(11, 6)");
    assertThatThrownBy(() -> x.linearCrossEntropy(weight, targets, IGNORED, -1.0, LossReduction.SUM))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("softCap is positive");
  }

  private void assertDerivatives(Tensor loss, Tensor expected, float tolerance) {
    List<Tensor> derivatives = Gradient.of(loss, List.of(x, weight));
    List<Tensor> wanted = Gradient.of(expected, List.of(x, weight));
    for (int i = 0; i < 2; i++) {
      assertThat(derivatives.get(i).data()).containsExactly(wanted.get(i).data(), within(tolerance));
    }
  }

  private static Tensor absent(int rows, int columns) {
    return Tensor.ofMemory(NullDevice.memory(4L * rows * columns), DType.FLOAT32, Shape.of(rows, columns), Device.of("null")).requiresGrad();
  }

  private static long workspace(Tensor x, Tensor weight, Tensor loss) {
    List<Tensor> derivatives = Gradient.of(loss, List.of(x, weight));
    return Profile.of(() -> Tensor.realize(loss, derivatives.get(0), derivatives.get(1))).schedules().getFirst().workspaceBytes();
  }
}
