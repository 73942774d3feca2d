package org.teenygrad.nanochat.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NanochatTokenizerTest {
  private static final NanochatTokenizer TOKENIZER =
      new TokenizerTrainer(290).train(Stream.of("aaaaaaa banana bandana 你好 你好 ababab    caab", "naïve 123 1234").iterator()).tokenizer();

  @Test
  void anyBytesComeBack() {
    Random random = new Random(3);
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      assertThat(TOKENIZER.decodeBytes(TOKENIZER.encodeBytes(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  void joinsTheSmallestTokenFirst() {
    Random random = new Random(4);
    for (int round = 0; round < 2000; round++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(25); length > 0; length--) {
        text.append("abnd".charAt(random.nextInt(4)));
      }
      assertThat(TOKENIZER.encode(text.toString())).as("%s", text).isEqualTo(joinedOneByOne(text.toString()));
    }
  }

  /// The definition, for a text that is one piece.
  private static int[] joinedOneByOne(String text) {
    if (text.isEmpty()) {
      return new int[0];
    }
    if (token(text) >= 0) {
      return new int[] {token(text)};
    }
    List<String> parts = new ArrayList<>(List.of(text.split("")));
    while (true) {
      int best = -1;
      for (int i = 0; i + 1 < parts.size(); i++) {
        int joined = token(parts.get(i) + parts.get(i + 1));
        if (joined >= 0 && (best < 0 || joined < token(parts.get(best) + parts.get(best + 1)))) {
          best = i;
        }
      }
      if (best < 0) {
        return parts.stream().mapToInt(NanochatTokenizerTest::token).toArray();
      }
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
  }

  private static int token(String text) {
    for (int token = 0; token < TOKENIZER.ordinarySize(); token++) {
      if (TOKENIZER.decode(token).equals(text)) {
        return token;
      }
    }
    return -1;
  }

  @Test
  void specialTokensInTextAreText() {
    int[] tokens = TOKENIZER.encode("<|bos|>");
    assertThat(tokens).hasSizeGreaterThan(1).doesNotContain(TOKENIZER.token(SpecialToken.BOS));
    assertThat(TOKENIZER.decode(TOKENIZER.token(SpecialToken.BOS))).isEqualTo("<|bos|>");
  }

  @Test
  void tokenBytesAddUpToTheText() {
    String text = "banana 你好 and more";
    int[] bytes = TOKENIZER.tokenBytes();
    int sum = 0;
    for (int token : TOKENIZER.encode(text)) {
      sum += bytes[token];
    }
    assertThat(sum).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    assertThat(bytes).hasSize(TOKENIZER.vocabularySize());
    assertThat(bytes[TOKENIZER.token(SpecialToken.OUTPUT_END)]).isZero();
  }

  @Test
  void filesOfBothKindsComeBack(@TempDir Path folder) throws IOException {
    for (String name : List.of("tokenizer.json", "tokenizer.tiktoken")) {
      Path file = folder.resolve(name);
      TokenizerFiles.write(TOKENIZER, file);
      NanochatTokenizer read = TokenizerFiles.read(file);
      assertThat(read.vocabularySize()).isEqualTo(290);
      for (int token = 0; token < 290; token++) {
        assertThat(read.decodeBytes(token)).as("%s: %d", name, token).isEqualTo(TOKENIZER.decodeBytes(token));
      }
    }
    assertThat(Files.readAllLines(folder.resolve("tokenizer.tiktoken"))).startsWith("AA== 0", "AQ== 1");
    assertThat(Files.readString(folder.resolve("tokenizer.json"))).contains("\"<|assistant_start|>\"", "\"Ġ\" : 32");
  }

  @Test
  void brokenFilesAreNamed(@TempDir Path folder) throws IOException {
    Path tiktoken = folder.resolve("a.tiktoken");
    Files.writeString(tiktoken, "AA== 0\nAQ== 2\n");
    assertThatIllegalArgumentException().isThrownBy(() -> TokenizerFiles.read(tiktoken))
        .withMessageEndingWith("a.tiktoken: line 2 must be base64, a space and 1");
    Path json = folder.resolve("tokenizer.json");
    Files.writeString(json, "{\"model\": {}}");
    assertThatIllegalArgumentException().isThrownBy(() -> TokenizerFiles.read(json)).withMessageContaining("nanochat's pattern");
    Files.writeString(json, "{");
    assertThatIllegalArgumentException().isThrownBy(() -> TokenizerFiles.read(json)).withMessageContaining("not JSON");
    assertThatIllegalArgumentException().isThrownBy(() -> TokenizerFiles.read(folder.resolve("none.json")))
        .withMessageContaining("tok-train");
    assertThatIllegalArgumentException().isThrownBy(() -> TokenizerFiles.read(folder.resolve("x.bin"))).withMessageContaining(".tiktoken");
    TokenizerFiles.write(TOKENIZER, json);
    Files.writeString(json, Files.readString(json).replace("<|user_end|>", "<|other|>"));
    assertThatIllegalArgumentException().isThrownBy(() -> TokenizerFiles.read(json)).withMessageContaining("<|user_end|>");
  }

  @Test
  void tokensBeyondTheVocabularyAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> TOKENIZER.decode(290)).withMessageContaining("290");
    assertThatIllegalArgumentException().isThrownBy(() -> TOKENIZER.decode(-1)).withMessageContaining("-1");
  }
}
