package org.teenygrad.models.nanogpt;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.state.FileException;

/// The `config.json` of a GPT-2 directory of Hugging Face's.
final class HuggingFaceConfig {
  /// The token that begins and ends GPT-2's texts, the last of its vocabulary.
  private static final int GPT2_END = 50256;

  private HuggingFaceConfig() {}

  /// @throws FileException if it cannot be read, or is not of a GPT-2 that this model can be
  static GptConfig read(Path file) {
    return ConfigFile.read(file, "a configuration of GPT-2", HuggingFaceConfig::of);
  }

  private static GptConfig of(ConfigFile file) {
    file.require("model_type", "gpt2");
    file.require("layer_norm_epsilon", 1e-5);
    file.require("scale_attn_weights", true);
    file.require("scale_attn_by_inverse_layer_idx", false);
    file.require("tie_word_embeddings", true);
    file.require("add_cross_attention", false);
    int dim = file.size("n_embd");
    file.require("n_inner", 4.0 * dim);
    int context = file.has("n_positions") ? file.size("n_positions") : file.size("n_ctx");
    return new GptConfig(
        file.size("vocab_size"), context, file.size("n_layer"), file.size("n_head"), dim, file.number("resid_pdrop", 0.1), true, gelu(file));
  }

  private static GptConfig.Gelu gelu(ConfigFile file) {
    return switch (file.text("activation_function", "gelu_new")) {
      case "gelu" -> GptConfig.Gelu.ERF;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> GptConfig.Gelu.TANH;
      case String other -> throw new IllegalArgumentException("its activation_function is " + other);
    };
  }

  /// What the file says of a model.
  static Map<String, @Nullable Object> members(GptConfig config, DType type) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("architectures", List.of("GPT2LMHeadModel"));
    members.put("model_type", "gpt2");
    members.put("vocab_size", config.vocabSize());
    members.put("n_positions", config.blockSize());
    members.put("n_embd", config.nEmbd());
    members.put("n_layer", config.nLayer());
    members.put("n_head", config.nHead());
    members.put("activation_function", config.gelu() == GptConfig.Gelu.ERF ? "gelu" : "gelu_new");
    members.put("layer_norm_epsilon", 1e-5);
    List.of("resid_pdrop", "embd_pdrop", "attn_pdrop").forEach(name -> members.put(name, config.dropout()));
    members.put("tie_word_embeddings", true);
    members.put("torch_dtype", type.toString());
    if (config.vocabSize() <= GPT2_END) { // which transformers takes otherwise
      members.put("bos_token_id", null);
      members.put("eos_token_id", null);
    }
    return members;
  }
}
