package org.teenygrad;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;

/// Scaled dot-product attention.
sealed interface Attention permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `softmax(q kᵀ / sqrt(headDim)) v`, this tensor being q:
  /// `torch.nn.functional.scaled_dot_product_attention(q, k, v)`.
  ///
  /// ```java
  /// var q = Tensor.rand(2, 4, 16, 8);   // (batch, heads, time, headDim), as are k and v
  /// q.scaledDotProductAttention(q, q, AttentionOptions.CAUSAL).shape();   // (2, 4, 16, 8)
  /// ```
  /// @see #scaledDotProductAttention(Tensor, Tensor, AttentionOptions)
  default Tensor scaledDotProductAttention(Tensor key, Tensor value) {
    return scaledDotProductAttention(key, value, AttentionOptions.DEFAULT);
  }

  /// Attention of queries (..., heads, queries, headDim), this tensor, to keys and values.
  ///
  /// Scores and softmax are computed in float32 where the inputs are float16 or bfloat16. A query that a mask hides
  /// everything from gets zeros.
  ///
  /// @param key (..., keyHeads, keys, headDim); where heads is a multiple of keyHeads, heads are shared in groups of
  ///     neighbours (grouped-query attention: PyTorch's `enable_gqa`)
  /// @param value (..., keyHeads, keys, valueDim)
  /// @return (..., heads, queries, valueDim)
  /// @throws IllegalArgumentException if the shapes do not fit, naming all three
  default Tensor scaledDotProductAttention(Tensor key, Tensor value, AttentionOptions options) {
    Tensor q = self();
    Tensor k = key;
    Tensor v = value;
    checkAttention(q, k, v);
    DType type = DType.promote(q.dtype(), DType.promote(k.dtype(), v.dtype()));
    int heads = q.rank() > 2 ? q.size(-3) : 1;
    k = repeatHeads(k, heads);
    v = repeatHeads(v, heads);

    Double given = options.scale();
    double scale = given == null ? 1 / Math.sqrt(q.size(-1)) : given;
    Tensor scores = Contractions.wideSumOfProduct(q.unsqueeze(-2), k.unsqueeze(-3), 1).mul(scale);
    Double softCap = options.softCap();
    scores = masked(softCap == null ? scores : scores.div(softCap).tanh().mul(softCap), options);
    Tensor logSum = scores.logsumexp(-1, true);
    // Where a query sees no key it is -infinity: with anything finite instead, the weights are 0, not NaN.
    boolean hidden = options.mask() != null || options.window() != null;
    Tensor fixed = (hidden ? logSum.maximum(-logSum.dtype().largest()) : logSum).detach();
    Tensor weights = scores.sub(fixed).exp();
    // For any `fixed` softmax(scores) v is what the weights give over what they sum up to, which is 1 here. The
    // derivative by that sum needs the result only, not the weights again.
    Tensor total = Tensor.apply(OpCode.SURROGATE, logSum.onesLike(), weights.sum(-1, true));
    return weighted(weights, v, type, options).cast(logSum.dtype()).div(total).cast(type);
  }

  /// The sum of the values by their weights, with dropout.
  private static Tensor weighted(Tensor weights, Tensor v, DType type, AttentionOptions options) {
    Tensor kept = weights.dropout(options.dropout(), options.dropout() > 0);
    // Over the keys where they are, not moved to the end: the values' gradient then lies as they do.
    Tensor products = Operations.binary("product", OpCode.MUL, Precision.of(type), kept.cast(type).unsqueeze(-1), v.unsqueeze(-3));
    return Reducing.over(products, OpCode.ADD, new int[] {-2}, false).cast(type);
  }

  private static Tensor masked(Tensor scores, AttentionOptions options) {
    Tensor visible = positions(scores.size(-2), scores.size(-1), options);
    Tensor mask = options.mask();
    if (mask != null && mask.dtype() == DType.BOOL) {
      visible = visible == null ? mask : visible.and(mask);
    } else if (mask != null) {
      scores = scores.add(mask.cast(scores.dtype()));
    }
    return visible == null ? scores : visible.where(scores, Double.NEGATIVE_INFINITY);
  }

  /// True where key j is not hidden from query i by where they stand; null if no key is.
  private static @Nullable Tensor positions(int queries, int keys, AttentionOptions options) {
    Tensor i = Tensor.arange(queries, DType.INT32).unsqueeze(1);
    Tensor j = Tensor.arange(keys, DType.INT32);
    Tensor visible = options.causal() ? j.le(i) : null;
    Integer window = options.window();
    if (window == null || window >= Math.max(queries, keys)) {
      return visible;
    }
    Tensor near = i.le(j.add(window));
    return visible == null ? near.and(j.le(i.add(window))) : visible.and(near);
  }

  /// Each head of (..., keyHeads, time, dim) as often as it takes to make `heads`: a view.
  private static Tensor repeatHeads(Tensor x, int heads) {
    if (x.rank() < 3 || x.size(-3) == heads || x.size(-3) == 1) {
      return x;
    }
    int[] shape = x.shape().toArray();
    int[] result = shape.clone();
    result[shape.length - 3] = heads;
    Tensor grouped = x.unsqueeze(-3);
    Shape repeated = grouped.shape().with(-3, heads / x.size(-3));
    return grouped.broadcastTo(repeated).reshape(result);
  }

  private static void checkAttention(Tensor q, Tensor k, Tensor v) {
    @Nullable String wrong = null;
    if (q.rank() < 2 || k.rank() < 2 || v.rank() < 2) {
      wrong = "each needs (time, dim) as its last axes";
    } else if (q.size(-1) != k.size(-1)) {
      wrong = "query and key differ in their last axis, headDim";
    } else if (k.size(-2) != v.size(-2)) {
      wrong = "key and value differ in their second-to-last axis, the number of keys";
    } else if (q.rank() > 2 && k.rank() > 2 && (k.size(-3) == 0 || q.size(-3) % k.size(-3) != 0)) {
      wrong = "the heads of the query are no multiple of the heads of the key";
    } else if (k.rank() > 2 && v.rank() > 2 && k.size(-3) != v.size(-3)) {
      wrong = "key and value differ in heads";
    }
    if (wrong != null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "scaledDotProductAttention: %s: query %s, key %s, value %s",
              wrong, q.shape(), k.shape(), v.shape()));
    }
  }
}
