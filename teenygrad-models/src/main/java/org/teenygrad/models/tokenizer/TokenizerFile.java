package org.teenygrad.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.tokenizer.AddedTokens.Added;
import org.teenygrad.state.FileException;

/// Reads Hugging Face's `tokenizer.json`.
public final class TokenizerFile {
  private static final int MAX_BYTES = 1 << 27;
  private static final int MAX_TOKENS = 1 << 24;

  private TokenizerFile() {}

  /// @param size tokens that the model has; those behind the vocabulary's stand for nothing
  /// @throws FileException if the file cannot be read, or has a part that there is none of here
  public static VocabularyTokenizer read(Path file, int size) {
    return ConfigFile.read(file, MAX_BYTES, "a tokenizer", json -> of(json, size));
  }

  private static VocabularyTokenizer of(ConfigFile json, int size) {
    ConfigFile model = json.object("model");
    ConfigFile vocab = model == null ? null : model.object("vocab");
    String type = model == null ? "" : model.text("type", "BPE");
    if (model == null || vocab == null || !type.equals("BPE") && !type.equals("WordPiece")) {
      throw new IllegalArgumentException("its model is " + (model == null ? "not there" : model.text("type", "without vocab")) + ", not BPE or WordPiece");
    }
    Map<String, Integer> vocabulary = new HashMap<>();
    vocab.values().forEach((text, token) -> vocabulary.put(text, token(token)));
    List<Added> added = json.objects("added_tokens").stream().map(TokenizerFile::added).toList();
    return type.equals("BPE") ? ofPairs(json, model, vocabulary, added, size) : ofWords(json, model, vocabulary, added, size);
  }

  private static VocabularyTokenizer ofWords(ConfigFile json, ConfigFile model, Map<String, Integer> vocabulary, List<Added> added, int size) {
    Integer unknown = vocabulary.get(model.text("unk_token", "[UNK]"));
    if (unknown == null) {
      throw new IllegalArgumentException("it has no token for unknown words");
    }
    WordPiece words = new WordPiece(vocabulary, "", model.text("continuing_subword_prefix", "##"), unknown, model.size("max_input_chars_per_word", 100));
    return new VocabularyTokenizer(added, Normalizers.of(json.object("normalizer")), Splitter.of(json.object("pre_tokenizer")), words,
        bytes(vocabulary, added, words::shown, size), true, beginning(json.object("post_processor")));
  }

  private static VocabularyTokenizer ofPairs(ConfigFile json, ConfigFile model, Map<String, Integer> vocabulary, List<Added> added, int size) {
    for (String name : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.text(name, "").isEmpty()) {
        throw new IllegalArgumentException("it has a " + name + ", which no tokenizer here has");
      }
    }
    DecodedTokens decoded = DecodedTokens.of(json.object("decoder"));
    return new VocabularyTokenizer(
        added, Normalizers.of(json.object("normalizer")), Splitter.of(json.object("pre_tokenizer")), encoding(model, vocabulary),
        bytes(vocabulary, added, size, decoded::bytes), decoded.beginsWithSpace(), beginning(json.object("post_processor")));
  }

  private static int token(Object number) {
    if (number instanceof Double token && token == Math.rint(token) && token >= 0 && token < MAX_TOKENS) {
      return (int) (double) token;
    }
    throw new IllegalArgumentException("its token " + number + " is not a number of a token");
  }

  private static Added added(ConfigFile json) {
    return new Added(
        token(json.values().getOrDefault("id", "without id")), json.text("content", ""), json.truth("special", false), json.truth("single_word", false),
        json.truth("lstrip", false), json.truth("rstrip", false), json.truth("normalized", false));
  }

  private static BytePairEncoding encoding(ConfigFile model, Map<String, Integer> vocabulary) {
    PairTable merges = PairTable.of(model.list("merges"), vocabulary);
    Integer unknown = vocabulary.get(model.text("unk_token", ""));
    return new BytePairEncoding(
        vocabulary, merges, model.truth("byte_fallback", false) ? byteTokens(vocabulary) : new int[0], unknown == null ? -1 : unknown,
        model.truth("fuse_unk", false), model.truth("ignore_merges", false));
  }

  /// The token of each byte; empty where not all have one.
  static int[] byteTokens(Map<String, Integer> vocabulary) {
    int[] tokens = new int[256];
    for (int b = 0; b < tokens.length; b++) {
      Integer token = vocabulary.get(String.format(Locale.ROOT, "<0x%02X>", b));
      if (token == null) {
        return new int[0];
      }
      tokens[b] = token;
    }
    return tokens;
  }

  private static byte[][] bytes(Map<String, Integer> vocabulary, List<Added> added, UnaryOperator<String> shown, int size) {
    return bytes(vocabulary, added, size, text -> shown.apply(text).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[][] bytes(Map<String, Integer> vocabulary, List<Added> added, int size, Function<String, byte[]> decoded) {
    int most = size;
    for (int token : vocabulary.values()) {
      most = Math.max(most, token + 1);
    }
    for (Added each : added) {
      most = Math.max(most, each.token() + 1);
    }
    byte[][] bytes = new byte[most][0];
    vocabulary.forEach((text, token) -> bytes[token] = decoded.apply(text));
    added.forEach(each -> bytes[each.token()] = decoded.apply(each.content()));
    return bytes;
  }

  /// The special tokens that a `TemplateProcessing` puts before a text.
  private static int[] beginning(@Nullable ConfigFile processor) {
    List<Integer> tokens = new ArrayList<>();
    if (processor != null && processor.text("type", "").equals("Sequence")) {
      for (ConfigFile part : processor.objects("processors")) {
        Arrays.stream(beginning(part)).forEach(tokens::add);
      }
    } else if (processor != null && processor.text("type", "").equals("BertProcessing") && processor.list("cls").size() == 2) {
      tokens.add(token(processor.list("cls").getLast()));
    } else if (processor != null && processor.text("type", "").equals("TemplateProcessing")) {
      for (ConfigFile piece : processor.objects("single")) {
        ConfigFile special = piece.object("SpecialToken");
        if (special == null) {
          break;
        }
        ConfigFile known = processor.object("special_tokens");
        ConfigFile token = known == null ? null : known.object(special.text("id", ""));
        if (token == null) {
          throw new IllegalArgumentException("its post_processor does not say which token " + special.text("id", "") + " is");
        }
        token.list("ids").forEach(id -> tokens.add(token(id)));
      }
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }
}
