package org.teenygrad.nanochat.model;

/// Parameters of a [Gpt], by what they are.
///
/// @param wte token embeddings
/// @param valueEmbeds value embeddings
/// @param lmHead the head
/// @param transformerMatrices the blocks, gates included
/// @param scalars factors of the residual stream, and the gate of the smear
public record ParameterCounts(long wte, long valueEmbeds, long lmHead, long transformerMatrices, long scalars) {
  public long total() {
    return wte + valueEmbeds + lmHead + transformerMatrices + scalars;
  }

  /// Those by which tokens are scaled: nanochat finds that blocks and head give the cleanest scaling laws.
  public long scaling() {
    return transformerMatrices + lmHead;
  }
}
