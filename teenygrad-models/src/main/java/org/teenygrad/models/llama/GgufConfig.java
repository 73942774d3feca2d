package org.teenygrad.models.llama;

import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.nn.RotaryEmbedding.Pairs;
import org.teenygrad.state.TensorFile;

/// Reads the shape of a [Llama] from a GGUF file: from its metadata, and from which tensors there are.
final class GgufConfig {
  private static final String FREQUENCY_FACTORS = "rope_freqs.weight";

  private GgufConfig() {}

  /// @throws IllegalArgumentException if it is of a model that this one cannot be
  static LlamaConfig of(TensorFile tensors, ConfigFile file) {
    Map<String, Shape> shapes = tensors.shapes();
    String architecture = file.text("general.architecture", "");
    String prefix = architecture + ".";
    int heads = file.size(prefix + "attention.head_count");
    int hidden = file.size(prefix + "embedding_length");
    int headDim = file.size(prefix + "attention.key_length", hidden / heads);
    file.require(prefix + "attention.value_length", (double) headDim);
    file.require(prefix + "rope.dimension_count", (double) headDim);
    if (file.number(prefix + "expert_count", 0) > 0) {
      throw new IllegalArgumentException("it is a mixture of experts, which this model is not");
    }
    Shape embedding = shapes.get("token_embd.weight");
    if (embedding == null || embedding.rank() != 2) {
      throw new IllegalArgumentException("its token_embd.weight is " + (embedding == null ? "not there" : embedding));
    }
    return new LlamaConfig(
        embedding.size(0),
        hidden,
        file.size(prefix + "feed_forward_length"),
        file.size(prefix + "block_count"),
        heads,
        file.size(prefix + "attention.head_count_kv", heads),
        headDim,
        file.size(prefix + "context_length"),
        file.number(prefix + "attention.layer_norm_rms_epsilon", 1e-6),
        // llama.cpp has Llama's rows of queries and keys as Meta published them, those of others as Hugging Face has them.
        new Rope(file.number(prefix + "rope.freq_base", 1e4), scaling(tensors, file, prefix + "rope.scaling."),
            architecture.equals("llama") ? Pairs.INTERLEAVED : Pairs.HALVES),
        shapes.containsKey("blk.0.attn_q.bias"),
        shapes.containsKey("blk.0.attn_q_norm.weight"),
        !shapes.containsKey("output.weight"));
  }

  private static Rope.Scaling scaling(TensorFile tensors, ConfigFile file, String prefix) {
    @Nullable Shape factors = tensors.shapes().get(FREQUENCY_FACTORS);
    if (factors != null) {
      float[] by = tensors.tensor(FREQUENCY_FACTORS).toFloatArray();
      return new Rope.Factors(IntStream.range(0, by.length).mapToObj(i -> (double) by[i]).toList());
    }
    return switch (file.text(prefix + "type", "none")) {
      case "none" -> new Rope.Unscaled();
      case "linear" -> new Rope.Linear(file.number(prefix + "factor", 1));
      case String other -> throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its positions are scaled by '%s', but this model has none, linear and factors", other));
    };
  }
}
