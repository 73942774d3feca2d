package org.teenygrad.models.llama;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.huggingface.WeightFiles;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.nn.RMSNorm;
import org.teenygrad.nn.RotaryEmbedding;
import org.teenygrad.state.FileException;
import org.teenygrad.state.TensorFile;

/// Llama (Touvron et al., *LLaMA: open and efficient foundation language models*, 2023): a transformer that norms before each part by mean
/// squares, turns queries and keys by their positions, and has gated perceptrons. Qwen2 adds biases, Qwen3 norms of queries and keys.
///
/// ```java
/// Llama model = Llama.load(Path.of("Qwen3-0.6B"));
/// Tensor scores = model.forward(ids);   // (batch, time, vocab)
/// ```
/// @param embedTokens a vector for each token (vocab, hidden)
/// @param lmHead (vocab, hidden); the embedding's weight where they are tied
public record Llama(LlamaConfig config, Embedding embedTokens, List<Block> layers, RMSNorm norm, Linear lmHead, RotaryEmbedding rotary)
    implements Module, CausalModel {

  /// A model whose weights come from somewhere.
  static Llama of(LlamaConfig config, Weights weights) {
    Embedding embedding = new Embedding(weights.get("model.embed_tokens.weight", config.vocabSize(), config.hiddenSize()));
    Linear head = config.tiedHead()
        ? new Linear(embedding.weight(), null) : weights.linear("lm_head", config.hiddenSize(), config.vocabSize(), false);
    return new Llama(
        config,
        embedding,
        IntStream.range(0, config.layers()).mapToObj(layer -> Block.of(config, "model.layers." + layer, weights)).toList(),
        weights.norm("model.norm", config.hiddenSize(), config.normEps()),
        head,
        RotaryEmbedding.of(config.rope().frequencies(config.headDim()), config.maxPositions(), config.rope().pairs()));
  }

  /// A model that has learned nothing, with weights from the shared random numbers; see [Tensor#manualSeed].
  /// @param type of the weights, which is also computed in
  public static Llama random(LlamaConfig config, DType type) {
    return of(config, Weights.random(type));
  }

  /// The model of a directory of Hugging Face's, in the type that its weights have.
  /// @throws FileException if something is missing, damaged, or of a model that this one cannot be
  public static Llama load(Path directory) {
    LlamaConfig config = LlamaConfig.read(directory.resolve("config.json"));
    Path path = WeightFiles.of(directory);
    try (TensorFile file = TensorFile.open(path)) {
      return of(config, Weights.of(file));
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(path, "the weights of its config.json", String.valueOf(e.getMessage()));
    }
  }

  /// The model of a GGUF file, whose weights stay as they are there, quantised or of 16 bits; it computes in float32.
  /// @param metadata of the file
  /// @throws IllegalArgumentException if it is of a model that this one cannot be
  public static Llama read(TensorFile file, ConfigFile metadata) {
    return of(GgufConfig.of(file, metadata), Weights.gguf(file));
  }

  /// Scores of the token that follows each token.
  ///
  /// @param ids tokens (batch, time)
  /// @return (batch, time, vocab), float32
  public Tensor forward(Tensor ids) {
    return scores(hidden(ids, null, KeyValues.CAUSAL));
  }

  @Override
  public int vocabSize() {
    return config.vocabSize();
  }

  @Override
  public int maxPositions() {
    return config.maxPositions();
  }

  @Override
  public KeyValueShape keyValueShape() {
    return new KeyValueShape(config.layers(), config.keyValueHeads(), config.headDim(), embedTokens.weight().dtype());
  }

  @Override
  public Tensor hidden(Tensor ids, @Nullable Past past, KeyValues keyValues) {
    Tensor positions = past == null ? Tensor.arange(ids.size(1), DType.INT32) : past.positions().unsqueeze(1); // (batch, 1, time)
    Tensor x = embedTokens.forward(ids);
    for (int layer = 0; layer < layers.size(); layer++) {
      int number = layer;
      View view = (q, k, v) ->
          keyValues.attend(number, rotary.forward(q, positions), rotary.forward(k, positions), v, config.maxPositions());
      x = layers.get(layer).forward(x, view);
    }
    return norm.forward(x);
  }

  @Override
  public Tensor scores(Tensor hidden) {
    return lmHead.forward(hidden).cast(DType.FLOAT32);
  }

  /// How a block's queries look at keys and values, each (batch, heads, time, headDim).
  @FunctionalInterface
  interface View {
    Tensor attend(Tensor q, Tensor k, Tensor v);
  }

  /// Attention, then a perceptron; each adds what it finds to the stream.
  public record Block(RMSNorm inputLayernorm, Attention selfAttn, RMSNorm postAttentionLayernorm, Mlp mlp) implements Module {
    static Block of(LlamaConfig config, String name, Weights weights) {
      return new Block(
          weights.norm(name + ".input_layernorm", config.hiddenSize(), config.normEps()),
          Attention.of(config, name + ".self_attn", weights),
          weights.norm(name + ".post_attention_layernorm", config.hiddenSize(), config.normEps()),
          Mlp.of(config, name + ".mlp", weights));
    }

    Tensor forward(Tensor x, View view) { // (batch, time, hidden)
      x = x.add(selfAttn.forward(inputLayernorm.forward(x), view));
      return x.add(mlp.forward(postAttentionLayernorm.forward(x)));
    }
  }

  /// Several heads of queries share one of keys and values.
  ///
  /// @param qNorm of each head's queries; null for none
  /// @param kNorm of each head's keys; null for none
  public record Attention(
      Linear qProj, Linear kProj, Linear vProj, Linear oProj, @Nullable RMSNorm qNorm, @Nullable RMSNorm kNorm, int headDim)
      implements Module {
    static Attention of(LlamaConfig config, String name, Weights weights) {
      int dim = config.headDim();
      int queries = config.heads() * dim;
      int keys = config.keyValueHeads() * dim;
      return new Attention(
          weights.linear(name + ".q_proj", config.hiddenSize(), queries, config.projectionBias()),
          weights.linear(name + ".k_proj", config.hiddenSize(), keys, config.projectionBias()),
          weights.linear(name + ".v_proj", config.hiddenSize(), keys, config.projectionBias()),
          weights.linear(name + ".o_proj", queries, config.hiddenSize(), false),
          config.queryKeyNorm() ? weights.norm(name + ".q_norm", dim, config.normEps()) : null,
          config.queryKeyNorm() ? weights.norm(name + ".k_norm", dim, config.normEps()) : null,
          dim);
    }

    Tensor forward(Tensor x, View view) {
      Tensor q = split(qProj.forward(x));
      Tensor k = split(kProj.forward(x));
      Tensor y = view.attend(qNorm == null ? q : qNorm.forward(q), kNorm == null ? k : kNorm.forward(k), split(vProj.forward(x)));
      return oProj.forward(y.transpose(1, 2).reshape(x.size(0), x.size(1), -1));
    }

    /// (batch, time, heads headDim) as (batch, heads, time, headDim).
    private Tensor split(Tensor x) {
      return x.reshape(x.size(0), x.size(1), -1, headDim).transpose(1, 2);
    }
  }

  /// `down(silu(gate(x)) up(x))` (Shazeer, *GLU variants improve transformer*, 2020).
  public record Mlp(Linear gateProj, Linear upProj, Linear downProj) implements Module {
    static Mlp of(LlamaConfig config, String name, Weights weights) {
      return new Mlp(
          weights.linear(name + ".gate_proj", config.hiddenSize(), config.intermediateSize(), false),
          weights.linear(name + ".up_proj", config.hiddenSize(), config.intermediateSize(), false),
          weights.linear(name + ".down_proj", config.intermediateSize(), config.hiddenSize(), false));
    }

    Tensor forward(Tensor x) {
      return downProj.forward(gateProj.forward(x).silu().mul(upProj.forward(x)));
    }
  }

  @Override
  public String toString() {
    return tree();
  }
}
