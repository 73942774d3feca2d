package org.teenygrad.nanochat.model;

import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Init;
import org.teenygrad.nn.Linear;

/// Every token looks at itself and those before it: grouped queries, rotary positions, normalised queries and keys (Henry et al.,
/// *Query-Key Normalization for Transformers*, 2020), a window, and values that remember their token (Zhou et al., *Value Residual
/// Learning*, 2024).
///
/// @param cQ queries (heads headDim, dim)
/// @param cK keys (kvHeads headDim, dim)
/// @param cV values, as keys
/// @param cProj back to the residual stream (dim, dim)
/// @param veGate how much of the value embedding each head of values takes (kvHeads, 12); null where there is none
public record CausalSelfAttention(Linear cQ, Linear cK, Linear cV, Linear cProj, @Nullable Linear veGate, int heads, int kvHeads)
    implements NanochatModule {
  /// Of queries and keys: longer than 1, so that attention is sharper than `1 / sqrt(headDim)` makes it.
  private static final Norm SHARP = new Norm(1.2);

  /// The largest share of a value embedding.
  private static final double GATE_RANGE = 3;

  static CausalSelfAttention of(GptConfig config, int layer) {
    int dim = config.nEmbd();
    Init uniform = Gpt.uniform(dim);
    return new CausalSelfAttention(
        Linear.of(dim, dim, uniform, null),
        Linear.of(dim, config.kvDim(), uniform, null),
        Linear.of(dim, config.kvDim(), uniform, null),
        Linear.of(dim, dim, Init.ZEROS, null),
        config.hasValueEmbedding(layer) ? Linear.of(GptConfig.VALUE_GATE_CHANNELS, config.nKvHead(), Gpt.GATES, null) : null,
        config.nHead(),
        config.nKvHead());
  }

  /// @param x (batch, time, dim)
  /// @param valueEmbedding (batch, time, kvHeads headDim), or null
  /// @return (batch, time, dim)
  Tensor forward(Tensor x, @Nullable Tensor valueEmbedding, AttentionContext context) {
    Tensor v = split(cV.forward(x), kvHeads);
    if (veGate != null && valueEmbedding != null) {
      Tensor gate = veGate.forward(x.narrow(-1, 0, veGate.weight().size(1))).sigmoid().mul(GATE_RANGE); // (batch, time, kvHeads)
      v = v.add(gate.transpose(1, 2).unsqueeze(-1).mul(split(valueEmbedding, kvHeads)));
    }
    Tensor q = SHARP.apply(context.rotated(split(cQ.forward(x), heads)));
    Tensor k = SHARP.apply(context.rotated(split(cK.forward(x), kvHeads)));
    Tensor y = context.attend(q, k, v);
    return cProj.forward(y.transpose(1, 2).reshape(x.size(0), x.size(1), -1));
  }

  /// (batch, time, heads headDim) as (batch, heads, time, headDim).
  private static Tensor split(Tensor x, int heads) {
    return x.reshape(x.size(0), x.size(1), heads, -1).transpose(1, 2);
  }

  CausalSelfAttention inFloat8() {
    return new CausalSelfAttention(Gpt.inFloat8(cQ), Gpt.inFloat8(cK), Gpt.inFloat8(cV), Gpt.inFloat8(cProj), veGate, heads, kvHeads);
  }

  CausalSelfAttention in(DType type) {
    return new CausalSelfAttention(
        Gpt.cast(cQ, type),
        Gpt.cast(cK, type),
        Gpt.cast(cV, type),
        Gpt.cast(cProj, type),
        veGate == null ? null : Gpt.cast(veGate, type),
        heads,
        kvHeads);
  }
}
