package org.teenygrad;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How attention differs from `softmax(q kᵀ / sqrt(headDim)) v`.
///
/// ```java
/// AttentionOptions.CAUSAL.withWindow(1024).withSoftCap(15);
/// ```
/// @param mask broadcasts to (..., queries, keys): bool, true where a key may be seen, or numbers to be added to the scores;
///     null for none
/// @param causal whether query i sees only the keys 0..i
/// @param dropout the probability with which each weight is set to 0, the others growing by 1 / (1 - dropout)
/// @param scale what the scores are multiplied with; null for `1 / sqrt(headDim)`
/// @param window how far away from a query the keys are at most that it sees: query i sees i - window..i + window, with
///     `causal` i - window..i (Beltagy et al., "Longformer", 2020; FlashAttention's `window_size`); null for all. Work
///     grows with the window, not with the number of keys
/// @param softCap what scores are kept below: `softCap * tanh(score / softCap)` before masks (Gemma Team, "Gemma 2",
///     2024); null for no bound
public record AttentionOptions(
    @Nullable Tensor mask, boolean causal, double dropout, @Nullable Double scale, @Nullable Integer window, @Nullable Double softCap) {
  /// Every query sees every key.
  public static final AttentionOptions DEFAULT = new AttentionOptions(null, false, 0, null, null, null);

  /// Query i sees the keys 0..i.
  public static final AttentionOptions CAUSAL = new AttentionOptions(null, true, 0, null, null, null);

  /// @throws IllegalArgumentException if the window is negative, or the bound of scores not positive
  public AttentionOptions {
    if (window != null && window < 0) {
      throw new IllegalArgumentException("attention: a window of " + window + " keys; 0 is the query's own position alone");
    }
    if (softCap != null && !(softCap > 0)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "attention: scores cannot be kept below %s; softCap is positive",
          softCap));
    }
  }

  public AttentionOptions withMask(@Nullable Tensor changed) {
    return new AttentionOptions(changed, causal, dropout, scale, window, softCap);
  }

  public AttentionOptions withDropout(double changed) {
    return new AttentionOptions(mask, causal, changed, scale, window, softCap);
  }

  public AttentionOptions withScale(double changed) {
    return new AttentionOptions(mask, causal, dropout, changed, window, softCap);
  }

  /// @throws IllegalArgumentException if the window is negative
  public AttentionOptions withWindow(int changed) {
    return new AttentionOptions(mask, causal, dropout, scale, changed, softCap);
  }

  /// @throws IllegalArgumentException if the bound is not positive
  public AttentionOptions withSoftCap(double changed) {
    return new AttentionOptions(mask, causal, dropout, scale, window, changed);
  }
}
