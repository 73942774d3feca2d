package org.teenygrad.nn;

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
/// What PyTorch calls `key_padding_mask` is a mask (batch, 1, 1, keys) here, true where a key is seen.
///
/// @param inWeight (3 dim, dim): queries, keys, values; or (dim, dim) of queries alone
/// @param keyWeight (dim, key dim), or null where it is a part of `inWeight`
/// @param valueWeight (dim, value dim), or null where it is a part of `inWeight`
/// @param inBias (3 dim), or null
/// @param out the projection of the heads' results
/// @param heads divides dim
public record MultiHeadAttention(
    Tensor inWeight, @Nullable Tensor keyWeight, @Nullable Tensor valueWeight, @Nullable Tensor inBias, Linear out, int heads) implements Layer {
  /// A result and what it was made with.
  ///
  /// @param output (batch, queries, dim)
  /// @param weights (batch, queries, keys), the mean of the heads'; or (batch, heads, queries, keys)
  public record Attended(Tensor output, Tensor weights) {}

  /// @throws IllegalArgumentException if the weights are not of these shapes, or the heads do not divide dim
  public MultiHeadAttention {
    int parts = keyWeight == null ? 3 : 1;
    boolean fits = inWeight.rank() == 2 && inWeight.size(0) == parts * inWeight.size(1) && heads >= 1 && inWeight.size(1) % heads == 0;
    if (!fits || (keyWeight == null) != (valueWeight == null)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "multiHeadAttention: weight %s is not (%s, dim) with dim a multiple of %d heads, or keys and values are not both apart",
              inWeight.shape(), parts == 3 ? "3 dim" : "dim", heads));
    }
  }

  /// Of keys and values as large as queries.
  /// @throws IllegalArgumentException if the weight is not (3 * dim, dim), or the heads do not divide dim
  public MultiHeadAttention(Tensor inWeight, @Nullable Tensor inBias, Linear out, int heads) {
    this(inWeight, null, null, inBias, out, heads);
  }

  /// With biases; weights uniform in ±sqrt(6 / (4 dim)), biases zero, as PyTorch starts them.
  public static MultiHeadAttention of(int dim, int heads) {
    return of(dim, heads, true);
  }

  /// As [#of(int, int)], with or without biases.
  public static MultiHeadAttention of(int dim, int heads, boolean bias) {
    return new MultiHeadAttention(xavier(3 * dim, dim), bias ? Init.ZEROS.parameter(3 * dim) : null, out(dim, bias), heads);
  }

  /// Of keys and values of other sizes than queries: PyTorch's `kdim` and `vdim`.
  /// ```java
  /// var attention = MultiHeadAttention.of(64, 8, 32, 16);
  /// attention.forward(Tensor.rand(2, 10, 64), Tensor.rand(2, 5, 32), Tensor.rand(2, 5, 16), AttentionOptions.DEFAULT).shape();   // (2, 10, 64)
  /// ```
  public static MultiHeadAttention of(int dim, int heads, int keyDim, int valueDim) {
    return new MultiHeadAttention(
        xavier(dim, dim), xavier(dim, keyDim), xavier(dim, valueDim), Init.ZEROS.parameter(3 * dim), out(dim, true), heads);
  }

  private static Tensor xavier(int out, int in) {
    double bound = Math.sqrt(6.0 / (out + in));
    return Init.uniform(-bound, bound).parameter(out, in);
  }

  private static Linear out(int dim, boolean bias) {
    double bound = 1 / Math.sqrt(dim);
    return Linear.of(dim, dim, Init.uniform(-bound, bound), bias ? Init.ZEROS : null);
  }

  /// By PyTorch's names.
  @Override
  public Map<String, Object> parts() {
    return Parts.named(
        keyWeight == null ? "in_proj_weight" : "q_proj_weight", inWeight, "k_proj_weight", keyWeight, "v_proj_weight", valueWeight,
        "in_proj_bias", inBias, "out_proj", out);
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
    Tensor attended = projected(query, 0).scaledDotProductAttention(projected(key, 1), projected(value, 2), options);
    return ForwardHook.output(this, query, joined(attended));
  }

  /// As [#forward(Tensor, Tensor, Tensor, AttentionOptions)], with the weights: PyTorch's `need_weights=True`. These are stored, which
  /// [#forward] alone avoids.
  /// ```java
  /// var attended = MultiHeadAttention.of(64, 8).attend(Tensor.rand(2, 10, 64), Tensor.rand(2, 5, 64), Tensor.rand(2, 5, 64), AttentionOptions.DEFAULT, true);
  /// attended.weights().shape();   // (2, 10, 5)
  /// ```
  /// @param average whether the weights are the mean of the heads'
  public Attended attend(Tensor query, Tensor key, Tensor value, AttentionOptions options, boolean average) {
    Tensor keys = projected(key, 1);
    Tensor each = Tensor.eye(keys.size(-2)).cast(keys.dtype()).expand(keys.size(0), heads, keys.size(-2), keys.size(-2));
    Tensor weights = projected(query, 0).scaledDotProductAttention(keys, each, options); // of values that are unit vectors
    Tensor output = ForwardHook.output(this, query, joined(weights.matmul(projected(value, 2))));
    return new Attended(output, average ? weights.mean(1) : weights);
  }

  private Tensor joined(Tensor attended) {
    return out.forward(attended.transpose(1, 2).flatten(2, 3));
  }

  /// (batch, heads, time, dim / heads)
  /// @param part 0 for queries, 1 for keys, 2 for values
  private Tensor projected(Tensor x, int part) {
    Tensor bias = inBias == null ? null : inBias.chunk(3, 0).get(part);
    Tensor own = part == 0 ? inWeight : part == 1 ? keyWeight : valueWeight;
    Tensor weight = keyWeight == null || own == null ? inWeight.chunk(3, 0).get(part) : own;
    return x.linear(weight, bias).unflatten(-1, heads, -1).transpose(1, 2);
  }

  @Override
  public String toString() {
    return tree();
  }
}
