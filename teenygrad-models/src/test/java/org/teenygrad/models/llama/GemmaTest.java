package org.teenygrad.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.state.GgufWriter;
import org.teenygrad.state.GgufWriter.Entry;
import org.teenygrad.state.GgufWriter.Type;
import org.teenygrad.state.State;
import org.teenygrad.state.TensorFile;

/// Against `gemma-golden.txt`, which `gemma-golden.py` beside it made.
class GemmaTest {
  private static final int[] IDS = {3, 1, 4, 1, 5, 9, 2, 6, 22, 0};

  private static final String SIZES = """
      {"vocab_size": 23, "hidden_size": 12, "intermediate_size": 20, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6,
       "max_position_embeddings": 64, "hidden_activation": "gelu_pytorch_tanh", "rms_norm_eps": 1e-6, "model_type": "%s", %s}""";

  private static final Map<String, String> CONFIGS = Map.of(
      "gemma", "\"num_hidden_layers\": 2",
      "gemma2", """
          "num_hidden_layers": 2, "sliding_window": 3, "query_pre_attn_scalar": 9, "attn_logit_softcapping": 2.0, "final_logit_softcapping": 3.0,
          "layer_types": ["sliding_attention", "full_attention"]""",
      "gemma3_text", """
          "num_hidden_layers": 6, "sliding_window": 3, "query_pre_attn_scalar": 9, "rope_theta": 1e6, "rope_local_base_freq": 100,
          "rope_scaling": {"rope_type": "linear", "factor": 8.0}, "sliding_window_pattern": 6""");

  @TempDir Path folder;

  /// The formula of `gemma-golden.py`.
  private static Tensor weight(String name, int... shape) {
    int phase = 0;
    for (int i = 0; i < name.length(); i++) {
      phase += name.charAt(i) * (i + 1);
    }
    float[] values = new float[(int) Shape.of(shape).elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((name.endsWith("norm.weight") ? 0.1 : 0.4) * StrictMath.sin((double) i * i * 0.37 + phase % 1000));
    }
    return Tensor.of(values, shape);
  }

