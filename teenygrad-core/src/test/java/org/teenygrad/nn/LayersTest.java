package org.teenygrad.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.PadMode;
import org.teenygrad.Profile;
import org.teenygrad.RandomState;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.optim.AdamW;

/// What the answers of PyTorch do not say: that layers train, how they start, and what they refuse.
class LayersTest {
  private record Trained(String name, Layer layer, int... input) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Trained> layersWithParameters() {
    return Stream.of(
        new Trained("Conv1d", Conv1d.of(2, 3, Window.DEFAULT.samePadding(), 3), 2, 2, 6),
        new Trained("Conv2d", Conv2d.of(2, 4, Window.DEFAULT.groups(2), 3), 2, 2, 4, 4),
        new Trained("Conv3d", Conv3d.of(2, 3, 2), 1, 2, 3, 3, 3),
        new Trained("ConvTranspose1d", ConvTranspose1d.of(2, 3, Window.DEFAULT.stride(2), 2), 2, 2, 4),
        new Trained("ConvTranspose2d", ConvTranspose2d.of(2, 3, Window.DEFAULT.stride(2), 2), 1, 2, 3, 3),
        new Trained("ConvTranspose3d", ConvTranspose3d.of(2, 2, Window.DEFAULT.stride(2), 2), 1, 2, 2, 2, 2),
        new Trained("BatchNorm", BatchNorm.of(3), 4, 3, 2),
        new Trained("GroupNorm", GroupNorm.of(2, 4), 2, 4, 3),
        new Trained("InstanceNorm", InstanceNorm.of(3), 2, 3, 4),
        new Trained("LayerNorm", LayerNorm.of(5), 3, 5),
        new Trained("RMSNorm", RMSNorm.of(5), 3, 5),
        new Trained("MultiHeadAttention", MultiHeadAttention.of(8, 2), 2, 3, 8),
        new Trained("LSTM", Recurrent.of(Recurrent.Kind.LSTM, 3, 4, 2, true), 2, 3, 3),
        new Trained("GRU", Recurrent.of(Recurrent.Kind.GRU, 3, 4, 1, false), 2, 3, 3));
  }

  /// Each parameter moves, and the layer comes closer to what a second one of its kind does.
  @ParameterizedTest
  @MethodSource("layersWithParameters")
  void itTrains(Trained trained) {
    Tensor x = RandomState.of(1).randn(trained.input()).realize();
    Layer layer = trained.layer();
    Layer other = Module.map(layer, tensor -> tensor.dtype().isFloating() ? tensor.add(RandomState.of(2).randn(tensor.shape().toArray())) : tensor);
    Tensor target = Mode.TRAINING.call(() -> other.forward(x).detach()).realize();
    List<float[]> before = layer.parameters().stream().map(Tensor::toFloatArray).toList();
    var optimizer = new AdamW(layer.namedParameters(), 0.03);
    float first = 0;
    float last = 0;
    for (int step = 0; step < 25; step++) {
      Tensor loss = layer.forward(x).mseLoss(target);
      optimizer.step(loss);
      last = loss.item();
      first = step == 0 ? last : first;
    }
    assertThat(last).isLessThan(0.8f * first);
    for (int i = 0; i < before.size(); i++) {
      assertThat(layer.parameters().get(i).toFloatArray()).isNotEqualTo(before.get(i));
    }
  }

