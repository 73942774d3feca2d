package org.teenygrad.models.llama;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.Shape;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.state.FileException;
import org.teenygrad.state.TensorFile;

/// The shape of a [Gemma]: that of a Llama, and what Gemma has of its own.
///
/// @param llama sizes, norms and positions of the layers that see all before them
/// @param normsAfter whether attention and perceptron are normed behind, too: from Gemma 2 on
/// @param window how many tokens before its own a query of most layers sees; as many as there are for no window
/// @param pattern each so many layers one sees all before it, the last of them
/// @param localTheta of the positions of layers with a window
/// @param attentionScale what products of queries and keys are multiplied with
/// @param attentionCap what they are kept below; 0 for no limit
/// @param scoreCap what the scores of tokens are kept below; 0 for no limit
public record GemmaConfig(
    LlamaConfig llama, boolean normsAfter, int window, int pattern, double localTheta, double attentionScale, double attentionCap, double scoreCap) {
  private static final String KIND = "a configuration of Gemma";
  private static final Map<String, Integer> PATTERNS = Map.of("gemma", 1, "gemma2", 2, "gemma3", 6);

  /// @throws IllegalArgumentException if a number is out of its range
  public GemmaConfig {
    if (window < 1 || pattern < 1 || !(attentionScale > 0) || attentionCap < 0 || scoreCap < 0) {
      throw new IllegalArgumentException("a window (" + window + "), its pattern (" + pattern + ") and the scale of attention (" + attentionScale
          + ") must be positive, and limits not negative: " + attentionCap + ", " + scoreCap);
    }
  }

  /// Whether a layer sees only what is near.
  public boolean isLocal(int layer) {
    return (layer + 1) % pattern != 0;
  }

  /// What llama.cpp calls a model of this shape.
  /// @throws IllegalArgumentException if its files cannot say all of it: other layers with windows, other positions or another
  ///     scale of attention
  String architecture() {
    String name = PATTERNS.entrySet().stream().filter(entry -> entry.getValue() == pattern).map(Map.Entry::getKey).findFirst().orElse("");
    if (name.isEmpty() || localTheta != localTheta(name, llama) || Math.abs(attentionScale - attentionScale(pattern, llama)) > 1e-9) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "llama.cpp has no Gemma in which one layer in %d sees everything, with frequencies from %s and attention's scale %s", pattern, localTheta, attentionScale));
    }
    return name;
  }

  /// llama.cpp's rules for what its files do not say: positions of layers with a window, ...
  private static double localTheta(String architecture, LlamaConfig llama) {
    return architecture.equals("gemma3") ? 1e4 : llama.rope().theta();
  }

  /// ... and attention's scale: the 27 billion of Gemma 2 and 3 have another.
  private static double attentionScale(int pattern, LlamaConfig llama) {
    boolean isLarge = pattern == 2 && llama.layers() == 46 || pattern == 6 && llama.layers() == 62;
    return 1 / Math.sqrt(isLarge ? (double) llama.hiddenSize() / llama.heads() : llama.headDim());
  }

  /// That of a `config.json` of Hugging Face's.
  /// @throws FileException if it cannot be read, or is of a model that this one cannot be
  public static GemmaConfig read(Path file) {
    return ConfigFile.read(file, KIND, GemmaConfig::of);
  }

  private static GemmaConfig of(ConfigFile file) {
    String type = file.text("model_type", "").replace("gemma3_text", "gemma3");
    int pattern = PATTERNS.getOrDefault(type, 0);
    if (pattern == 0) {
      throw new IllegalArgumentException("its model_type is '" + type + "', but this model is gemma, gemma2 or gemma3_text");
    }
    file.require("attention_bias", false);
    file.require("hidden_activation", "gelu_pytorch_tanh");
    int headDim = file.size("head_dim", 256);
    int positions = file.size("max_position_embeddings", 8192);
    LlamaConfig llama = new LlamaConfig(
        file.size("vocab_size"), file.size("hidden_size"), file.size("intermediate_size"), file.size("num_hidden_layers"), file.size("num_attention_heads"),
        file.size("num_key_value_heads"), headDim, positions, file.number("rms_norm_eps", 1e-6), Rope.read(file), false, type.equals("gemma3"),
        file.truth("tie_word_embeddings", true));
    int stated = file.size("sliding_window_pattern", pattern);
    GemmaConfig config = new GemmaConfig(llama, !type.equals("gemma"), pattern == 1 ? positions : file.size("sliding_window", 4096) - 1, stated,
        type.equals("gemma3") ? file.number("rope_local_base_freq", 1e4) : llama.rope().theta(),
        1 / Math.sqrt(pattern == 1 ? headDim : file.number("query_pre_attn_scalar", 256)), file.number("attn_logit_softcapping", 0), file.number("final_logit_softcapping", 0));
    List<?> types = file.list("layer_types");
    for (int layer = 0; layer < types.size(); layer++) {
      if (types.get(layer).equals("sliding_attention") != config.isLocal(layer)) {
        throw new IllegalArgumentException("its layer " + layer + " has " + types.get(layer) + ", which is not one in " + stated);
      }
    }
    return config;
  }

  /// That of a GGUF file.
  /// @throws IllegalArgumentException if it is of a model that this one cannot be
  static GemmaConfig of(TensorFile tensors, ConfigFile file) {
    String architecture = file.text("general.architecture", "");
    int pattern = PATTERNS.getOrDefault(architecture, 0);
    if (pattern == 0) {
      throw new IllegalArgumentException("its architecture is '" + architecture + "', but this model is gemma, gemma2 or gemma3");
    }
    LlamaConfig llama = GgufConfig.of(tensors, file);
    Map<String, Shape> shapes = tensors.shapes();
    String prefix = architecture + ".";
    return new GemmaConfig(llama, shapes.containsKey("blk.0.post_ffw_norm.weight"),
        pattern == 1 ? llama.maxPositions() : file.size(prefix + "attention.sliding_window", 4096) - 1, pattern, localTheta(architecture, llama),
        attentionScale(pattern, llama), file.number(prefix + "attn_logit_softcapping", 0), file.number(prefix + "final_logit_softcapping", 0));
  }
}
