package org.teenygrad.nn;

import java.util.Map;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;

/// Self-attention and two linear layers, each added to its input and normalised (Vaswani et al., *Attention Is All You Need*, 2017):
/// PyTorch's `nn.TransformerEncoderLayer` with `batch_first=True`.
///
/// ```java
/// var layer = TransformerEncoderLayer.of(TransformerOptions.of(64, 8));
/// layer.forward(Tensor.rand(2, 10, 64)).shape();   // (2, 10, 64)
/// ```
/// What PyTorch calls `src_key_padding_mask` is a mask (batch, 1, 1, time) here, true where a key is seen.
///
/// @param norm1 of attention
/// @param norm2 of the linear layers
/// @param activation between the linear layers
/// @param dropout in [Mode#TRAINING], of attention's weights and of each branch
/// @param normFirst whether norms stand before the branches
public record TransformerEncoderLayer(
    MultiHeadAttention selfAttn, Linear linear1, Linear linear2, LayerNorm norm1, LayerNorm norm2, Layer activation, double dropout, boolean normFirst)
    implements Layer {
  public static TransformerEncoderLayer of(TransformerOptions options) {
    FeedForward forward = FeedForward.of(options);
    return new TransformerEncoderLayer(
        options.attention(), forward.linear1(), forward.linear2(), options.norm(), options.norm(), options.activation(), options.dropout(),
        options.normFirst());
  }

  /// By PyTorch's names.
  @Override
  public Map<String, Object> parts() {
    return Parts.named("self_attn", selfAttn, "linear1", linear1, "linear2", linear2, "norm1", norm1, "norm2", norm2);
  }

  /// Every position sees every other.
  /// @param x (batch, time, dim)
  @Override
  public Tensor forward(Tensor x) {
    return forward(x, AttentionOptions.DEFAULT);
  }

  /// @param options what each position sees; the dropout is the layer's
  public Tensor forward(Tensor x, AttentionOptions options) {
    FeedForward branches = new FeedForward(linear1, linear2, activation, dropout, normFirst);
    AttentionOptions seen = options.withDropout(Mode.current() == Mode.TRAINING ? dropout : 0);
    Tensor attended = branches.joined(x, norm1, inner -> selfAttn.forward(inner, seen));
    return ForwardHook.output(this, x, branches.joined(attended, norm2, branches::forward));
  }

  @Override
  public String toString() {
    return tree();
  }
}
