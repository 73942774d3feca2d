package org.teenygrad.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.data.Tokenizer;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.state.FileException;
import org.teenygrad.state.TensorFile;

class GgufTokenizerTest {
  private static ConfigFile metadata(Map<String, Object> facts) {
    return ConfigFile.of(facts);
  }

  /// Characters merge to the token of the highest score, from the left; what has no token is bytes.
  @Test
  void scoresSayWhatMerges() {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    for (int b = 0; b < 256; b++) {
      tokens.add(String.format(Locale.ROOT, "<0x%02X>", b));
    }
    int first = tokens.size();
    List<Object> scores = new ArrayList<>(Collections.nCopies(first, (Object) 0.0));
    for (String token : List.of("▁", "a", "b", "c", "ab", "bc", "▁a", "abc")) {
      tokens.add(token);
    }
    scores.addAll(List.of(-10.0, -11.0, -12.0, -13.0, -2.0, -1.0, -3.0, -4.0));
    List<Object> kinds = new ArrayList<>(Collections.nCopies(tokens.size(), (Object) 1L));
    kinds.set(0, 2L);
    kinds.set(1, 3L);
    kinds.set(2, 3L);
    VocabularyTokenizer tokenizer = GgufTokenizer.of(metadata(Map.of(
        "tokenizer.ggml.model", "llama", "tokenizer.ggml.tokens", tokens, "tokenizer.ggml.scores", scores, "tokenizer.ggml.token_type", kinds,
        "tokenizer.ggml.bos_token_id", 1L)), tokens.size());
    assertThat(tokenizer.beginning()).containsExactly(1);
    // bc merges before ab does, ▁a after it.
    assertThat(tokenizer.encode("abc")).containsExactly(first + 6, first + 5);
    assertThat(tokenizer.encode("ab")).containsExactly(first, first + 4);
    assertThat(tokenizer.encode("é")).containsExactly(first, 3 + 0xC3, 3 + 0xA9);
    assertThat(tokenizer.decode(tokenizer.encode("abc é a"))).isEqualTo("abc é a");
    assertThat(tokenizer.encodeWithSpecial("</s>a")).containsExactly(2, first + 6);
  }

  /// The longest token that fits, marked where it begins a word; a word with a part that is no token is unknown.
  @Test
  void wordsBecomeTheLongestPieces() {
    List<String> tokens = List.of("[UNK]", "[CLS]", "▁app", "el", "le", "▁a", "▁,", "▁\u4e2d", "p");
    VocabularyTokenizer tokenizer = GgufTokenizer.of(metadata(Map.of(
        "tokenizer.ggml.model", "bert", "tokenizer.ggml.tokens", tokens, "tokenizer.ggml.token_type", List.of(2L, 3L, 1L, 1L, 1L, 1L, 1L, 1L, 1L),
        "tokenizer.ggml.bos_token_id", 1L, "tokenizer.ggml.unknown_token_id", 0L)), tokens.size());
    assertThat(tokenizer.beginning()).containsExactly(1);
    assertThat(tokenizer.encode("\u00c4ppel, apple")).containsExactly(2, 3, 6, 2, 4);
    assertThat(tokenizer.encode("a\u4e2da axe ap\u200b")).containsExactly(5, 7, 5, 0, 5, 8);
    assertThat(tokenizer.decode(tokenizer.encode("appel apple"))).isEqualTo("appel apple");
  }

  /// llama.cpp's own tests: `-Dgguf.vocabularies=FOLDER` with `ggml-vocab-NAME.gguf`, `NAME.inp` and `NAME.out`.
  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-spm", "deepseek-coder", "falcon", "starcoder", "bert-bge"})
  void textsBecomeTheTokensOfLlamaCpp(String name) throws IOException {
    String folder = System.getProperty("gguf.vocabularies", "");
    assumeTrue(!folder.isEmpty() && Files.exists(Path.of(folder, name + ".inp")), "no -Dgguf.vocabularies with " + name);
    ConfigFile metadata = metadata(Path.of(folder, "ggml-vocab-" + name + ".gguf"), name);
    String[] texts = Files.readString(Path.of(folder, name + ".inp")).split("\n__ggml_vocab_test__\n", -1);
    List<String> expected = Files.readAllLines(Path.of(folder, name + ".out"));
    VocabularyTokenizer tokenizer = GgufTokenizer.of(metadata, metadata.list("tokenizer.ggml.tokens").size());
    for (int i = 0; i < expected.size(); i++) {
      int[] tokens = Arrays.stream(expected.get(i).trim().split(" +")).filter(token -> !token.isEmpty()).mapToInt(Integer::parseInt).toArray();
      assertThat(tokenizer.encode(texts[i])).as("'%s'", texts[i]).containsExactly(tokens);
    }
  }

  /// Of the file; where that is not whole, GPT-2's vocabulary that we have.
  private static ConfigFile metadata(Path vocabulary, String name) {
    try (TensorFile file = TensorFile.open(vocabulary)) {
      return ConfigFile.of(file.metadata());
    } catch (FileException e) {
      assumeTrue(name.equals("gpt-2"), String.valueOf(e.getMessage()));
      return ConfigFile.of(gpt2());
    }
  }

  /// A merge for each token of several bytes, in their order.
  private static Map<String, Object> gpt2() {
    Tokenizer gpt2 = Tokenizer.gpt2();
    List<String> tokens = new ArrayList<>();
    Map<String, Integer> vocabulary = new HashMap<>();
    for (int token = 0; token < gpt2.vocabularySize(); token++) {
      StringBuilder text = new StringBuilder();
      for (byte b : gpt2.decodeBytes(token)) {
        text.append(ByteCharacters.of(b));
      }
      tokens.add(text.toString());
      vocabulary.put(text.toString(), token);
    }
    List<String> merges = new ArrayList<>();
    PairTable table = new PairTable(tokens.size());
    BytePairEncoding encoding = new BytePairEncoding(vocabulary, table, new int[0], -1, false, false);
    for (int token = 256; token < tokens.size() - 1; token++) {
      List<Integer> pair = new ArrayList<>();
      encoding.encode(tokens.get(token), pair::add);
      merges.add(tokens.get(pair.getFirst()) + " " + tokens.get(pair.getLast()));
      table.add(pair.getFirst(), pair.getLast(), token, token);
    }
    return Map.of("tokenizer.ggml.model", "gpt2", "tokenizer.ggml.pre", "gpt-2", "tokenizer.ggml.tokens", tokens, "tokenizer.ggml.merges", merges);
  }
}
