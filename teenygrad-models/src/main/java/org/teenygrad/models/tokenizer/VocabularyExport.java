package org.teenygrad.models.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.data.CharTokenizer;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;

/// Vocabularies for other programs: all become the metadata of a GGUF file, and these become Hugging Face's `tokenizer.json`.
///
/// ```java
/// Map<String, Object> metadata = VocabularyExport.ofCharacters(CharTokenizer.of("hello world"));
/// VocabularyExport.write(metadata, Path.of("exported"));
/// ```
public final class VocabularyExport {
  private static final String KEY = "tokenizer.ggml.";
  private static final int MAX_BYTES = 1 << 27;

  /// What a token is, as llama.cpp counts.
  private static final int NORMAL = 1;

  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;

  /// SentencePiece's space.
  private static final String SPACE = "\u2581";

  private VocabularyExport() {}

  /// Of characters: SentencePiece's without a merge.
  public static Map<String, Object> ofCharacters(CharTokenizer tokenizer) {
    List<String> tokens = tokenizer.vocabulary().codePoints().mapToObj(Character::toString).map(text -> text.replace(" ", SPACE)).toList();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put(KEY + "model", "llama");
    metadata.put(KEY + "tokens", tokens);
    metadata.put(KEY + "scores", tokens.stream().map(_ -> 0.0).toList());
    metadata.put(KEY + "token_type", tokens.stream().map(_ -> NORMAL).toList());
    metadata.put(KEY + "add_space_prefix", false);
    metadata.put(KEY + "add_bos_token", false);
    return metadata;
  }

  /// What a GGUF file has of it, ready to be written to another.
  /// @param metadata of the file, as it is read
  public static Map<String, Object> ofGguf(Map<String, Object> metadata) {
    Map<String, Object> kept = new LinkedHashMap<>();
    metadata.forEach((name, value) -> {
      if (name.startsWith("tokenizer.")) {
        kept.put(name, writable(value));
      }
    });
    return kept;
  }

  private static Object writable(Object value) {
    return switch (value) {
      case Long number -> Math.toIntExact(number);
      case List<?> list -> list.stream().map(VocabularyExport::writable).toList();
      default -> value;
    };
  }

  /// That of a folder of Hugging Face's: byte-pair encoding of bytes.
  /// @param size how many tokens the model has; those that are none of the vocabulary's get names that no text has
  /// @throws FileException if the files cannot be read, or the tokenizer is of another kind
  public static Map<String, Object> ofFolder(Path folder, int size) {
    Map<String, Object> metadata = ConfigFile.read(folder.resolve("tokenizer.json"), MAX_BYTES, "a tokenizer of byte-pair encoding of bytes", json -> ofBytes(json, size));
    TokenizerFile.read(folder.resolve("tokenizer.json"), size); // what cannot be read here is not written for others
    return metadata;
  }

  private static Map<String, Object> ofBytes(ConfigFile json, int size) {
    ConfigFile model = json.object("model");
    ConfigFile vocabulary = model == null ? null : model.object("vocab");
    if (model == null || vocabulary == null || !DecodedTokens.of(json.object("decoder")).byBytes()) {
      throw new IllegalArgumentException("it is none, and GGUF's of another kind need scores that tokenizer.json has not");
    }
    String[] tokens = new String[size];
    Integer[] kinds = new Integer[size];
    Arrays.setAll(tokens, token -> "[unused" + token + "]");
    Arrays.fill(kinds, UNUSED);
    vocabulary.values().forEach((text, token) -> put(tokens, kinds, token, text, NORMAL));
    json.objects("added_tokens").forEach(added -> put(tokens, kinds, added.values().getOrDefault("id", -1), added.text("content", ""),
        added.truth("special", false) ? CONTROL : USER_DEFINED));
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put(KEY + "model", "gpt2");
    metadata.put(KEY + "pre", PreTokenizer.name(json.object("pre_tokenizer")));
    metadata.put(KEY + "tokens", List.of(tokens));
    metadata.put(KEY + "token_type", List.of(kinds));
    metadata.put(KEY + "merges", model.list("merges").stream().map(merge -> merge instanceof List<?> pair ? pair.getFirst() + " " + pair.getLast() : merge).toList());
    return metadata;
  }

  private static void put(String[] tokens, Integer[] kinds, Object token, String text, int kind) {
    if (!(token instanceof Double number) || number < 0 || number >= tokens.length) {
      throw new IllegalArgumentException("its token " + token + " is none of the model's " + tokens.length);
    }
    tokens[(int) (double) number] = text;
    kinds[(int) (double) number] = kind;
  }

