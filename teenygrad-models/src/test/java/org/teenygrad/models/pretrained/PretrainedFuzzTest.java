package org.teenygrad.models.pretrained;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.models.Jazzer;
import org.teenygrad.models.llama.GgufExport;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.llama.LlamaConfig;
import org.teenygrad.models.llama.Rope;
import org.teenygrad.state.GgufWriter;

/// What describes a model to others' programs: GGUF files with their vocabularies, tokenizer.json, chat templates and config.json. See [Jazzer].
@EnabledIfSystemProperty(named = "fuzz.seconds", matches = ".+", disabledReason = "a campaign")
class PretrainedFuzzTest {
  private static final int MAX_BYTES = 1 << 14;

  @TempDir Path folder;

  @Test
  void everyModelIsReadOrRefused() throws IOException, InterruptedException {
    LlamaConfig config = new LlamaConfig(PretrainedFuzzTarget.VOCABULARY, 2, 2, 1, 1, 1, 2, 64, 1e-6, Rope.of(1e4), false, false, true);
    Path gguf = folder.resolve("model.gguf");
    GgufExport.write(Llama.random(config, DType.FLOAT32), GgufWriter.Type.F32, GgufModelTest.bytes(), gguf);
    PretrainedExport.huggingFace(gguf, DType.FLOAT32, folder);
    Map<String, byte[]> seeds = new HashMap<>();
    for (PretrainedFuzzTarget.Part part : PretrainedFuzzTarget.Part.values()) {
      byte[] content = Files.readAllBytes(folder.resolve(part.fileName));
      byte[] seed = new byte[1 + content.length];
      seed[0] = (byte) part.ordinal();
      System.arraycopy(content, 0, seed, 1, content.length);
      assertThat(seed.length).as(part.fileName).isLessThan(MAX_BYTES);
      seeds.put(part.name(), seed);
    }
    assertThat(new Jazzer(PretrainedFuzzTarget.class, folder, "org.teenygrad.models.**", MAX_BYTES).run(seeds)).isGreaterThan(500);
  }
}
