package org.teenygrad.nanochat.huggingface;

import java.util.List;

/// What Hugging Face's transformers calls nanochat's parameters.
final class ParameterNames {
  /// @param ours a regular expression for the beginning of nanochat's name
  private record Rule(String ours, String theirs) {}

  private static final String LAYER = "model.layers.$1.";

  /// The first that fits holds.
  private static final List<Rule> RULES = List.of(
      new Rule("transformer\\.wte\\.", "model.embed_tokens."),
      new Rule("transformer\\.h\\.(\\d+)\\.attn\\.c_q\\.", LAYER + "self_attn.q_proj."),
      new Rule("transformer\\.h\\.(\\d+)\\.attn\\.c_k\\.", LAYER + "self_attn.k_proj."),
      new Rule("transformer\\.h\\.(\\d+)\\.attn\\.c_v\\.", LAYER + "self_attn.v_proj."),
      new Rule("transformer\\.h\\.(\\d+)\\.attn\\.c_proj\\.", LAYER + "self_attn.o_proj."),
      new Rule("transformer\\.h\\.(\\d+)\\.mlp\\.c_fc\\.", LAYER + "mlp.fc1."),
      new Rule("transformer\\.h\\.(\\d+)\\.mlp\\.c_proj\\.", LAYER + "mlp.fc2."),
      new Rule("lm_head\\.", "lm_head."));

  private static final Rule VALUE_GATE = new Rule("transformer\\.h\\.(\\d+)\\.attn\\.ve_gate\\.", LAYER + "self_attn.ve_gate.");

  private ParameterNames() {}

  /// Whether NanoChatForCausalLM has this parameter.
  static boolean isKnown(String name) {
    return RULES.stream().anyMatch(rule -> name.matches(rule.ours + ".*"));
  }

  /// The name there; a parameter that is not known there stands below `model.`, too.
  static String of(String name) {
    Rule rule = RULES.stream().filter(r -> name.matches(r.ours + ".*")).findFirst()
        .orElse(name.matches(VALUE_GATE.ours + ".*") ? VALUE_GATE : new Rule("^", "model."));
    return name.replaceFirst(rule.ours, rule.theirs);
  }
}
