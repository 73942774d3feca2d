package org.teenygrad.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Interpolation;
import org.teenygrad.Recorded;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.ModelReader;
import org.teenygrad.exchange.onnx.format.Node;
import org.teenygrad.nn.BatchNorm;
import org.teenygrad.nn.Conv2d;
import org.teenygrad.nn.Dropout;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;
import org.teenygrad.nn.Sequential;

public class OnnxExportTest {
  private static final Offset<Float> CLOSE = Offset.offset(1e-5f);

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("model.onnx");
  }

  private record Tokens(Embedding table, LayerNorm norm, Linear head) implements Module {
    static Tokens create() {
      return new Tokens(Embedding.of(11, 8), LayerNorm.of(8), Linear.of(8, 5));
    }

    Tensor forward(Tensor ids) { // (batch, time)
      Tensor x = table.forward(ids).add(Tensor.arange(ids.size(1), DType.FLOAT32).div(10).unsqueeze(-1));
      Tensor heads = norm.forward(x).unflatten(2, 2, 4).transpose(1, 2);
      Tensor seen = heads.scaledDotProductAttention(heads, heads, AttentionOptions.CAUSAL);
      return head.forward(seen.transpose(1, 2).flatten(2, 3));
    }
  }

  private static Layer images() {
    return Sequential.of(Conv2d.of(2, 4, Window.DEFAULT.padding(1), 3), BatchNorm.of(4), Tensor::relu,
        x -> x.maxPool2d(2), x -> x.flatten(1, 3), Dropout.of(0.5), Linear.of(4 * 3 * 3, 3), x -> x.logSoftmax(-1));
  }

  /// What a layer makes of (3, 4) numbers.
  private static Named<Layer> of(String name, Layer layer) {
    return Named.of(name, layer);
  }

  public static List<Named<Layer>> expressions() {
    Tensor other = Tensor.of(new float[] {0.5f, -1, 2, 1}, 4);
    Tensor positions = Tensor.of(new long[] {3, 0, -1, 1, 2, 5, 0, 0, 1, 1, 1, 1}, 3, 4);
    return List.of(
        of("arithmetic", x -> x.mul(2).add(other).sub(x.div(other)).neg().abs()),
        of("powers", x -> x.abs().add(1).pow(1.5).sqrt().log().exp().add(x.exp2()).add(x.abs().add(1).log2()).add(x.abs().add(1).log10())),
        of("angles", x -> x.sin().add(x.cos()).mul(x.tanh()).add(x.erf())),
        of("rounding", x -> x.mul(3).round().add(x.floor()).add(x.ceil().mul(10)).add(x.mul(4).trunc().mul(100))),
        of("activations", x -> x.gelu().add(x.silu()).add(x.sigmoid()).add(x.softplus()).add(x.relu())),
        of("choices", x -> x.gt(0).logicalAnd(x.lt(1)).where(x, other).maximum(x.mul(0.5)).minimum(3)),
        of("truth", x -> x.gt(0).eq(other.gt(0)).logicalOr(x.ne(0).logicalNot()).any(1).toFloat()),
        of("integers", x -> x.mul(10).toInt().floorDiv(Tensor.of(3)).add(x.mul(7).toInt().fmod(Tensor.of(5))).and(Tensor.of(6)).toFloat()),
        of("sums", x -> x.sum(0, true).add(x.mean(1).unsqueeze(1)).add(x.max(1, true)).sub(x.min(0)).mul(x.prod(1).unsqueeze(1))),
        of("softmax", x -> x.softmax(0).add(x.logsumexp(1, true))),
        of("products", x -> x.matmul(x.transpose(0, 1)).matmul(x).add(x.linear(Tensor.ones(4, 4)))),
        of("batched", x -> x.unsqueeze(0).matmul(Tensor.ones(2, 4, 3)).sum(0)),
        of("einsum", x -> Tensor.einsum("ij,jk->ki", x, Tensor.ones(4, 2))),
        of("views", x -> x.transpose(0, 1).reshape(2, 6).flip(1).padAxis(0, 1, 2).slice(1, 1, 5)),
        of("joined", x -> Tensor.cat(List.of(x, x.mul(2)), 1).repeat(2, 1).roll(1, 0)),
        of("gather", x -> x.gather(1, positions)), // those outside are 0
        of("rows", x -> x.indexSelect(0, Tensor.of(2L, 0L, 2L))),
        of("scatter", x -> x.scatterAdd(1, positions.remainder(Tensor.of(4L)), x.mul(2))),
        of("cumsum", x -> x.cumsum(1)),
        of("argmax", x -> x.argmax(1).toFloat()),
        of("windows", x -> x.reshape(1, 1, 3, 4).conv2d(Tensor.ones(2, 1, 2, 2)).flatten()),
        of("strided", x -> x.reshape(1, 1, 12).conv1d(Tensor.ones(2, 1, 3), null, Window.DEFAULT.stride(2).padding(1).dilation(2)).flatten()),
        of("maxima beside zeros", x -> x.sub(5).reshape(1, 1, 3, 4).padAxis(2, 1, 0).padAxis(3, 1, 1).maxPool2d(2).flatten()),
        of("maxima of parts beside zeros", x -> x.sub(5).reshape(1, 1, 3, 4).padAxis(2, 1, 0).padAxis(3, 1, 1).unflatten(3, 3, 2).unflatten(2, 2, 2).max(3, 5).flatten()),
        of("means", x -> x.reshape(1, 1, 3, 4).avgPool2d(2).flatten()),
        of("transposed", x -> x.reshape(1, 3, 4).convTranspose1d(Tensor.ones(3, 2, 2), null, Window.DEFAULT.stride(2)).flatten()),
        of("interpolated", x -> x.reshape(1, 1, 3, 4).interpolate(Interpolation.LINEAR, 6, 8).flatten()));
  }

  /// What the expressions are computed of.
  public static Tensor numbers() {
    return Tensor.of(new float[] {0.3f, -1.2f, 2.5f, 0, 1.5f, -0.7f, 0.1f, 3, -2, 0.9f, 1, -0.4f}, 3, 4);
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void anExpressionIsReadAsItWasWritten(Layer layer) {
    Tensor x = numbers();
    Onnx.save(layer, inputs -> layer.forward(inputs.getFirst()), file(), OnnxInput.of("x", x));
    OnnxModel read = Onnx.load(file());
    Tensor expected = Recorded.expression(() -> layer.forward(x));
    assertThat(read.call(x).shape()).isEqualTo(expected.shape());
    assertThat(read.call(x).data()).containsExactly(expected.data(), CLOSE);
  }

  @Test
  void aLayerTakesBatchesOfAnySize() {
    Layer layer = images();
    Mode.TRAINING.run(() -> layer.forward(Tensor.rand(16, 2, 6, 6)).realize()); // averages that are no longer zeros and ones
    Onnx.save(layer, file(), Tensor.zeros(1, 2, 6, 6));
    OnnxModel read = Onnx.load(file());
    assertThat(read.inputs()).hasToString("[input float(batch, 2, 6, 6)]");
    assertThat(read.outputs()).hasToString("[output float(batch, 3)]");
    assertThat(read.namedParameters().keySet()).containsExactlyInAnyOrderElementsOf(
        layer.stateDict().entrySet().stream().filter(entry -> entry.getValue().dtype().isFloating()).map(Map.Entry::getKey).toList());
    for (int batch : new int[] {1, 2, 5}) {
      Tensor x = Tensor.rand(batch, 2, 6, 6);
      assertThat(read.call(x).data()).containsExactly(Mode.EVALUATION.call(() -> layer.forward(x)).data(), CLOSE);
    }
  }

  @Test
  void textsMayHaveAnyLength() {
    Tokens model = Tokens.create();
    Onnx.save(model, inputs -> model.forward(inputs.getFirst()), file(), OnnxInput.of("ids", DType.INT64, 1, 1).open(0, "batch").open(1, "time", 64));
    OnnxModel read = Onnx.load(file());
    assertThat(read.outputs()).hasToString("[output float(batch, time, 5)]");
    for (int time : new int[] {1, 3, 70}) {
      Tensor ids = Tensor.randint(0, 11, 2, time);
      assertThat(read.call(ids).data()).containsExactly(model.forward(ids).data(), CLOSE);
    }
  }

  @Test
  void productsAreProductsOfMatrices() {
    Tokens model = Tokens.create();
    Onnx.save(model, inputs -> model.forward(inputs.getFirst()), file(), OnnxInput.of("ids", DType.INT64, 2, 7));
    Model written = ModelReader.read(file());
    List<String> operators = written.graph().nodes().stream().map(Node::operator).toList();
    assertThat(operators.stream().filter("MatMul"::equals)).hasSize(3); // scores, values, head
    assertThat(operators).contains("Gather", "ReduceLogSumExp").doesNotContain("Expand", "GatherElements");
    assertThat(new TreeSet<>(operators)).hasSizeLessThan(20);
  }

  /// What a layer makes of (1, 4, 9, 7) numbers, and the operator that it has to be.
  private record Windowed(String name, String operator, Layer layer) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Windowed convolution(String name, Window window, int... weight) {
    Tensor filters = Tensor.rand(weight).realize();
    Tensor bias = Tensor.rand(weight[0]).realize();
    return new Windowed(name, "Conv", x -> x.conv2d(filters, bias, window));
  }

  static List<Windowed> windows() {
    Window overlapping = Window.DEFAULT.stride(2).padding(1);
    Tensor filters = Tensor.rand(3, 4, 5).realize();
    return List.of(
        convolution("plain", Window.DEFAULT, 5, 4, 3, 2),
        convolution("padded", Window.DEFAULT.padding(2, 1), 8, 4, 3, 3),
        convolution("strided", Window.DEFAULT.stride(3, 2).padding(1), 5, 4, 3, 3),
        convolution("dilated", Window.DEFAULT.dilation(2).padding(2), 5, 4, 3, 3),
        convolution("all of one size", Window.DEFAULT.padding(1), 4, 4, 3, 3),
        convolution("groups", Window.DEFAULT.groups(2).padding(1), 6, 2, 3, 3),
        convolution("a group for each channel", Window.DEFAULT.groups(4), 4, 1, 3, 3),
        convolution("points", Window.DEFAULT.stride(2), 5, 4, 1, 1),
        convolution("the whole image", Window.DEFAULT, 5, 4, 9, 7),
        convolution("one channel out", Window.DEFAULT, 1, 4, 2, 2),
        new Windowed("one axis", "Conv", x -> x.flatten(2, 3).conv1d(filters, null, overlapping)),
        new Windowed("maxima", "MaxPool", x -> x.maxPool2d(2)),
        new Windowed("padded maxima", "MaxPool", x -> x.maxPool2d(overlapping, 3)),
        new Windowed("maxima on views", "MaxPool", x -> x.slice(2, 0, 8).slice(3, 0, 6).unflatten(3, -1, 2).unflatten(2, -1, 2).max(3, 5)),
        new Windowed("means", "AveragePool", x -> x.avgPool2d(overlapping, 3)));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void windowsAreOneOperator(Windowed windowed) {
    Tensor.manualSeed(5);
    Onnx.save(windowed.layer, file(), Tensor.zeros(1, 4, 9, 7));
    List<String> operators = ModelReader.read(file()).graph().nodes().stream().map(Node::operator).toList();
    assertThat(operators).contains(windowed.operator).doesNotContain("MatMul", "ReduceSum", "ReduceMax", "Expand", "Where", "Pad", "Transpose");
    Tensor x = Tensor.rand(3, 4, 9, 7).sub(0.5).realize();
    assertThat(Onnx.load(file()).call(x).data()).containsExactly(windowed.layer.forward(x).data(), CLOSE);
  }

  private void refused(Function<Tensor, Tensor> function, String message) {
    Layer layer = function::apply;
    assertThatThrownBy(() -> Onnx.save(layer, file(), Tensor.ones(1, 4))).hasMessageContaining(message);
    assertThat(Files.exists(file())).isFalse();
  }

  @Test
  void whatCannotBeWrittenIsNamed() {
    refused(x -> x.mul(Tensor.rand(4)), "random numbers");
    refused(x -> Tensor.ones(4), "no output depends on the input 'input'");
    refused(x -> x.mul(x.size(0)), "the model depends on the sizes [batch] in another way than that tensors have them");
    refused(x -> x.add(x.cummax(1)), "running extremes have none");
    refused(x -> x.sort(1, false).values(), "BITCAST");
  }
}
