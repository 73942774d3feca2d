package org.teenygrad.models.llama;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.RMSNorm;
import org.teenygrad.nn.RotaryEmbedding.Pairs;
import org.teenygrad.state.FileException;
import org.teenygrad.state.GgufWriter;
import org.teenygrad.state.GgufWriter.Entry;
import org.teenygrad.state.GgufWriter.Type;

/// Writes a [Llama] or a [Gemma] as llama.cpp reads it.
public final class GgufExport {
  private final String architecture;
  private final LlamaConfig config;
  private final Type type;
  private final Map<String, Entry> tensors = new LinkedHashMap<>();

  private GgufExport(String architecture, LlamaConfig config, Type type) {
    this.architecture = architecture;
    this.config = config;
    this.type = type;
  }

  /// @param type of the matrices; those whose rows are not of whole blocks get the next finer one that fits, vectors stay float32
  /// @param tokenizer metadata of the tokenizer, or whatever else the file is to say
  /// @throws IllegalArgumentException if frequencies are scaled in a way that GGUF has no name for
  /// @throws FileException if the file cannot be written
  public static void write(Llama model, Type type, Map<String, Object> tokenizer, Path file) {
    LlamaConfig config = model.config();
    GgufExport export = new GgufExport(config.queryKeyNorm() ? "qwen3" : config.projectionBias() ? "qwen2" : "llama", config, type);
    export.add(model);
    Map<String, Object> metadata = export.metadata();
    metadata.putAll(tokenizer);
    GgufWriter.write(file, metadata, export.tensors);
  }

  /// As [#write(Llama, Type, Map, Path)].
  /// @throws IllegalArgumentException if llama.cpp would take other windows, positions or scales for this model's
  /// @throws FileException if the file cannot be written
  public static void write(Gemma model, Type type, Map<String, Object> tokenizer, Path file) {
    GemmaConfig config = model.config();
    GgufExport export = new GgufExport(config.architecture(), config.llama(), type);
    export.add(model);
    Map<String, Object> metadata = export.metadata();
    String prefix = export.architecture + ".";
    if (config.pattern() > 1) {
      metadata.put(prefix + "attention.sliding_window", config.window() + 1);
    }
    if (config.attentionCap() > 0) {
      metadata.put(prefix + "attn_logit_softcapping", config.attentionCap());
    }
    if (config.scoreCap() > 0) {
      metadata.put(prefix + "final_logit_softcapping", config.scoreCap());
    }
    metadata.putAll(tokenizer);
    GgufWriter.write(file, metadata, export.tensors);
  }

  private Map<String, Object> metadata() {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", architecture);
    String prefix = architecture + ".";
    metadata.put(prefix + "vocab_size", config.vocabSize());
    metadata.put(prefix + "context_length", config.maxPositions());
    metadata.put(prefix + "embedding_length", config.hiddenSize());
    metadata.put(prefix + "block_count", config.layers());
    metadata.put(prefix + "feed_forward_length", config.intermediateSize());
    metadata.put(prefix + "attention.head_count", config.heads());
    metadata.put(prefix + "attention.head_count_kv", config.keyValueHeads());
    metadata.put(prefix + "attention.key_length", config.headDim());
    metadata.put(prefix + "attention.value_length", config.headDim());
    metadata.put(prefix + "attention.layer_norm_rms_epsilon", config.normEps());
    metadata.put(prefix + "rope.freq_base", config.rope().theta());
    metadata.put(prefix + "rope.dimension_count", config.headDim());
    if (config.rope().scaling() instanceof Rope.Linear(double factor)) {
      metadata.put(prefix + "rope.scaling.type", "linear");
      metadata.put(prefix + "rope.scaling.factor", factor);
    }
    return metadata;
  }

  private void add(Llama model) {
    addOutside(model.embedTokens(), model.norm(), model.lmHead());
    for (int layer = 0; layer < config.layers(); layer++) {
      Llama.Block block = model.layers().get(layer);
      String name = "blk." + layer + ".";
      norm(name + "attn_norm", block.inputLayernorm());
      add(name, block.selfAttn());
      norm(name + "ffn_norm", block.postAttentionLayernorm());
      add(name, block.mlp());
    }
  }

  private void add(Gemma model) {
    addOutside(model.embedTokens(), model.norm(), model.lmHead());
    for (int layer = 0; layer < config.layers(); layer++) {
      Gemma.Block block = model.layers().get(layer);
      String name = "blk." + layer + ".";
      norm(name + "attn_norm", block.inputNorm());
      add(name, block.selfAttn());
      norm(name + "post_attention_norm", block.postAttentionNorm());
      norm(name + "ffn_norm", block.feedforwardNorm());
      add(name, block.mlp());
      norm(name + "post_ffw_norm", block.postFeedforwardNorm());
    }
  }

  /// What is not in a layer.
  private void addOutside(Embedding embedding, RMSNorm norm, Linear head) {
    if (!(config.rope().scaling() instanceof Rope.Linear || config.rope().scaling() instanceof Rope.Unscaled)) {
      addFactors();
    }
    matrix("token_embd.weight", embedding.weight());
    if (!config.tiedHead()) {
      matrix("output.weight", head.weight());
    }
    norm("output_norm", norm);
  }

  private void add(String name, Llama.Attention attention) {
    linear(name + "attn_q", turned(attention.qProj()));
    linear(name + "attn_k", turned(attention.kProj()));
    linear(name + "attn_v", attention.vProj());
    linear(name + "attn_output", attention.oProj());
    norm(name + "attn_q_norm", attention.qNorm());
    norm(name + "attn_k_norm", attention.kNorm());
  }

  private void add(String name, Llama.Mlp mlp) {
    linear(name + "ffn_gate", mlp.gateProj());
    linear(name + "ffn_up", mlp.upProj());
    linear(name + "ffn_down", mlp.downProj());
  }

  /// By how much each pair's frequency is divided, whatever it follows from.
  private void addFactors() {
    double[] scaled = config.rope().frequencies(config.headDim());
    double[] plain = Rope.of(config.rope().theta()).frequencies(config.headDim());
    float[] factors = new float[scaled.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) (plain[i] / scaled[i]);
    }
    tensors.put("rope_freqs.weight", new Entry(Tensor.of(factors, factors.length), Type.F32));
  }

  /// Rows of queries or keys as llama.cpp has those of Llama: pairs are neighbours.
  private Linear turned(Linear layer) {
    if (!architecture.equals("llama") || config.rope().pairs() == Pairs.INTERLEAVED) {
      return layer;
    }
    int[] shape = layer.weight().shape().toArray();
    return new Linear(layer.weight().reshape(-1, 2, config.headDim() / 2, shape[1]).transpose(1, 2).reshape(shape), null);
  }

  private void linear(String name, Linear layer) {
    matrix(name + ".weight", layer.weight());
    if (layer.bias() instanceof Tensor bias) {
      tensors.put(name + ".bias", new Entry(bias, Type.F32));
    }
  }

  private void norm(String name, @Nullable RMSNorm norm) {
    if (norm != null && norm.weight() instanceof Tensor weight) {
      tensors.put(name + ".weight", new Entry(weight, Type.F32));
    }
  }

  private void matrix(String name, Tensor weight) {
    tensors.put(name, new Entry(weight, type.fitting(weight.size(-1))));
  }
}
