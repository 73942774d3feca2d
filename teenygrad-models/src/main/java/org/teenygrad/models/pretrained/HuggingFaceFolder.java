package org.teenygrad.models.pretrained;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.teenygrad.data.Tokenizer;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.llama.Gemma;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.HuggingFace;
import org.teenygrad.models.tokenizer.TokenizerFile;
import org.teenygrad.models.tokenizer.VocabularyTokenizer;
import org.teenygrad.state.FileException;

/// Reads models in Hugging Face's folders, GPT-2, Gemma and those of Llama's shape.
final class HuggingFaceFolder {
  private static final int MAX_BYTES = 1 << 24;
  private static final int GPT2_END = 50256;

  private HuggingFaceFolder() {}

  static Pretrained read(Path folder) {
    String type = Pretrained.modelType(folder);
    boolean isGpt2 = type.equals("gpt2");
    CausalModel model = isGpt2 ? HuggingFace.gpt2(folder) : type.startsWith("gemma") ? Gemma.load(folder) : Llama.load(folder);
    Path vocabulary = folder.resolve("tokenizer.json");
    if (isGpt2 && !Files.exists(vocabulary)) {
      return new Pretrained("gpt2", model, Tokenizer.gpt2(), new int[] {GPT2_END}, new int[] {GPT2_END}, null, Gpt.SAMPLING);
    }
    VocabularyTokenizer tokenizer = TokenizerFile.read(vocabulary, model.vocabSize());
    ConfigFile config = optional(folder.resolve("tokenizer_config.json"));
    ConfigFile generation = optional(folder.resolve("generation_config.json"));
    Map<String, String> specials = specials(config);
    int[] ends = ends(tokenizer, specials, generation, optional(folder.resolve("config.json")));
    @Nullable String template = template(folder, config);
    return new Pretrained(
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()), model, tokenizer, beginning(tokenizer, specials, config), ends,
        template == null ? null : ChatTemplate.of(folder, tokenizer, template, specials), sampling(generation, isGpt2));
  }

  private static ConfigFile optional(Path file) {
    return Files.exists(file) ? ConfigFile.read(file, MAX_BYTES, "a configuration", config -> config) : new ConfigFile(Map.of());
  }

  private static Map<String, String> specials(ConfigFile config) {
    Map<String, String> specials = new LinkedHashMap<>();
    config.values().forEach((name, value) -> {
      if (name.endsWith("_token") && value instanceof String text) {
        specials.put(name, text);
      } else if (name.endsWith("_token") && value instanceof ConfigFile object && object.has("content")) {
        specials.put(name, object.text("content", ""));
      }
    });
    return specials;
  }

  /// What the tokenizer puts there; else `bos_token`, unless it is said not to be.
  private static int[] beginning(VocabularyTokenizer tokenizer, Map<String, String> specials, ConfigFile config) {
    int[] beginning = tokenizer.beginning();
    String first = specials.get("bos_token");
    return beginning.length > 0 || first == null || !config.truth("add_bos_token", true) ? beginning : tokenizer.token(first).stream().toArray();
  }

  /// `eos_token_id`, one or several, and `eos_token`.
  private static int[] ends(VocabularyTokenizer tokenizer, Map<String, String> specials, ConfigFile... configs) {
    TreeSet<Integer> ends = new TreeSet<>();
    for (ConfigFile config : configs) {
      List<Object> ids = new ArrayList<>(config.list("eos_token_id"));
      ids.add(config.values().getOrDefault("eos_token_id", ""));
      ids.forEach(id -> {
        if (id instanceof Double number && number >= 0 && number < tokenizer.vocabularySize()) {
          ends.add((int) (double) number);
        }
      });
    }
    if (specials.get("eos_token") instanceof String end) {
      tokenizer.token(end).ifPresent(ends::add);
    }
    return ends.stream().mapToInt(Integer::intValue).toArray();
  }

  /// The chat template of a folder, or null.
  static @Nullable String template(Path folder) {
    return template(folder, optional(folder.resolve("tokenizer_config.json")));
  }

  private static @Nullable String template(Path folder, ConfigFile config) {
    Path file = folder.resolve("chat_template.jinja");
    try {
      return Files.exists(file) ? Files.readString(file)
          : config.values().get("chat_template") instanceof String text ? text
          : config.objects("chat_template").stream().filter(each -> each.text("name", "").equals("default")).map(each -> each.text("template", ""))
              .findFirst().orElse(null);
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    }
  }

  private static Sampling sampling(ConfigFile config, boolean isGpt2) {
    if (config.values().isEmpty() && isGpt2) {
      return Gpt.SAMPLING;
    }
    return new Sampling(
        config.truth("do_sample", true) ? Math.max(0, config.number("temperature", 1)) : 0, (int) config.number("top_k", 0),
        Math.clamp(config.number("top_p", 1), Double.MIN_VALUE, 1), 0);
  }
}
