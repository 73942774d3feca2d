package org.teenygrad.models.llama;

import java.nio.file.Path;
import java.util.Locale;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.state.FileException;

/// The shape of a [Llama].
///
/// @param vocabSize how many tokens there are
/// @param hiddenSize the size of the vector that stands for a token
/// @param intermediateSize how many hidden units the perceptrons have
/// @param layers transformer blocks
/// @param heads of queries
/// @param keyValueHeads heads of keys and values, each of which serves several heads of queries (Ainslie et al., *GQA*, 2023)
/// @param headDim numbers of a head's query, key or value
/// @param maxPositions how many tokens a text may have
/// @param normEps what is added to mean squares
/// @param rope how positions turn queries and keys
/// @param projectionBias whether queries, keys and values have biases: Qwen2
/// @param queryKeyNorm whether each head's queries and keys are normalized before they are turned: Qwen3
/// @param tiedHead whether the head's weight is that of the embedding
public record LlamaConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headDim,
    int maxPositions,
    double normEps,
    Rope rope,
    boolean projectionBias,
    boolean queryKeyNorm,
    boolean tiedHead) {

  /// As published, so that random weights of it can be measured.
  public static final LlamaConfig QWEN3_0_6B =
      new LlamaConfig(151_936, 1024, 3072, 28, 16, 8, 128, 40_960, 1e-6, Rope.of(1e6), false, true, true);

  public static final LlamaConfig QWEN2_0_5B =
      new LlamaConfig(151_936, 896, 4864, 24, 14, 2, 64, 131_072, 1e-6, Rope.of(1e6), true, false, true);

  public static final LlamaConfig LLAMA_3_2_1B = new LlamaConfig(
      128_256, 2048, 8192, 16, 32, 8, 64, 131_072, 1e-5, new Rope(5e5, new Rope.Llama3(32, 1, 4, 8192)), false, false, true);

  /// No model is deeper by far; to look for the weights of so many layers takes memory before the first one is missed.
  private static final int MOST_LAYERS = 10_000;

  /// Angles of longer texts would take more than 512 MiB.
  private static final int MOST_ANGLES = 1 << 26;

  private static final String KIND = "a configuration of Llama, Qwen2 or Qwen3";

  /// @throws IllegalArgumentException if a size is not positive, the size of heads is odd, or heads cannot share keys and values
  ///     evenly, or there are more layers or positions than any model has
  public LlamaConfig {
    requirePositive("vocab_size", vocabSize);
    requirePositive("hidden_size", hiddenSize);
    requirePositive("intermediate_size", intermediateSize);
    requirePositive("num_hidden_layers", layers);
    requirePositive("num_attention_heads", heads);
    requirePositive("num_key_value_heads", keyValueHeads);
    requirePositive("head_dim", headDim);
    requirePositive("max_position_embeddings", maxPositions);
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException("head_dim must be even, since pairs of numbers are turned, not " + headDim);
    }
    if (layers > MOST_LAYERS) {
      throw new IllegalArgumentException("num_hidden_layers must be at most " + MOST_LAYERS + ", not " + layers);
    }
    if ((long) maxPositions * headDim / 2 > MOST_ANGLES) {
      throw new IllegalArgumentException("max_position_embeddings (" + maxPositions + ") are more than angles are kept for");
    }
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "num_attention_heads (%d) must be a multiple of num_key_value_heads (%d)", heads, keyValueHeads));
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
  }

  /// That of a `config.json` of Hugging Face's.
  /// @throws FileException if it cannot be read, or is of a model that this one cannot be
  public static LlamaConfig read(Path file) {
    return ConfigFile.read(file, KIND, LlamaConfig::of);
  }

  private static LlamaConfig of(ConfigFile file) {
    String type = file.text("model_type", "");
    if (!type.equals("llama") && !type.equals("qwen2") && !type.equals("qwen3")) {
      throw new IllegalArgumentException("its model_type is '" + type + "', but this model is llama, qwen2 or qwen3");
    }
    file.require("hidden_act", "silu");
    file.require("attention_bias", false);
    file.require("mlp_bias", false);
    file.require("use_sliding_window", false);
    int heads = file.size("num_attention_heads");
    int hidden = file.size("hidden_size");
    return new LlamaConfig(
        file.size("vocab_size"),
        hidden,
        file.size("intermediate_size"),
        file.size("num_hidden_layers"),
        heads,
        file.size("num_key_value_heads", heads),
        file.size("head_dim", hidden / heads),
        file.size("max_position_embeddings"),
        file.number("rms_norm_eps", 1e-6),
        Rope.read(file),
        type.equals("qwen2"),
        type.equals("qwen3"),
        file.truth("tie_word_embeddings", false));
  }
}
