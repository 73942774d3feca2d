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

/// Gemma (Gemma Team, *Gemma: open models based on Gemini research and technology*, 2024), Gemma 2 and the texts of Gemma 3: a
/// Llama whose embedding is scaled, whose norms multiply by `1 + weight` and whose perceptrons are gated by GELU. From the second
/// on there are norms behind attention and perceptron, too, and most layers see only what is near; the second keeps scores below
/// limits, the third norms queries and keys.
///
/// ```java
/// Gemma model = Gemma.load(Path.of("gemma-3-1b-it"));
/// Tensor scores = model.forward(ids);   // (batch, time, vocab)
/// ```
/// @param embedTokens a vector for each token (vocab, hidden)
/// @param lmHead (vocab, hidden); the embedding's weight where they are tied
/// @param rotary of the layers that see all before them
/// @param localRotary of those with a window
public record Gemma(
    GemmaConfig config, Embedding embedTokens, List<Block> layers, RMSNorm norm, Linear lmHead, RotaryEmbedding rotary, RotaryEmbedding localRotary)
    implements Module, CausalModel {

  /// A model whose weights come from somewhere, those of norms ready to multiply with.
  static Gemma of(GemmaConfig config, Weights weights) {
    LlamaConfig shape = config.llama();
    Embedding embedding = new Embedding(weights.get("model.embed_tokens.weight", shape.vocabSize(), shape.hiddenSize()));
    Rope local = Rope.of(config.localTheta());
    return new Gemma(
        config,
        embedding,
        IntStream.range(0, shape.layers()).mapToObj(layer -> Block.of(config, "model.layers." + layer, weights)).toList(),
        weights.norm("model.norm", shape.hiddenSize(), shape.normEps()),
        shape.tiedHead() ? new Linear(embedding.weight(), null) : weights.linear("lm_head", shape.hiddenSize(), shape.vocabSize(), false),
        RotaryEmbedding.of(shape.rope().frequencies(shape.headDim()), shape.maxPositions(), shape.rope().pairs()),
        RotaryEmbedding.of(local.frequencies(shape.headDim()), shape.maxPositions(), shape.rope().pairs()));
  }

  /// A model that has learned nothing, with weights from the shared random numbers; see [Tensor#manualSeed].
  /// @param type of the weights, which is also computed in
  public static Gemma random(GemmaConfig config, DType type) {
    return of(config, Weights.random(type));
  }

  /// The model of a directory of Hugging Face's, in the type that its weights have.
  /// @throws FileException if something is missing, damaged, or of a model that this one cannot be
  public static Gemma load(Path directory) {
    GemmaConfig config = GemmaConfig.read(directory.resolve("config.json"));
    Path path = WeightFiles.of(directory);
    try (TensorFile file = TensorFile.open(path)) {
      return of(config, onePlus(Weights.of(file)));
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(path, "the weights of its config.json", String.valueOf(e.getMessage()));
    }
  }

  /// Norms of Hugging Face's files multiply by `1 + weight`; added in float32, as they are there.
  static Weights onePlus(Weights stored) {
    return (name, shape) -> name.endsWith("norm.weight") ? stored.get(name, shape).cast(DType.FLOAT32).add(1).realize() : stored.get(name, shape);
  }

  /// The model of a GGUF file, whose weights stay as they are there, quantised or of 16 bits; it computes in float32. The 1 is
  /// added already in such files.
  /// @param metadata of the file
  /// @throws IllegalArgumentException if it is of a model that this one cannot be
  public static Gemma read(TensorFile file, ConfigFile metadata) {
    GemmaConfig config = GemmaConfig.of(file, metadata);
    Weights stored = Weights.gguf(file);
    // The norm behind attention has the name that others have for the one before the perceptron.
    return of(config, config.normsAfter() ? (name, shape) -> stored.get(name.replace("post_attention_layernorm", "post_attention_norm"), shape) : stored);
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
    return config.llama().vocabSize();
  }

  @Override
  public int maxPositions() {
    return config.llama().maxPositions();
  }

  @Override
  public KeyValueShape keyValueShape() {
    LlamaConfig shape = config.llama();
    return new KeyValueShape(shape.layers(), shape.keyValueHeads(), shape.headDim(), embedTokens.weight().dtype());
  }

  @Override
  public Tensor hidden(Tensor ids, @Nullable Past past, KeyValues keyValues) {
    LlamaConfig shape = config.llama();
    Tensor positions = past == null ? Tensor.arange(ids.size(1), DType.INT32) : past.positions().unsqueeze(1); // (batch, 1, time)
    DType type = embedTokens.weight().dtype();
    // Scaled in the weights' type, as it was trained; queries are multiplied with what attention's own scale lacks.
    Tensor x = embedTokens.forward(ids).mul(Tensor.of((float) Math.sqrt(shape.hiddenSize())).cast(type));
    double factor = config.attentionScale() * Math.sqrt(shape.headDim());
    for (int layer = 0; layer < layers.size(); layer++) {
      int number = layer;
      RotaryEmbedding turned = config.isLocal(layer) ? localRotary : rotary;
      int window = config.isLocal(layer) ? config.window() : shape.maxPositions();
      Llama.View view = (q, k, v) -> keyValues.attend(
          number, turned.forward(q, positions).mul(factor), turned.forward(k, positions), v, window, config.attentionCap());
      x = layers.get(layer).forward(x, view);
    }
    return norm.forward(x).cast(type);
  }

  @Override
  public Tensor scores(Tensor hidden) {
    Tensor scores = lmHead.forward(hidden).cast(DType.FLOAT32);
    return config.scoreCap() == 0 ? scores : scores.div(config.scoreCap()).tanh().mul(config.scoreCap());
  }

  /// Attention, then a perceptron; each adds what it finds to the stream.
  ///
  /// @param postAttentionNorm of what attention adds; null for none
  /// @param postFeedforwardNorm of what the perceptron adds; null for none
  public record Block(
      RMSNorm inputNorm, Llama.Attention selfAttn, @Nullable RMSNorm postAttentionNorm, RMSNorm feedforwardNorm, Llama.Mlp mlp, @Nullable RMSNorm postFeedforwardNorm)
      implements Module {
    static Block of(GemmaConfig config, String name, Weights weights) {
      int hidden = config.llama().hiddenSize();
      double eps = config.llama().normEps();
      boolean after = config.normsAfter();
      return new Block(
          weights.norm(name + ".input_layernorm", hidden, eps),
          Llama.Attention.of(config.llama(), name + ".self_attn", weights),
          after ? weights.norm(name + ".post_attention_layernorm", hidden, eps) : null,
          weights.norm(name + (after ? ".pre_feedforward_layernorm" : ".post_attention_layernorm"), hidden, eps),
          Llama.Mlp.of(config.llama(), name + ".mlp", weights),
          after ? weights.norm(name + ".post_feedforward_layernorm", hidden, eps) : null);
    }

    Tensor forward(Tensor x, Llama.View view) { // (batch, time, hidden)
      x = x.add(normed(postAttentionNorm, selfAttn.forward(normed(inputNorm, x), view)));
      return x.add(normed(postFeedforwardNorm, feedForward(normed(feedforwardNorm, x))));
    }

    /// `down(gelu(gate(x)) up(x))`.
    private Tensor feedForward(Tensor x) {
      return mlp.downProj().forward(mlp.gateProj().forward(x).geluTanh().mul(mlp.upProj().forward(x)));
    }

    private static Tensor normed(@Nullable RMSNorm norm, Tensor x) {
      return norm == null ? x : norm.forward(x).cast(x.dtype());
    }
  }

  @Override
  public String toString() {
    return tree();
  }
}
