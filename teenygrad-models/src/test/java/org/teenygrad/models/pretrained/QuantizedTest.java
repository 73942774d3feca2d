package org.teenygrad.models.pretrained;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.models.llama.GgufExport;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.llama.LlamaConfig;
import org.teenygrad.models.llama.Rope;
import org.teenygrad.state.GgufWriter.Type;

class QuantizedTest {
  private static final LlamaConfig CONFIG = new LlamaConfig(512, 256, 512, 1, 4, 2, 64, 64, 1e-6, Rope.of(1e4), false, true, true);

  private static Tensor scores(CausalModel model) {
    return model.scores(model.hidden(Tensor.of(new int[] {1, 7, 42, 280}, 1, 4), null, KeyValues.CAUSAL));
  }

  /// What is quantised in memory computes what a file of the same blocks does, and never writes its weights out.
  @Test
  void aModelInMemoryIsThatOfAFile(@TempDir Path folder) {
    Tensor.manualSeed(8);
    Llama model = Llama.random(CONFIG, DType.FLOAT32);
    GgufExport.write(model, Type.Q8_0, GgufModelTest.bytes(), folder.resolve("model.gguf"));
    Quantized quantized = Quantized.of(model, Type.Q8_0);
    assertThat(quantized.error()).isBetween(0.001, 0.01);
    Tensor scores = scores(quantized.model());
    Profile profile = Profile.of(scores::realize);
    assertThat(profile.schedules()).singleElement().extracting(Profile.Making::workspaceBytes).satisfies(bytes -> assertThat(bytes).isLessThan(4 * 512 * 4 * 10L));
    assertThat(scores.toFloatArray()).usingComparatorWithPrecision(1e-5f).containsExactly(scores(Pretrained.read(folder.resolve("model.gguf")).model()).toFloatArray());
    assertThat(List.of(Type.F16, Type.Q4_K)).allSatisfy(type -> assertThat(Quantized.of(model, type).error()).isLessThan(0.1));
  }
}
