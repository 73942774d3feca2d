package org.teenygrad.nn;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;

/// Attention in several heads between projections: PyTorch's `nn.MultiheadAttention` with `batch_first=True`.
///
/// ```java
/// var attention = MultiHeadAttention.of(64, 8);
/// attention.forward(Tensor.rand(2, 10, 64), AttentionOptions.CAUSAL).shape();   // (2, 10, 64)
/// ```
/// @param inWeight (3 dim, dim): queries, keys, values
/// @param inBias (3 dim), or null
/// @param out the projection of the heads' results
/// @param heads divides dim
public record MultiHeadAttention(Tensor inWeight, @Nullable Tensor inBias, Linear out, int heads) implements Layer {
  /// @throws IllegalArgumentException if the weight is not (3 * dim, dim), or the heads do not divide dim
  public MultiHeadAttention {
    if (heads < 1 || inWeight.rank() != 2 || inWeight.size(0) != 3 * inWeight.size(1) || inWeight.size(1) % heads != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "multiHeadAttention: weight %s is not (3 dim, dim) with dim a multiple of %d heads",
              inWeight.shape(), heads));
    }
  }

  /// With biases; weights uniform in ±sqrt(6 / (4 dim)), biases zero, as PyTorch starts them.
  public static MultiHeadAttention of(int dim, int heads) {
    double bound = Math.sqrt(6.0 / (4 * dim));
    double outBound = 1 / Math.sqrt(dim);
    return new MultiHeadAttention(
        Init.uniform(-bound, bound).parameter(3 * dim, dim),
        Init.ZEROS.parameter(3 * dim),
        Linear.of(dim, dim, Init.uniform(-outBound, outBound), Init.ZEROS),
        heads);
  }

  /// By PyTorch's names.
  @Override
  public Map<String, Object> parts() {
    return Parts.named("in_proj_weight", inWeight, "in_proj_bias", inBias, "out_proj", out);
  }

  /// Self-attention, every position seeing every other.
  /// @param x (batch, time, dim)
  @Override
  public Tensor forward(Tensor x) {
    return forward(x, AttentionOptions.DEFAULT);
  }

  /// Self-attention.
  public Tensor forward(Tensor x, AttentionOptions options) {
    return forward(x, x, x, options);
  }

  /// @param query (batch, queries, dim)
  /// @param key (batch, keys, dim)
  /// @param value (batch, keys, dim)
  /// @return (batch, queries, dim)
  public Tensor forward(Tensor query, Tensor key, Tensor value, AttentionOptions options) {
    List<Tensor> weights = inWeight.chunk(3, 0);
    Tensor attended = split(query, weights.get(0), 0)
        .scaledDotProductAttention(split(key, weights.get(1), 1), split(value, weights.get(2), 2), options);
    return ForwardHook.output(this, query, out.forward(attended.transpose(1, 2).flatten(2, 3)));
  }

  /// (batch, heads, time, dim / heads)
  private Tensor split(Tensor x, Tensor weight, int part) {
    Tensor bias = inBias == null ? null : inBias.chunk(3, 0).get(part);
    return x.linear(weight, bias).unflatten(-1, heads, -1).transpose(1, 2);
  }

  @Override
  public String toString() {
    return tree();
  }
}
