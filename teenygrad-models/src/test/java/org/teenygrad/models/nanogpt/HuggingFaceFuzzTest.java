package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.models.Jazzer;

/// Configurations for the weights of a small GPT-2. See [Jazzer].
class HuggingFaceFuzzTest {
  private static final int MAX_BYTES = 4096;

  @TempDir Path folder;

  @Test
  void everyConfigurationLoadsOrIsRefused() throws IOException, InterruptedException {
    Files.copy(HuggingFaceTest.resource("pytorch_model.bin"), folder.resolve("pytorch_model.bin"));
    Map<String, byte[]> seeds = Map.of("config.json", Files.readAllBytes(HuggingFaceTest.resource("config.json")));
    assertThat(new Jazzer(HuggingFaceFuzzTarget.class, folder, "org.teenygrad.models.**", MAX_BYTES).run(seeds))
        .as("places in the code that were reached").isGreaterThan(50);
  }
}
