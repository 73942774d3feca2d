package org.teenygrad.nn;

import java.util.Map;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;

/// Self-attention, attention to an encoder's result, and two linear layers (Vaswani et al., *Attention Is All You Need*, 2017):
/// PyTorch's `nn.TransformerDecoderLayer` with `batch_first=True`.
///
/// ```java
/// var layer = TransformerDecoderLayer.of(TransformerOptions.of(64, 8));
/// layer.forward(Tensor.rand(2, 5, 64), Tensor.rand(2, 10, 64), AttentionOptions.CAUSAL, AttentionOptions.DEFAULT).shape();   // (2, 5, 64)
/// ```
/// @param multiheadAttn attention to the memory
/// @param norm1 of self-attention
/// @param norm2 of attention to the memory
/// @param norm3 of the linear layers
/// @param activation between the linear layers
/// @param dropout in [Mode#TRAINING], of attention's weights and of each branch
/// @param normFirst whether norms stand before the branches
public record TransformerDecoderLayer(
    MultiHeadAttention selfAttn, MultiHeadAttention multiheadAttn, Linear linear1, Linear linear2, LayerNorm norm1, LayerNorm norm2, LayerNorm norm3,
    Layer activation, double dropout, boolean normFirst)
    implements Module {
  public static TransformerDecoderLayer of(TransformerOptions options) {
    FeedForward forward = FeedForward.of(options);
    return new TransformerDecoderLayer(
        options.attention(), options.attention(), forward.linear1(), forward.linear2(), options.norm(), options.norm(), options.norm(),
        options.activation(), options.dropout(), options.normFirst());
  }

  /// By PyTorch's names.
  @Override
  public Map<String, Object> parts() {
    return Parts.named(
        "self_attn", selfAttn, "multihead_attn", multiheadAttn, "linear1", linear1, "linear2", linear2, "norm1", norm1, "norm2", norm2, "norm3", norm3);
  }

  /// @param x (batch, time, dim)
  /// @param memory (batch, keys, dim), what an encoder made
  /// @param self what each position sees of x; dropouts are the layer's
  /// @param cross what it sees of the memory
  public Tensor forward(Tensor x, Tensor memory, AttentionOptions self, AttentionOptions cross) {
    double zeroed = Mode.current() == Mode.TRAINING ? dropout : 0;
    FeedForward branches = new FeedForward(linear1, linear2, activation, dropout, normFirst);
    Tensor own = branches.joined(x, norm1, inner -> selfAttn.forward(inner, self.withDropout(zeroed)));
    Tensor both = branches.joined(own, norm2, inner -> multiheadAttn.forward(inner, memory, memory, cross.withDropout(zeroed)));
    return ForwardHook.output(this, x, branches.joined(both, norm3, branches::forward));
  }

  @Override
  public String toString() {
    return tree();
  }
}
