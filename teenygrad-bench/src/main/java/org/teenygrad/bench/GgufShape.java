package org.teenygrad.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.llama.Gemma;
import org.teenygrad.models.llama.GemmaConfig;
import org.teenygrad.models.llama.GgufExport;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.llama.LlamaConfig;
import org.teenygrad.models.llama.Rope;
import org.teenygrad.state.GgufWriter;

/// Models with random weights whose GGUF files are measured.
enum GgufShape {
  /// About 0.1 billion weights in Llama's shape.
  SMALL(new LlamaConfig(32_000, 768, 2048, 12, 12, 4, 64, 2048, 1e-5, Rope.of(1e4), false, false, true)),
  /// 0.5 billion.
  QWEN2(LlamaConfig.QWEN2_0_5B),
  /// 0.6 billion.
  QWEN3(LlamaConfig.QWEN3_0_6B),
  /// About 0.1 billion in Gemma 3's shape: two layers in twelve see more than 511 tokens.
  GEMMA3(new LlamaConfig(32_000, 640, 2048, 12, 4, 1, 256, 2048, 1e-6, Rope.of(1e6), false, true, true));

  private static final int BYTES = 256;

  /// How many tokens a query of most of Gemma's layers sees before its own, and each how many layers one sees all.
  private static final int GEMMA_WINDOW = 511;
  private static final int GEMMA_PATTERN = 6;

  private final LlamaConfig config;

  GgufShape(LlamaConfig config) {
    this.config = config;
  }

  /// A model with weights from the shared random numbers.
  CausalModel random() {
    return this == GEMMA3
        ? Gemma.random(new GemmaConfig(config, true, GEMMA_WINDOW, GEMMA_PATTERN, 1e4, 1 / Math.sqrt(config.headDim()), 0, 0), DType.FLOAT32)
        : Llama.random(config, DType.FLOAT32);
  }

  static void write(CausalModel model, GgufWriter.Type type, Path file) {
    Map<String, Object> vocabulary = vocabulary(model.vocabSize());
    if (model instanceof Gemma gemma) {
      GgufExport.write(gemma, type, vocabulary, file);
    } else {
      GgufExport.write((Llama) model, type, vocabulary, file);
    }
  }

  /// Names for all tokens: those of bytes, one merge, and numbers.
  private static Map<String, Object> vocabulary(int size) {
    List<String> tokens = new ArrayList<>();
    char spare = 0x100;
    for (char b = 0; b < BYTES; b++) {
      boolean isPrintable = b > 0x20 && b < 0x7F || b > 0xA0 && b != 0xAD;
      tokens.add(String.valueOf(isPrintable ? b : spare++));
    }
    tokens.add("he");
    while (tokens.size() < size) {
      tokens.add("t" + tokens.size());
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("tokenizer.ggml.model", "gpt2");
    metadata.put("tokenizer.ggml.pre", "gpt-2");
    metadata.put("tokenizer.ggml.tokens", tokens);
    metadata.put("tokenizer.ggml.token_type", Collections.nCopies(size, 1));
    metadata.put("tokenizer.ggml.merges", List.of("h e"));
    metadata.put("tokenizer.ggml.bos_token_id", 0);
    metadata.put("tokenizer.ggml.eos_token_id", 0);
    return metadata;
  }
}