  private static float[] golden(String type) throws IOException {
    try (InputStream file = Objects.requireNonNull(GemmaTest.class.getResourceAsStream("gemma-golden.txt"))) {
      String line = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().filter(each -> each.startsWith(type + " ")).findFirst().orElseThrow();
      String[] words = line.split(" ");
      float[] values = new float[words.length - 1];
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.parseFloat(words[i + 1]);
      }
      return values;
    }
  }

  private Path config(String type) throws IOException {
    return Files.writeString(folder.resolve("config.json"), SIZES.formatted(type, Objects.requireNonNull(CONFIGS.get(type))));
  }

  private Gemma model(String type) throws IOException {
    return Gemma.of(GemmaConfig.read(config(type)), Gemma.onePlus(GemmaTest::weight));
  }

  private static float[] scores(Gemma model, int... ids) {
    return Tensor.noGrad(() -> model.forward(Tensor.of(ids, 1, ids.length))).toFloatArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemma", "gemma2", "gemma3_text"})
  void scoresArePyTorchs(String type) throws IOException {
    assertThat(scores(model(type), IDS)).containsExactly(golden(type), within(3e-5f));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemma", "gemma2", "gemma3_text"})
  void aFolderHasTheSame(String type) throws IOException {
    Gemma model = model(type);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Gemma.of(GemmaConfig.read(config(type)), (name, shape) -> {
      weights.put(name, weight(name, shape));
      return weight(name, shape);
    });
    State.save(folder.resolve("model.safetensors"), weights);
    assertThat(scores(Gemma.load(folder), IDS)).containsExactly(scores(model, IDS));
  }

  /// Windows and limits hold where keys are kept, too.
  @ParameterizedTest
  @ValueSource(strings = {"gemma", "gemma2", "gemma3_text"})
  void aTokenAtATimeIsThePassOverAll(String type) throws IOException {
    Gemma model = model(type);
    List<GeneratedToken> tokens = Engine.of(model, 1).generate(List.of(Request.of(new int[] {3, 1, 4, 1, 5}, 6, Sampling.GREEDY))).getFirst().tokens();
    int[] text = {3, 1, 4, 1, 5, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < 6; i++) {
      float[] all = scores(model, Arrays.copyOf(text, 5 + i));
      int best = 0;
      for (int token = 1; token < 23; token++) {
        best = all[(4 + i) * 23 + token] > all[(4 + i) * 23 + best] ? token : best;
      }
      assertThat(tokens.get(i).token()).isEqualTo(best);
      text[5 + i] = best;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6})
  void whatIsWrittenForLlamaCppIsReadAgain(int pattern) {
    Tensor.manualSeed(3);
    LlamaConfig llama = new LlamaConfig(23, 12, 20, pattern, 4, 2, 6, 64, 1e-6, Rope.of(1e4), false, pattern == 6, pattern != 2);
    boolean isFirst = pattern == 1;
    Gemma model = Gemma.random(new GemmaConfig(llama, !isFirst, isFirst ? 64 : 3, pattern, 1e4, 1 / Math.sqrt(6), pattern == 2 ? 2 : 0, pattern == 2 ? 3 : 0), DType.FLOAT32);
    Path path = folder.resolve("gemma.gguf");
    GgufExport.write(model, Type.F32, Map.of(), path);
    try (TensorFile file = TensorFile.open(path)) {
      Gemma read = Gemma.read(file, ConfigFile.of(file.metadata()));
      assertThat(read.config()).usingRecursiveComparison().withComparatorForType((a, b) -> Math.abs(a - b) < 1e-6 ? 0 : 1, Double.class).isEqualTo(model.config());
      assertThat(scores(read, IDS)).containsExactly(scores(model, IDS), within(1e-6f));
    }
  }

  @Test
  void whatLlamaCppWouldComputeOtherwiseIsNotWritten() throws IOException {
    Gemma model = model("gemma2"); // scaled by 9 instead of a head's 6
    assertThatThrownBy(() -> GgufExport.write(model, Type.F32, Map.of(), folder.resolve("gemma.gguf")))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("llama.cpp has no Gemma in which").hasMessageContaining("attention's scale 0.333");
    assertThat(folder.resolve("gemma.gguf")).doesNotExist();
  }

  /// llama.cpp's names, its keys, and the 1 in the norms' weights.
  @Test
  void aGgufFileHasTheSame() throws IOException {
    Map<String, Entry> tensors = new LinkedHashMap<>();
    Gemma.of(GemmaConfig.read(config("gemma3_text")), (name, shape) -> {
      String theirs = GgufNames.of(name.replace("post_attention_layernorm", "post_attention_norm"));
      Tensor value = weight(name, shape);
      tensors.put(theirs, new Entry(name.endsWith("norm.weight") ? value.add(1) : value, Type.F32));
      return value;
    });
    Map<String, Object> metadata = new LinkedHashMap<>(Map.of(
        "general.architecture", "gemma3", "gemma3.context_length", 64, "gemma3.embedding_length", 12, "gemma3.block_count", 6, "gemma3.feed_forward_length", 20,
        "gemma3.attention.head_count", 4, "gemma3.attention.head_count_kv", 2, "gemma3.attention.key_length", 6, "gemma3.attention.sliding_window", 3));
    metadata.putAll(Map.of("gemma3.attention.layer_norm_rms_epsilon", 1e-6, "gemma3.rope.freq_base", 1e6, "gemma3.rope.scaling.type", "linear", "gemma3.rope.scaling.factor", 8.0));
    Path path = folder.resolve("gemma3.gguf");
    GgufWriter.write(path, metadata, tensors);
    try (TensorFile file = TensorFile.open(path)) {
      Gemma read = Gemma.read(file, ConfigFile.of(file.metadata()));
      GemmaConfig shape = read.config();
      Gemma expected = Gemma.of(new GemmaConfig(shape.llama(), true, 2, 6, 1e4, 1 / Math.sqrt(6), 0, 0), Gemma.onePlus(GemmaTest::weight));
      assertThat(shape).isEqualTo(expected.config());
      assertThat(scores(read, IDS)).containsExactly(scores(expected, IDS), within(1e-6f));
    }
  }

  @Test
  void whatItIsNotIsRefused() throws IOException {
    Path file = config("gemma2");
    Files.writeString(file, Files.readString(file).replace("[\"sliding_attention\"", "[\"full_attention\""));
    assertThatThrownBy(() -> GemmaConfig.read(file)).hasMessageContaining("its layer 0 has full_attention, which is not one in 2");
    Files.writeString(file, Files.readString(file).replace("gemma2", "gemma9"));
    assertThatThrownBy(() -> GemmaConfig.read(file)).hasMessageContaining("its model_type is 'gemma9', but this model is gemma, gemma2 or gemma3_text");
  }
}
