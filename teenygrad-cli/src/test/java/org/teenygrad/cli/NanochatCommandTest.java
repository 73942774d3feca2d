package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NanochatCommandTest {
  @TempDir Path folder;

  @Test
  void trainsAndComparesATokenizer() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    Path out = folder.resolve("deep").resolve("out");
    Teenygrad.Result trained = Teenygrad.run("nanochat", "tok-train", "--data", text.toString(), "--vocab-size", "280", "--out", out.toString());
    assertThat(trained.err()).isEmpty();
    assertThat(trained.status()).isZero();
    assertThat(trained.out()).contains("1 documents, 612 characters", "280 tokens in ", "tokenizer.json");
    assertThat(out.resolve("tokenizer.tiktoken")).isNotEmptyFile();

    Teenygrad.Result compared = Teenygrad.run("nanochat", "tok-eval", "--data", text.toString(), "--out", out.toString());
    assertThat(compared.err()).isEmpty();
    assertThat(compared.status()).isZero();
    assertThat(compared.out()).contains("vocabularies of 280 (ours), 50,257 (GPT-2) and 100,277 (GPT-4)");
    assertThat(compared.out().lines().map(line -> line.split(" ")[0])).containsSubsequence("news", "korean", "code", "math", "science", "data");
  }

  @Test
  void saysWhatIsMissingOrTooLarge() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), Teenygrad.TEXT);
    assertThat(Teenygrad.run("nanochat", "tok-train", "--data", text.toString(), "--out", folder.toString()).errLines())
        .singleElement().asString().startsWith("teenygrad: the text gives a vocabulary of ");
    assertThat(Teenygrad.run("nanochat", "tok-eval", "--out", folder.toString()).errLines())
        .singleElement().asString().contains("there is no tokenizer", "tok-train");
    assertThat(Teenygrad.run("nanochat", "tok-train").errLines()).singleElement().asString().contains("--data");
    assertThat(Teenygrad.run("nanochat").errLines()).singleElement().asString().contains("which stage?");
  }
}
