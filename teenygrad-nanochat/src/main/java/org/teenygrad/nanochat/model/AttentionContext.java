package org.teenygrad.nanochat.model;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.nn.RotaryEmbedding;

/// What a block's attention needs to know beside its input.
///
/// @param positions where in their texts the tokens are (batch, 1, time); null for 0, 1, ...
/// @param layer the number of the block
/// @param window how many tokens before its own a query sees at most
record AttentionContext(RotaryEmbedding rotary, @Nullable Tensor positions, KeyValues keyValues, int layer, int window) {
  /// @param x (batch, heads, time, headDim)
  Tensor rotated(Tensor x) {
    return positions == null ? rotary.forward(x) : rotary.forward(x, positions);
  }

  /// As [KeyValues#attend].
  Tensor attend(Tensor q, Tensor k, Tensor v) {
    return keyValues.attend(layer, q, k, v, window);
  }
}
