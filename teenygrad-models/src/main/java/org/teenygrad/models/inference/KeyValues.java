package org.teenygrad.models.inference;

import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;

/// How the queries of a block look at keys and values: all of a text at once, as in training, or through a [PagedCache].
@FunctionalInterface
public interface KeyValues {
  /// Tokens see themselves and those before them in the same row; nothing is remembered.
  KeyValues CAUSAL = (layer, q, k, v, window) -> q.scaledDotProductAttention(
      k, v, window >= q.size(2) ? AttentionOptions.CAUSAL : AttentionOptions.CAUSAL.withWindow(window));

  /// @param layer the number of the block
  /// @param q (rows, heads, time, headDim)
  /// @param k (rows, keyHeads, time, headDim)
  /// @param v as k
  /// @param window how many tokens before its own a query sees at most
  /// @return as q
  Tensor attend(int layer, Tensor q, Tensor k, Tensor v, int window);
}
