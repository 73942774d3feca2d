package org.teenygrad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KernelsCommandTest {
  @TempDir private Path folder;

  @Test
  void theListOfGraphsIsTheSameEachTimeAndHasEveryTarget() throws IOException {
    List<String> first = list("gelu,matmul_bfloat16_333x77x203,attention");
    assertThat(first).isEqualTo(list("gelu,matmul_bfloat16_333x77x203,attention"));
    assertThat(first).anyMatch(line -> line.startsWith("cpu gelu map_"))
        .anyMatch(line -> line.startsWith("sm_80 matmul_bfloat16_333x77x203 contract_") && line.endsWith("contract 333x77x203"))
        .anyMatch(line -> line.startsWith("sm_90 attention attention_"));
  }

  @Test
  void anUnknownGraphIsNamedWithThoseThatThereAre() {
    StringWriter said = new StringWriter();
    CommandLine command = Main.command().setErr(new PrintWriter(said));
    assertThat(command.execute("kernels", "--only", "gelo")).isEqualTo(1);
    assertThat(said.toString()).contains("no graph 'gelo'").contains("gelu").contains("step_gpt2");
  }

  private List<String> list(String only) throws IOException {
    Path file = folder.resolve("kernels.txt");
    assertThat(Main.command().execute("kernels", "--only", only, "--out", file.toString())).isZero();
    return Files.readAllLines(file);
  }
}