  /// Stripes that lie and stripes that stand.
  @Test
  void aConvolutionalNetworkLearnsToTellStripes() {
    var random = RandomState.of(3);
    var net = Sequential.of(
        Conv2d.of(1, 4, Window.DEFAULT.samePadding(), 3),
        BatchNorm.of(4),
        Tensor::relu,
        MaxPool2d.of(2),
        Conv2d.of(4, 8, false, Window.DEFAULT.stride(2).padding(1), 3),
        GroupNorm.of(2, 8),
        Tensor::gelu,
        AdaptiveAvgPool.of(1, 1),
        x -> x.flatten(1, -1),
        Linear.of(8, 2));
    assertThat(net.stateDict().keySet()).contains("0.weight", "1.running_var", "1.num_batches_tracked", "9.bias");
    var optimizer = new AdamW(net.namedParameters(), 0.02);
    for (int step = 0; step < 40; step++) {
      Tensor labels = random.randint(0, 2, 16).realize();
      optimizer.step(net.forward(stripes(random, labels)).crossEntropy(labels));
    }
    Tensor labels = random.randint(0, 2, 64).realize();
    Tensor guessed = Mode.EVALUATION.call(() -> net.forward(stripes(random, labels)).argmax(-1));
    assertThat(guessed.eq(labels).cast(DType.FLOAT32).mean().item()).isGreaterThan(0.95f);
  }

  private static Tensor stripes(RandomState random, Tensor labels) {
    Tensor lying = Tensor.arange(8, DType.FLOAT32).fmod(2).reshape(1, 1, 8, 1).broadcastTo(Shape.of(16, 1, 8, 8).with(0, labels.size(0)));
    Tensor standing = labels.reshape(-1, 1, 1, 1).eq(1).where(lying.transpose(2, 3), lying);
    return standing.add(random.randn(labels.size(0), 1, 8, 8).mul(0.3));
  }

  @Test
  void statisticsAreComputedWithTheLossAndCostLittle() {
    Tensor x = Tensor.rand(8, 3, 4, 4).realize();
    BatchNorm tracked = BatchNorm.of(3);
    BatchNorm untracked = new BatchNorm(tracked.weight(), tracked.bias(), null, 0.1, 1e-5);
    long without = launches(untracked, x);
    long with = launches(tracked, x);
    BatchNorm.Statistics running = Objects.requireNonNull(tracked.running());
    assertThat(running.mean().node().is(OpCode.BUFFER)).isTrue();
    assertThat(running.batches().itemLong()).isEqualTo(1);
    assertThat(with - without).isLessThanOrEqualTo(3);
    Mode.EVALUATION.run(() -> tracked.forward(x).sum().realize());
    assertThat(running.batches().itemLong()).isEqualTo(1);
  }

  private static long launches(BatchNorm norm, Tensor x) {
    return Profile.of(() -> norm.forward(x).square().mean().realize()).launches().size();
  }

  @Test
  void statisticsFollowTheBatches() {
    BatchNorm norm = BatchNorm.of(2, 0.5, 1e-5);
    Tensor x = Tensor.of(new float[] {1, 10, 3, 30}, 2, 2);
    norm.forward(x).sum().realize();
    norm.forward(x.mul(3)).sum().realize();
    assertThat(norm.stateDict().get("running_mean")).hasToString("[ 3.5 35. ]");
    assertThat(norm.stateDict().get("num_batches_tracked")).hasToString("2");
    assertThatThrownBy(() -> norm.forward(Tensor.ones(1, 2))).hasMessageContaining("(1, 2) has no two elements");
  }

  @Test
  void aMappedNetworkHasStatisticsOfItsOwn() {
    BatchNorm norm = BatchNorm.of(2);
    BatchNorm copy = Module.map(norm, tensor -> tensor);
    copy.forward(Tensor.rand(4, 2)).realize();
    assertThat(norm.stateDict().get("num_batches_tracked")).hasToString("0");
    assertThat(copy.stateDict().get("num_batches_tracked")).hasToString("1");
  }

  @Test
  void companionsAreComputedWithWhateverNeedsTheirTensor() {
    Tensor seen = Tensor.of(0f);
    Tensor y = Tensor.rand(3).mul(2).alongside(seen.assign(seen.add(1)));
    Tensor.ones(2).realize();
    assertThat(seen.node().is(OpCode.BUFFER)).isFalse();
    y.sum().item();
    assertThat(seen.node().is(OpCode.BUFFER)).isTrue();
    assertThat(seen.item()).isEqualTo(1);
  }

