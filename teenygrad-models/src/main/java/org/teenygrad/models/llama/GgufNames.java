package org.teenygrad.models.llama;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What llama.cpp calls the weights that Hugging Face's files have.
final class GgufNames {
  private static final Pattern IN_LAYER = Pattern.compile("model\\.layers\\.([0-9]+)\\.(.+)\\.(weight|bias)");

  private static final Map<String, String> OUTSIDE = Map.of(
      "model.embed_tokens.weight", "token_embd.weight", "model.norm.weight", "output_norm.weight", "lm_head.weight", "output.weight");

  private static final Map<String, String> PARTS = Map.ofEntries(
      Map.entry("input_layernorm", "attn_norm"),
      Map.entry("self_attn.q_proj", "attn_q"),
      Map.entry("self_attn.k_proj", "attn_k"),
      Map.entry("self_attn.v_proj", "attn_v"),
      Map.entry("self_attn.o_proj", "attn_output"),
      Map.entry("self_attn.q_norm", "attn_q_norm"),
      Map.entry("self_attn.k_norm", "attn_k_norm"),
      Map.entry("post_attention_layernorm", "ffn_norm"),
      Map.entry("post_attention_norm", "post_attention_norm"),
      Map.entry("pre_feedforward_layernorm", "ffn_norm"),
      Map.entry("post_feedforward_layernorm", "post_ffw_norm"),
      Map.entry("mlp.gate_proj", "ffn_gate"),
      Map.entry("mlp.up_proj", "ffn_up"),
      Map.entry("mlp.down_proj", "ffn_down"));

  private GgufNames() {}

  /// @throws IllegalArgumentException if no model of this shape has such a weight
  static String of(String name) {
    Matcher layer = IN_LAYER.matcher(name);
    String found = layer.matches() ? PARTS.get(layer.group(2)) : OUTSIDE.get(name);
    if (found == null) {
      throw new IllegalArgumentException("llama.cpp has no name for " + name);
    }
    return layer.matches() ? "blk." + layer.group(1) + "." + found + "." + layer.group(3) : found;
  }
}
