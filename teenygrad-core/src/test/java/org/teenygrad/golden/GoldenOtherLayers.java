package org.teenygrad.golden;

import java.util.Locale;
import org.teenygrad.BagReduction;
import org.teenygrad.Interpolation;
import org.teenygrad.Window;
import org.teenygrad.nn.AlphaDropout;
import org.teenygrad.nn.Bilinear;
import org.teenygrad.nn.EmbeddingBag;
import org.teenygrad.nn.FeatureDropout;
import org.teenygrad.nn.LPPool;
import org.teenygrad.nn.LocalResponseNorm;
import org.teenygrad.nn.Module;
import org.teenygrad.nn.PReLU;
import org.teenygrad.nn.RReLU;
import org.teenygrad.nn.Recurrent;
import org.teenygrad.nn.RecurrentCell;
import org.teenygrad.nn.Transformer;
import org.teenygrad.nn.TransformerDecoderLayer;
import org.teenygrad.nn.TransformerEncoder;
import org.teenygrad.nn.TransformerEncoderLayer;
import org.teenygrad.nn.TransformerOptions;
import org.teenygrad.nn.Upsample;

/// Layers that [GoldenLayers] has no line for.
final class GoldenOtherLayers {
  private GoldenOtherLayers() {}

  /// @throws Call.Unsupported if there is none of that class
  static Module layer(GoldenCase c) {
    return switch (c.text("class", "")) {
      case "TransformerEncoderLayer" -> TransformerEncoderLayer.of(options(c));
      case "TransformerDecoderLayer" -> TransformerDecoderLayer.of(options(c));
      case "TransformerEncoder" -> TransformerEncoder.of(c.integer("layers", 1), () -> TransformerEncoderLayer.of(options(c)));
      case "Transformer" -> Transformer.of(options(c), c.integer("encoder_layers", 1), c.integer("decoder_layers", 1));
      case "RNNCell" -> cell(c, c.flag("relu") ? Recurrent.Kind.RNN_RELU : Recurrent.Kind.RNN);
      case "LSTMCell" -> cell(c, Recurrent.Kind.LSTM);
      case "GRUCell" -> cell(c, Recurrent.Kind.GRU);
      case "EmbeddingBag" -> {
        EmbeddingBag bag = EmbeddingBag.of(c.integer("count", 0), c.integer("dim", 0));
        BagReduction reduction = BagReduction.valueOf(c.text("mode", "").toUpperCase(Locale.ROOT));
        yield new EmbeddingBag(bag.weight(), reduction, c.has("padding_idx") ? (Integer) c.integer("padding_idx", 0) : null);
      }
      case "Bilinear" -> Bilinear.of(c.integer("in1", 0), c.integer("in2", 0), c.integer("out_features", 0));
      case "LocalResponseNorm" -> new LocalResponseNorm(c.integer("size", 1), c.number("alpha", 0), c.number("beta", 0), c.number("k", 0));
      case "LPPool1d", "LPPool2d" -> {
        LPPool pool = LPPool.of(c.number("p", 2), c.integers("kernel_size"));
        yield c.has("stride") ? new LPPool(pool.p(), pool.kernel(), Window.DEFAULT.stride(c.integers("stride"))) : pool;
      }
      case "PReLU" -> PReLU.of(c.integer("channels", 1));
      case "Upsample" -> Upsample.of(Interpolation.valueOf(c.text("mode", "")), c.integers("factors"));
      case "RReLU" -> new RReLU(c.number("lower", 0), c.number("upper", 0));
      case "AlphaDropout" -> new AlphaDropout(c.number("p", 0), false);
      case "Dropout2d" -> new FeatureDropout(c.number("p", 0));
      default -> throw new Call.Unsupported("layer " + c.text("class", ""));
    };
  }

  private static Module cell(GoldenCase c, Recurrent.Kind kind) {
    return RecurrentCell.of(kind, c.integer("inputSize", 0), c.integer("hiddenSize", 0), !Boolean.FALSE.equals(c.args().get("bias")));
  }

  private static TransformerOptions options(GoldenCase c) {
    TransformerOptions options = TransformerOptions.of(c.integer("dim", 0), c.integer("heads", 1))
        .withFeedForward(c.integer("feedForward", 0)).withDropout(0).withNormFirst(c.flag("norm_first"))
        .withBias(!Boolean.FALSE.equals(c.args().get("bias")));
    options = c.text("activation", "").equals("gelu") ? options.withActivation(x -> x.gelu()) : options;
    return new TransformerOptions(
        options.dim(), options.heads(), options.feedForward(), options.dropout(), options.activation(), options.normFirst(), options.bias(),
        c.number("eps", 1e-5));
  }
}
