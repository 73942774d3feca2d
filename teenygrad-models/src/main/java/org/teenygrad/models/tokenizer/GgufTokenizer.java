package org.teenygrad.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.tokenizer.AddedTokens.Added;

/// Makes tokenizers of the metadata of GGUF files: `gpt2`, byte-pair encodings of bytes whose merges are listed, and `llama`,
/// SentencePiece's of characters, which merge to the token of the highest score, and `bert`, words of pieces.
public final class GgufTokenizer {
  private static final String KEY = "tokenizer.ggml.";

  /// What a token is, as llama.cpp counts.
  private static final int UNKNOWN = 2;

  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  private GgufTokenizer() {}

  /// @param size tokens that the model has; those behind the vocabulary's stand for nothing
  /// @throws IllegalArgumentException if the metadata have no tokenizer that there is here
  public static VocabularyTokenizer of(ConfigFile file, int size) {
    String model = file.text(KEY + "model", "");
    List<String> tokens = texts(file, KEY + "tokens");
    if (tokens.isEmpty() || tokens.size() > size) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "its vocabulary has %d tokens, and its model %d", tokens.size(), size));
    }
    int[] kinds = kinds(file, tokens.size());
    Map<String, Integer> vocabulary = new HashMap<>();
    List<Added> added = new ArrayList<>();
    for (int token = 0; token < tokens.size(); token++) {
      String text = tokens.get(token);
      vocabulary.put(text, token);
      if ((kinds[token] == CONTROL || kinds[token] == USER_DEFINED) && !text.isEmpty()) {
        added.add(new Added(token, text, kinds[token] == CONTROL, false, false, false, false));
      }
    }
    return switch (model) {
      case "gpt2" -> ofBytes(file, tokens, kinds, vocabulary, added, size);
      case "llama" -> ofCharacters(file, tokens, kinds, vocabulary, added, size);
      case "bert" -> ofWords(file, tokens, vocabulary, added, size);
      case String other -> throw new IllegalArgumentException("its tokenizer is '" + other + "'; there are gpt2, llama and bert");
    };
  }

  /// BERT's words, in lower case and without accents; those that begin one are marked.
  private static VocabularyTokenizer ofWords(ConfigFile file, List<String> tokens, Map<String, Integer> vocabulary, List<Added> added, int size) {
    int unknown = (int) file.number(KEY + "unknown_token_id", vocabulary.getOrDefault("[UNK]", 100));
    WordPiece words = new WordPiece(vocabulary, "▁", "", unknown, Integer.MAX_VALUE);
    byte[][] bytes = new byte[size][0];
    for (int token = 0; token < tokens.size(); token++) {
      bytes[token] = words.shown(tokens.get(token)).getBytes(StandardCharsets.UTF_8);
    }
    return new VocabularyTokenizer(added, Normalizers.bert(true, true, true, true), Splitter.bert(), words, bytes, true, beginning(file, true, size));
  }

  private static VocabularyTokenizer ofBytes(
      ConfigFile file, List<String> tokens, int[] kinds, Map<String, Integer> vocabulary, List<Added> added, int size) {
    PreTokenizer splitter = PreTokenizer.named(file.text(KEY + "pre", "default"));
    PairTable merges = PairTable.of(file.list(KEY + "merges"), vocabulary);
    BytePairEncoding encoding = new BytePairEncoding(vocabulary, merges, new int[0], -1, false, splitter.takesWhole());
    byte[][] bytes = new byte[size][0];
    for (int token = 0; token < tokens.size(); token++) {
      boolean isPlain = kinds[token] == CONTROL || kinds[token] == USER_DEFINED;
      bytes[token] = isPlain ? tokens.get(token).getBytes(StandardCharsets.UTF_8) : ByteCharacters.bytes(tokens.get(token));
    }
    return new VocabularyTokenizer(added, text -> text, splitter.splitter(), encoding, bytes, false, beginning(file, false, size));
  }

  private static VocabularyTokenizer ofCharacters(
      ConfigFile file, List<String> tokens, int[] kinds, Map<String, Integer> vocabulary, List<Added> added, int size) {
    boolean addsSpace = file.truth(KEY + "add_space_prefix", true);
    int unknown = unknown(kinds);
    BytePairEncoding encoding = new BytePairEncoding(
        vocabulary, ScoredMerges.of(tokens, numbers(file, KEY + "scores", tokens.size()), vocabulary), TokenizerFile.byteTokens(vocabulary), unknown, false, false);
    DecodedTokens decoded = new DecodedTokens(false, true, "▁", addsSpace);
    byte[][] bytes = new byte[size][0];
    for (int token = 0; token < tokens.size(); token++) {
      bytes[token] = decoded.bytes(tokens.get(token));
    }
    Splitter splitter = (text, _) -> List.of((addsSpace ? "▁" : "") + text.replace(' ', '▁'));
    return new VocabularyTokenizer(added, text -> text, splitter, encoding, bytes, addsSpace, beginning(file, true, size));
  }

  private static int unknown(int[] kinds) {
    for (int token = 0; token < kinds.length; token++) {
      if (kinds[token] == UNKNOWN) {
        return token;
      }
    }
    return -1;
  }

  private static int[] beginning(ConfigFile file, boolean byDefault, int size) {
    double first = file.number(KEY + "bos_token_id", -1);
    return file.truth(KEY + "add_bos_token", byDefault) && first >= 0 && first < size ? new int[] {(int) first} : new int[0];
  }

  private static List<String> texts(ConfigFile file, String name) {
    return file.list(name).stream().map(text -> {
      if (text instanceof String string) {
        return string;
      }
      throw new IllegalArgumentException("its " + name + " are not texts");
    }).toList();
  }

  /// All ordinary tokens where the file says nothing.
  private static int[] kinds(ConfigFile file, int count) {
    return file.has(KEY + "token_type") ? Arrays.stream(numbers(file, KEY + "token_type", count)).mapToInt(kind -> (int) kind).toArray() : new int[count];
  }

  private static double[] numbers(ConfigFile file, String name, int count) {
    double[] numbers = file.list(name).stream().mapToDouble(number -> number instanceof Number value ? value.doubleValue() : Double.NaN).toArray();
    if (numbers.length != count) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "it has %d %s for %d tokens", numbers.length, name, count));
    }
    return numbers;
  }
}