  /// Writes `tokenizer.json` and `tokenizer_config.json`.
  /// @param metadata of a GGUF file that [GgufTokenizer] takes
  /// @throws FileException if a file cannot be written
  /// @throws IllegalArgumentException if the tokenizer is of another kind
  public static void write(Map<String, Object> metadata, Path folder) {
    ConfigFile file = ConfigFile.of(metadata);
    List<String> tokens = file.list(KEY + "tokens").stream().map(String::valueOf).toList();
    List<?> kinds = file.list(KEY + "token_type");
    Map<String, Object> vocabulary = new LinkedHashMap<>();
    List<Map<String, Object>> added = new ArrayList<>();
    for (int token = 0; token < tokens.size(); token++) {
      int kind = token < kinds.size() && kinds.get(token) instanceof Number number ? number.intValue() : NORMAL;
      if (kind == CONTROL || kind == USER_DEFINED) {
        added.add(Map.of("id", token, "content", tokens.get(token), "special", kind == CONTROL, "single_word", false, "lstrip", false, "rstrip", false, "normalized", false));
      } else {
        vocabulary.put(tokens.get(token), token);
      }
    }
    boolean byBytes = switch (file.text(KEY + "model", "")) {
      case "gpt2" -> true;
      case "llama" -> false;
      case String other -> throw new IllegalArgumentException("its tokenizer is '" + other + "'; there are gpt2 and llama");
    };
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", "1.0");
    json.put("added_tokens", added);
    if (byBytes) {
      addBytes(json, file, vocabulary);
    } else {
      addCharacters(json, file, vocabulary, tokens);
    }
    AtomicFiles.write(folder.resolve("tokenizer.json"), JsonText.indented(json));
    AtomicFiles.write(folder.resolve("tokenizer_config.json"), JsonText.indented(configuration(file, tokens)));
  }

  private static void addBytes(Map<String, @Nullable Object> json, ConfigFile file, Map<String, Object> vocabulary) {
    String name = file.text(KEY + "pre", "default");
    Map<String, Object> toBytes = Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", false);
    List<Object> steps = new ArrayList<>();
    PreTokenizer.patterns(name).forEach(
        pattern -> steps.add(Map.of("type", "Split", "pattern", Map.of("Regex", pattern), "behavior", "Isolated", "invert", false)));
    steps.add(toBytes);
    json.put("normalizer", null);
    json.put("pre_tokenizer", Map.of("type", "Sequence", "pretokenizers", steps));
    json.put("decoder", toBytes);
    json.put("model", Map.of("type", "BPE", "vocab", vocabulary, "merges", file.list(KEY + "merges"), "byte_fallback", false, "ignore_merges", PreTokenizer.named(name).takesWhole()));
  }

  private static void addCharacters(Map<String, @Nullable Object> json, ConfigFile file, Map<String, Object> vocabulary, List<String> tokens) {
    boolean addsSpace = file.truth(KEY + "add_space_prefix", true);
    List<Object> normalizers = new ArrayList<>();
    if (addsSpace) {
      normalizers.add(Map.of("type", "Prepend", "prepend", SPACE));
    }
    normalizers.add(Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", SPACE));
    List<Object> decoders = new ArrayList<>(List.of(
        Map.of("type", "Replace", "pattern", Map.of("String", SPACE), "content", " "), Map.of("type", "ByteFallback"), Map.of("type", "Fuse")));
    if (addsSpace) {
      decoders.add(Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0));
    }
    json.put("normalizer", Map.of("type", "Sequence", "normalizers", normalizers));
    json.put("pre_tokenizer", null);
    json.put("decoder", Map.of("type", "Sequence", "decoders", decoders));
    Map<String, Object> model = new LinkedHashMap<>(Map.of("type", "BPE", "vocab", vocabulary, "merges", merges(file.list(KEY + "scores"), vocabulary), "byte_fallback", true, "fuse_unk", true));
    tokens.stream().filter("<unk>"::equals).findFirst().ifPresent(unknown -> model.put("unk_token", unknown));
    json.put("model", model);
  }

  /// All splits of a token into two others, those of the highest scores first.
  private static List<List<String>> merges(List<?> scores, Map<String, Object> vocabulary) {
    Map<Double, List<List<String>>> byScore = new TreeMap<>(Comparator.reverseOrder());
    vocabulary.forEach((text, token) -> {
      Double score = scores.get((Integer) token) instanceof Number number ? number.doubleValue() : 0.0;
      IntStream.range(1, text.length()).filter(at -> vocabulary.containsKey(text.substring(0, at)) && vocabulary.containsKey(text.substring(at)))
          .forEach(at -> byScore.computeIfAbsent(score, _ -> new ArrayList<>()).add(List.of(text.substring(0, at), text.substring(at))));
    });
    return byScore.values().stream().flatMap(List::stream).toList();
  }

  private static Map<String, Object> configuration(ConfigFile file, List<String> tokens) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    Map.of("bos", "bos", "eos", "eos", "unknown", "unk", "padding", "pad").forEach((ours, theirs) -> {
      double token = file.number(KEY + ours + "_token_id", -1);
      if (token >= 0 && token < tokens.size()) {
        config.put(theirs + "_token", tokens.get((int) token));
      }
    });
    config.put("add_bos_token", file.truth(KEY + "add_bos_token", file.text(KEY + "model", "").equals("llama")));
    String template = file.text("tokenizer.chat_template", "");
    if (!template.isEmpty()) {
      config.put("chat_template", template);
    }
    return config;
  }
}
