package org.teenygrad.models.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;

/// Against `llama-golden.txt`, which `llama-golden.py` beside it made.
class LlamaTest {
  private static final int[] IDS = {3, 1, 4, 1, 5, 9, 2, 6, 22, 0};

  private static final Map<String, LlamaConfig> CONFIGS = Map.of(
      "llama", config(1e-5, new Rope(100, new Rope.Llama3(4, 1, 4, 16)), false, false, false),
      "qwen2", config(1e-6, Rope.of(1e6), true, false, true),
      "qwen3", config(1e-6, Rope.of(1e6), false, true, true));

  private static LlamaConfig config(double eps, Rope rope, boolean bias, boolean queryKeyNorm, boolean tied) {
    return new LlamaConfig(23, 12, 20, 2, 4, 2, 6, 64, eps, rope, bias, queryKeyNorm, tied);
  }

  private static LlamaConfig config(String type) {
    return Objects.requireNonNull(CONFIGS.get(type));
  }

  /// The formula of `llama-golden.py`.
  private static Tensor weight(String name, int... shape) {
    int phase = 0;
    for (int i = 0; i < name.length(); i++) {
      phase += name.charAt(i) * (i + 1);
    }
    float[] values = new float[(int) Shape.of(shape).elements()];
    for (int i = 0; i < values.length; i++) {
      double sine = StrictMath.sin((double) i * i * 0.37 + phase % 1000);
      values[i] = (float) (name.endsWith("norm.weight") ? 1 + 0.1 * sine : 0.4 * sine);
    }
    return Tensor.of(values, shape);
  }