  @Test
  void convolutionsStartWithinOneByTheRootOfAFilter() {
    Conv2d conv = Conv2d.of(6, 40, Window.DEFAULT.groups(2), 3, 5);
    float bound = (float) (1 / Math.sqrt(3 * 3 * 5));
    assertThat(conv.weight().shape()).isEqualTo(Shape.of(40, 3, 3, 5));
    assertThat(conv.weight().abs().max().item()).isBetween(0.98f * bound, bound);
    assertThat(Objects.requireNonNull(conv.bias()).abs().max().item()).isBetween(0.8f * bound, bound);
    ConvTranspose2d transposed = ConvTranspose2d.of(6, 40, Window.DEFAULT.groups(2), 3, 5);
    assertThat(transposed.weight().shape()).isEqualTo(Shape.of(6, 20, 3, 5));
    assertThat(transposed.weight().abs().max().item()).isLessThanOrEqualTo((float) (1 / Math.sqrt(20 * 3 * 5)));
  }

  @Test
  void dropoutStandsBetweenRecurrentLayersInTraining() {
    Recurrent two = Recurrent.of(Recurrent.Kind.GRU, 3, 4, 2, false);
    Recurrent second = new Recurrent(two.kind(), two.cells().subList(1, 2), false);
    Tensor x = Tensor.rand(2, 5, 3).realize();
    float[] ofNothing = second.forward(Tensor.zeros(2, 5, 4)).toFloatArray();
    assertThat(two.withDropout(1).forward(x).toFloatArray()).isEqualTo(ofNothing);
    float[] kept = Mode.EVALUATION.call(() -> two.withDropout(1).forward(x).toFloatArray());
    assertThat(kept).isEqualTo(two.forward(x).toFloatArray()).isNotEqualTo(ofNothing);
    assertThatThrownBy(() -> two.withDropout(2)).hasMessageContaining("0..1, not 2.0");
  }

  @Test
  void whatDoesNotFitIsSaid() {
    assertThatThrownBy(() -> Conv2d.of(3, 4, Window.DEFAULT.groups(2), 3)).hasMessage("Conv2d: 4 and 3 channels do not divide into 2 groups");
    assertThatThrownBy(() -> Conv2d.of(3, 4, 3, 3, 3)).hasMessageContaining("one for each of the 2 axes, not [3, 3, 3]");
    assertThatThrownBy(() -> Conv1d.of(1, 1, Window.DEFAULT.samePadding().stride(2), 3).forward(Tensor.ones(1, 1, 5)))
        .hasMessage("conv1d: padding that keeps the size needs stride 1, not [2]; name the padding");
    assertThatThrownBy(() -> Tensor.ones(1, 5).maxPool1d(Window.DEFAULT.samePadding(), 3)).hasMessageContaining("only convolutions");
    assertThatThrownBy(() -> ConvTranspose1d.of(1, 1, Window.DEFAULT.samePadding(), 3).forward(Tensor.ones(1, 1, 5)))
        .hasMessageContaining("convTranspose1d: has no padding that keeps the size");
    Window ring = Window.DEFAULT.padding(1).paddingMode(PadMode.CIRCULAR);
    assertThatThrownBy(() -> Tensor.ones(1, 5).avgPool1d(ring, 3)).hasMessage("avgPool1d: only convolutions have padding mode CIRCULAR");
    assertThatThrownBy(() -> ConvTranspose1d.of(1, 1, ring, 3).forward(Tensor.ones(1, 1, 5)))
        .hasMessage("convTranspose1d: is padded with zeros, not CIRCULAR");
    assertThatThrownBy(() -> Conv1d.of(1, 1, ring.padding(6), 3).forward(Tensor.ones(1, 1, 5))).hasMessageContaining("at most 5");
    assertThatThrownBy(() -> GroupNorm.of(3, 4)).hasMessageContaining("4 channels");
    assertThatThrownBy(() -> InstanceNorm.of().forward(Tensor.ones(2, 3))).hasMessageContaining("(2, 3)");
  }
}
