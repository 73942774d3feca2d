package org.teenygrad.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

class ForwardHookTest {
  static Stream<Arguments> layers() {
    return Stream.of(
        Arguments.of(Linear.of(4, 3), Shape.of(2, 4)),
        Arguments.of(Dropout.of(0.5), Shape.of(2, 4)),
        Arguments.of(LayerNorm.of(4), Shape.of(2, 4)),
        Arguments.of(RMSNorm.of(4), Shape.of(2, 4)),
        Arguments.of(BatchNorm.of(3), Shape.of(2, 3, 4)),
        Arguments.of(GroupNorm.of(1, 3), Shape.of(2, 3, 4)),
        Arguments.of(InstanceNorm.of(), Shape.of(2, 3, 4)),
        Arguments.of(Conv1d.of(3, 2, 3), Shape.of(2, 3, 8)),
        Arguments.of(Conv2d.of(3, 2, 3), Shape.of(2, 3, 8, 8)),
        Arguments.of(Conv3d.of(3, 2, 3), Shape.of(2, 3, 4, 4, 4)),
        Arguments.of(ConvTranspose1d.of(3, 2, org.teenygrad.Window.DEFAULT, 3), Shape.of(2, 3, 8)),
        Arguments.of(ConvTranspose2d.of(3, 2, org.teenygrad.Window.DEFAULT, 3), Shape.of(2, 3, 4, 4)),
        Arguments.of(ConvTranspose3d.of(3, 2, org.teenygrad.Window.DEFAULT, 3), Shape.of(2, 3, 2, 2, 2)),
        Arguments.of(AvgPool1d.of(2), Shape.of(2, 3, 8)),
        Arguments.of(AvgPool2d.of(2), Shape.of(2, 3, 8, 8)),
        Arguments.of(AvgPool3d.of(2), Shape.of(2, 3, 4, 4, 4)),
        Arguments.of(MaxPool1d.of(2), Shape.of(2, 3, 8)),
        Arguments.of(MaxPool2d.of(2), Shape.of(2, 3, 8, 8)),
        Arguments.of(MaxPool3d.of(2), Shape.of(2, 3, 4, 4, 4)),
        Arguments.of(AdaptiveAvgPool.of(2, 2), Shape.of(2, 3, 8, 8)),
        Arguments.of(AdaptiveMaxPool.of(2, 2), Shape.of(2, 3, 8, 8)),
        Arguments.of(MultiHeadAttention.of(4, 2), Shape.of(2, 3, 4)),
        Arguments.of(Recurrent.of(Recurrent.Kind.GRU, 4, 3, 1, false), Shape.of(2, 3, 4)),
        Arguments.of(RecurrentCell.of(Recurrent.Kind.LSTM, 4, 3), Shape.of(2, 4)),
        Arguments.of(TransformerEncoderLayer.of(TransformerOptions.of(4, 2)), Shape.of(2, 3, 4)),
        Arguments.of(TransformerEncoder.of(2, () -> TransformerEncoderLayer.of(TransformerOptions.of(4, 2))), Shape.of(2, 3, 4)),
        Arguments.of(LocalResponseNorm.of(2), Shape.of(2, 3, 4)),
        Arguments.of(LPPool.of(2, 2), Shape.of(2, 3, 4)),
        Arguments.of(PReLU.of(3), Shape.of(2, 3, 4)),
        Arguments.of(new RReLU(0.1, 0.3), Shape.of(2, 4)),
        Arguments.of(new FeatureDropout(0.5), Shape.of(2, 3, 4)),
        Arguments.of(new AlphaDropout(0.5, false), Shape.of(2, 4)),
        Arguments.of(Upsample.of(org.teenygrad.Interpolation.NEAREST, 2), Shape.of(2, 3, 4)),
        Arguments.of(RotaryEmbedding.of(4, 8), Shape.of(2, 3, 4)),
        Arguments.of(Sequential.of(Tensor::relu), Shape.of(2, 3)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aHookSeesAndReplacesTheOutputOfEveryLayer(Layer layer, Shape input) {
    Tensor x = Tensor.rand(input.toArray());
    List<Shape> seen = new ArrayList<>();
    ForwardHook zero = (module, in, out) -> {
      if (module == layer) {
        seen.add(in.shape());
        seen.add(out.shape());
        return Tensor.full(out.shape(), 7f, out.dtype());
      }
      return out;
    };
    Tensor y = zero.call(() -> layer.forward(x));
    assertThat(seen).containsExactly(input, y.shape());
    assertThat(y.max().item()).isEqualTo(7);
    assertThat(y.min().item()).isEqualTo(7);
    assertThat(layer.forward(x).max().item()).isNotEqualTo(7);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void printingALayerComputesNothing(Layer layer, Shape input) {
    List<String> text = new ArrayList<>();
    assertThat(Profile.of(() -> text.add(layer.toString())).launches()).isEmpty();
    assertThat(text.getFirst()).startsWith(layer.getClass().getSimpleName()).doesNotContain("[[").doesNotContain("@");
  }

  /// All layers that there are in the package.
  @Test
  void theListAboveIsComplete() throws java.io.IOException {
    try (var files = java.nio.file.Files.list(java.nio.file.Path.of("src/main/java/org/teenygrad/nn"))) {
      List<String> layers = new ArrayList<>();
      for (var file : files.toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        if (java.nio.file.Files.readString(file).matches("(?s).*public record " + name + "\\(.*implements Layer.*")) {
          layers.add(name);
        }
      }
      layers.removeAll(List.of("Embedding", "EmbeddingBag")); // take integers: below
      assertThat(layers().map(arguments -> Objects.requireNonNull(arguments.get()[0]).getClass().getSimpleName()).distinct().toList())
          .containsExactlyInAnyOrderElementsOf(layers);
    }
  }

  @Test
  void innerHooksComeFirstAndOthersLayersToo() {
    record Model(Embedding table, Linear out) implements Module {
      Tensor forward(Tensor ids) {
        return ForwardHook.output(this, ids, out.forward(table.forward(ids)));
      }
    }
    Model model = new Model(Embedding.of(5, 4), Linear.of(4, 2));
    List<String> seen = new ArrayList<>();
    ForwardHook outer = (module, in, out) -> {
      seen.add("outer " + module.getClass().getSimpleName());
      return out.add(1);
    };
    ForwardHook inner = (module, in, out) -> {
      seen.add("inner " + module.getClass().getSimpleName());
      return module == model ? out.mul(0) : out;
    };
    Tensor y = outer.call(() -> {
      Tensor[] result = new Tensor[1];
      inner.run(() -> result[0] = model.forward(Tensor.of(1, 2)));
      return result[0];
    });
    assertThat(seen).containsExactly(
        "inner Embedding", "outer Embedding", "inner Linear", "outer Linear", "inner Model", "outer Model");
    assertThat(y.toFloatArray()).containsOnly(1);
    seen.clear();
    model.forward(Tensor.zeros(DType.INT32, 1));
    assertThat(seen).isEmpty();
  }
}