  private static float[] golden(String type) throws IOException {
    try (InputStream file = Objects.requireNonNull(LlamaTest.class.getResourceAsStream("llama-golden.txt"))) {
      String line = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().filter(each -> each.startsWith(type)).findFirst().orElseThrow();
      String[] words = line.split(" ");
      float[] values = new float[words.length - 1];
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.parseFloat(words[i + 1]);
      }
      return values;
    }
  }

  private static Tensor scores(Llama model, int... ids) {
    return Tensor.noGrad(() -> model.forward(Tensor.of(ids, 1, ids.length)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void scoresArePyTorchs(String type) throws IOException {
    Llama model = Llama.of(config(type), LlamaTest::weight);
    assertThat(scores(model, IDS).toFloatArray()).containsExactly(golden(type), within(2e-5f));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void aTokenAtATimeIsThePassOverAll(String type) {
    Llama model = Llama.of(config(type), LlamaTest::weight);
    List<int[]> prompts = List.of(IDS, new int[] {7}, Arrays.copyOf(IDS, 5));
    List<Completion> completions =
        Engine.of(model, 4).generate(prompts.stream().map(prompt -> Request.of(prompt, 12, new Sampling(1, 0, 1, 1))).toList());
    for (int i = 0; i < prompts.size(); i++) {
      int[] text = prompts.get(i);
      for (GeneratedToken token : completions.get(i).tokens()) {
        float[] all = scores(model, text).select(1, text.length - 1).logSoftmax(-1).toFloatArray();
        assertThat(token.logProbability()).isCloseTo(all[token.token()], within(1e-5f));
        text = Arrays.copyOf(text, text.length + 1);
        text[text.length - 1] = token.token();
      }
    }
  }

  private static String json(String type, LlamaConfig config) {
    String scaling = type.equals("llama")
        ? """
            "rope_scaling": {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
             "original_max_position_embeddings": 16},"""
        : "\"rope_scaling\": null,";
    return """
        {"architectures": ["X"], "model_type": "%s", "hidden_act": "silu", "vocab_size": 23, "hidden_size": 12, "intermediate_size": 20,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6, "max_position_embeddings": 64, %s
         "rope_theta": %s, "rms_norm_eps": %s, "tie_word_embeddings": %s, "torch_dtype": "bfloat16"}
        """.formatted(type, scaling, config.rope().theta(), config.normEps(), config.tiedHead());
  }

  /// Writes what Hugging Face would.
  private static void save(Path folder, String type, DType dtype) throws IOException {
    Map<String, Tensor> all = new LinkedHashMap<>();
    Llama.of(config(type), (name, shape) -> {
      all.put(name, weight(name, shape).cast(dtype));
      return all.get(name);
    });
    Files.writeString(folder.resolve("config.json"), json(type, config(type)));
    State.save(folder.resolve("model.safetensors"), all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void directoriesAreRead(String type, @TempDir Path folder) throws IOException {
    save(folder, type, DType.FLOAT32);
    Llama model = Llama.load(folder);
    assertThat(model.config()).isEqualTo(config(type));
    assertThat(scores(model, IDS).toFloatArray()).containsExactly(golden(type), within(2e-5f));
  }

  @Test
  void weightsInBfloat16StayAsTheyAre(@TempDir Path folder) throws IOException {
    save(folder, "qwen3", DType.BFLOAT16);
    Llama model = Llama.load(folder);
    assertThat(model.keyValueShape().dtype()).isEqualTo(DType.BFLOAT16);
    float[] exact = golden("qwen3");
    float[] rounded = scores(model, IDS).toFloatArray();
    double worst = 0;
    double largest = 0;
    for (int i = 0; i < exact.length; i++) {
      worst = Math.max(worst, Math.abs(exact[i] - rounded[i]));
      largest = Math.max(largest, Math.abs(exact[i]));
    }
    assertThat(worst / largest).isGreaterThan(1e-4).isLessThan(0.05);
  }

  @Test
  void whatTheModelHasNotIsRefused(@TempDir Path folder) throws IOException {
    save(folder, "llama", DType.FLOAT32);
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replace("llama3", "yarn"));
    assertThatThrownBy(() -> Llama.load(folder)).isInstanceOf(FileException.class).hasMessageContaining("yarn").hasMessageContaining("linear");
    Files.writeString(config, text.replace("\"llama\"", "\"mamba\""));
    assertThatThrownBy(() -> Llama.load(folder)).isInstanceOf(FileException.class).hasMessageContaining("mamba").hasMessageContaining("qwen3");
    Files.writeString(config, text.replace("\"intermediate_size\": 20", "\"intermediate_size\": 24"));
    assertThatThrownBy(() -> Llama.load(folder)).isInstanceOf(FileException.class)
        .hasMessageContaining("mlp.gate_proj.weight").hasMessageContaining("(24, 12)");
    Files.writeString(config, text.replace("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3"));
    assertThatThrownBy(() -> Llama.load(folder)).isInstanceOf(FileException.class).hasMessageContaining("multiple");
  }

  @Test
  void randomWeightsHaveTheirShapes() {
    List<String> names = new ArrayList<>();
    Tensor.manualSeed(1);
    Llama model = Llama.random(config("qwen2"), DType.BFLOAT16);
    Llama.of(config("qwen2"), (name, shape) -> {
      names.add(name);
      return weight(name, shape);
    });
    assertThat(names).contains("model.layers.1.self_attn.k_proj.bias", "model.norm.weight").doesNotContain("lm_head.weight");
    assertThat(model.embedTokens().weight().dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(scores(model, IDS).abs().max().itemDouble()).isBetween(1e-6, 10.0);
  }

  @Test
  void frequenciesOfLlama3AreBlended() {
    double[] plain = Rope.of(5e5).frequencies(64);
    double[] scaled = LlamaConfig.LLAMA_3_2_1B.rope().frequencies(64);
    assertThat(scaled[0]).isEqualTo(plain[0]);
    assertThat(scaled[31]).isCloseTo(plain[31] / 32, within(1e-18));
    assertThat(new Rope(5e5, new Rope.Linear(2)).frequencies(64)[5]).isEqualTo(plain[5] / 2);
  }
}
