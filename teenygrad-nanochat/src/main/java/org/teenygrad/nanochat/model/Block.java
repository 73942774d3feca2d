package org.teenygrad.nanochat.model;

import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Init;
import org.teenygrad.nn.Linear;

/// Attention, then a perceptron; each adds what it finds to the residual stream.
public record Block(CausalSelfAttention attn, Mlp mlp) implements NanochatModule {
  static Block of(GptConfig config, int layer) {
    return new Block(CausalSelfAttention.of(config, layer), Mlp.of(config.nEmbd()));
  }

  /// Parameters as [CausalSelfAttention#forward].
  Tensor forward(Tensor x, @Nullable Tensor valueEmbedding, AttentionContext context) {
    x = x.add(attn.forward(Gpt.norm(x), valueEmbedding, context));
    return x.add(mlp.forward(Gpt.norm(x)));
  }

  Block inFloat8() {
    return new Block(attn.inFloat8(), mlp.inFloat8());
  }

  Block in(DType type) {
    return new Block(attn.in(type), mlp.in(type));
  }

  /// Two linear layers with a squared ReLU between them (So et al., *Primer*, 2021).
  ///
  /// @param cFc (4 dim, dim)
  /// @param cProj (dim, 4 dim)
  public record Mlp(Linear cFc, Linear cProj) implements NanochatModule {
    /// How much smaller than those of attention its first weights are.
    private static final double SCALE = 0.4;

    static Mlp of(int dim) {
      double bound = SCALE * Gpt.bound(dim);
      return new Mlp(Linear.of(dim, 4 * dim, Init.uniform(-bound, bound), null), Linear.of(4 * dim, dim, Init.ZEROS, null));
    }

    Tensor forward(Tensor x) {
      return cProj.forward(SquaredRelu.FUNCTION.apply(cFc.forward(x)));
    }

    Mlp inFloat8() {
      return new Mlp(Gpt.inFloat8(cFc), Gpt.inFloat8(cProj));
    }

    Mlp in(DType type) {
      return new Mlp(Gpt.cast(cFc, type), Gpt.cast(cProj, type));
    }
  }
}
