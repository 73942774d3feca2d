package org.teenygrad.models.inference;

import org.teenygrad.AttentionOptions;
import org.teenygrad.Tensor;

/// How the queries of a block look at keys and values: all of a text at once, as in training, or through a [PagedCache].
@FunctionalInterface
public interface KeyValues {
  /// Tokens see themselves and those before them in the same row; nothing is remembered.
  KeyValues CAUSAL = (layer, q, k, v, window, cap) -> q.scaledDotProductAttention(
      k, v, capped(window >= q.size(2) ? AttentionOptions.CAUSAL : AttentionOptions.CAUSAL.withWindow(window), cap));

  /// @param layer the number of the block
  /// @param q (rows, heads, time, headDim)
  /// @param k (rows, keyHeads, time, headDim)
  /// @param v as k
  /// @param window how many tokens before its own a query sees at most
  /// @param cap what products of queries and keys are kept below; 0 for no limit
  /// @return as q
  Tensor attend(int layer, Tensor q, Tensor k, Tensor v, int window, double cap);

  /// As [#attend(int, Tensor, Tensor, Tensor, int, double)], without a limit.
  default Tensor attend(int layer, Tensor q, Tensor k, Tensor v, int window) {
    return attend(layer, q, k, v, window, 0);
  }

  /// Options with a limit, if there is one.
  static AttentionOptions capped(AttentionOptions options, double cap) {
    return cap == 0 ? options : options.withSoftCap(cap);
  }
}
