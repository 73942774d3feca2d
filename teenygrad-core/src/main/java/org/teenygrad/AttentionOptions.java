package org.teenygrad;

import org.jspecify.annotations.Nullable;

/// How attention differs from `softmax(q kᵀ / sqrt(headDim)) v`.
///
/// ```java
/// AttentionOptions.CAUSAL.withDropout(0.1);
/// ```
/// @param mask broadcasts to (..., queries, keys): bool, true where a key may be seen, or numbers to be added to the scores;
///     null for none
/// @param causal whether query i sees only the keys 0..i
/// @param dropout the probability with which each weight is set to 0, the others growing by 1 / (1 - dropout)
/// @param scale what the scores are multiplied with; null for `1 / sqrt(headDim)`
public record AttentionOptions(@Nullable Tensor mask, boolean causal, double dropout, @Nullable Double scale) {
  /// Every query sees every key.
  public static final AttentionOptions DEFAULT = new AttentionOptions(null, false, 0, null);

  /// Query i sees the keys 0..i.
  public static final AttentionOptions CAUSAL = new AttentionOptions(null, true, 0, null);

  public AttentionOptions withMask(@Nullable Tensor changed) {
    return new AttentionOptions(changed, causal, dropout, scale);
  }

  public AttentionOptions withDropout(double changed) {
    return new AttentionOptions(mask, causal, changed, scale);
  }

  public AttentionOptions withScale(double changed) {
    return new AttentionOptions(mask, causal, dropout, changed);
  }
}
