package org.teenygrad.models.llama;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nn.RotaryEmbedding.Pairs;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;

/// Writes a [Llama] as Hugging Face's transformers have it: what [Llama#load] reads.
public final class HuggingFaceLlama {
  private HuggingFaceLlama() {}

  /// Writes `config.json` and `model.safetensors` into a folder.
  /// @param type of the weights
  /// @throws IllegalArgumentException if frequencies are scaled in a way that the configuration has no name for
  /// @throws FileException if a file cannot be written
  public static void write(Llama model, DType type, Path directory) {
    LlamaConfig config = model.config();
    Map<String, Object> members = members(config, type);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    model.stateDict().forEach((name, tensor) -> {
      if (!name.startsWith("lmHead") || !config.tiedHead()) {
        String theirs = name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
        boolean isTurned = config.rope().pairs() == Pairs.INTERLEAVED && (name.contains(".qProj.") || name.contains(".kProj."));
        Tensor value = tensor.detach().cast(type);
        weights.put(name.startsWith("lmHead") ? theirs : "model." + theirs, isTurned ? halves(value, config.headDim()) : value);
      }
    });
    State.save(directory.resolve("model.safetensors"), weights, Map.of("format", "pt"));
    AtomicFiles.write(directory.resolve("config.json"), JsonText.indented(members));
  }

  /// Rows of queries or keys whose pairs are neighbours, with pairs of halves.
  private static Tensor halves(Tensor rows, int headDim) {
    int[] heads = {rows.size(0) / headDim, headDim / 2, 2, -1};
    return rows.reshape(heads).transpose(1, 2).reshape(rows.shape().toArray()).contiguous();
  }

  private static Map<String, Object> members(LlamaConfig config, DType type) {
    String model = config.queryKeyNorm() ? "qwen3" : config.projectionBias() ? "qwen2" : "llama";
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("architectures", List.of(model.substring(0, 1).toUpperCase(Locale.ROOT) + model.substring(1) + "ForCausalLM"));
    members.put("model_type", model);
    members.put("vocab_size", config.vocabSize());
    members.put("hidden_size", config.hiddenSize());
    members.put("intermediate_size", config.intermediateSize());
    members.put("num_hidden_layers", config.layers());
    members.put("num_attention_heads", config.heads());
    members.put("num_key_value_heads", config.keyValueHeads());
    members.put("head_dim", config.headDim());
    members.put("max_position_embeddings", config.maxPositions());
    members.put("rms_norm_eps", config.normEps());
    members.put("hidden_act", "silu");
    members.put("tie_word_embeddings", config.tiedHead());
    members.put("rope_theta", config.rope().theta());
    Map<String, Object> scaling = scaling(config.rope().scaling());
    if (!scaling.isEmpty()) {
      members.put("rope_scaling", scaling);
    }
    members.put("torch_dtype", type.toString());
    return members;
  }

  private static Map<String, Object> scaling(Rope.Scaling scaling) {
    return switch (scaling) {
      case Rope.Unscaled _ -> Map.of();
      case Rope.Linear(double factor) -> Map.of("rope_type", "linear", "factor", factor);
      case Rope.Llama3(double factor, double low, double high, int positions) -> Map.of("rope_type", "llama3", "factor", factor,
          "low_freq_factor", low, "high_freq_factor", high, "original_max_position_embeddings", positions);
      case Rope.Factors _ -> throw new IllegalArgumentException("its frequencies have a factor each, as GGUF files have it, for which config.json has no name");
    };
  }
}
