package org.teenygrad.models.pretrained;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.llama.Gemma;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.nanogpt.GgufGpt;
import org.teenygrad.models.tokenizer.GgufTokenizer;
import org.teenygrad.models.tokenizer.VocabularyTokenizer;
import org.teenygrad.state.FileException;
import org.teenygrad.state.TensorFile;

/// Reads GGUF files with a model: hyperparameters, tokenizer and chat template are in their metadata.
final class GgufModel {
  private static final String KIND = "a GGUF file with a model";

  /// As llama.cpp's programs choose tokens.
  private static final Sampling SAMPLING = new Sampling(0.8, 40, 0.95, 0);

  /// Special tokens that end an answer whatever the metadata say.
  private static final Set<String> TURN_ENDS =
      Set.of("<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|eom_id|>");

  private GgufModel() {}

  static Pretrained read(Path path) {
    try (TensorFile file = TensorFile.open(path)) {
      if (file.format() != TensorFile.Format.GGUF) {
        throw FileException.malformed(path, KIND, "it is " + file.format());
      }
      ConfigFile metadata = ConfigFile.of(file.metadata());
      CausalModel model = switch (metadata.text("general.architecture", "")) {
        case "gpt2" -> GgufGpt.read(file, metadata);
        case "llama", "qwen2", "qwen3" -> Llama.read(file, metadata);
        case "gemma", "gemma2", "gemma3" -> Gemma.read(file, metadata);
        case String other -> throw new IllegalArgumentException("its architecture is '" + other + "'; there are gpt2, llama, qwen2, qwen3, gemma, gemma2 and gemma3");
      };
      VocabularyTokenizer tokenizer = GgufTokenizer.of(metadata, model.vocabSize());
      String name = String.valueOf(path.getFileName()).replaceFirst("\\.gguf$", "");
      String template = metadata.text("tokenizer.chat_template", "");
      return new Pretrained(
          name, model, tokenizer, tokenizer.beginning(), ends(tokenizer, metadata),
          template.isEmpty() ? null : ChatTemplate.of(path, tokenizer, template, specials(metadata)), SAMPLING);
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(path, KIND, String.valueOf(e.getMessage()));
    }
  }

  private static int[] ends(VocabularyTokenizer tokenizer, ConfigFile metadata) {
    TreeSet<Integer> ends = new TreeSet<>();
    for (String name : List.of("eos", "eot", "eom")) {
      metadata.number("tokenizer.ggml." + name + "_token_id").ifPresent(token -> {
        if (token >= 0 && token < tokenizer.vocabularySize()) {
          ends.add((int) token);
        }
      });
    }
    TURN_ENDS.forEach(text -> tokenizer.token(text).stream().filter(tokenizer::isSpecial).forEach(ends::add));
    return ends.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Map<String, String> specials(ConfigFile metadata) {
    List<?> tokens = metadata.list("tokenizer.ggml.tokens");
    Map<String, String> specials = new HashMap<>();
    Stream.of("bos", "eos", "unknown", "padding").forEach(name -> metadata.number("tokenizer.ggml." + name + "_token_id").ifPresent(token -> {
      if (token >= 0 && token < tokens.size()) {
        specials.put(name.replace("unknown", "unk").replace("padding", "pad") + "_token", String.valueOf(tokens.get((int) token)));
      }
    }));
    return specials;
  }
}
