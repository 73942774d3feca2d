package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Mode;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;

class HuggingFaceTest {
  private static final GptConfig TINY = new GptConfig(11, 6, 2, 2, 8, 0.0, true, GptConfig.Gelu.TANH);
  private static final String CONFIG = """
      {"model_type": "gpt2", "activation_function": "gelu_new", "n_ctx": 6, "n_positions": 6, "n_embd": 8, "n_head": 2,
       "n_layer": 2, "vocab_size": 11, "resid_pdrop": 0.0, "layer_norm_epsilon": 1e-05, "n_inner": null,
       "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}},
       "architectures": ["GPT2LMHeadModel"]}
      """;

  @TempDir Path folder;
  private Gpt model = Gpt.of(TINY);

  @BeforeEach
  void drawModel() throws IOException {
    Tensor.manualSeed(3);
    model = Gpt.of(TINY);
    // Other values than those of a fresh model, where all biases are alike.
    Map<String, Tensor> values = new LinkedHashMap<>();
    model.stateDict().forEach((name, tensor) -> values.put(name, Tensor.randn(tensor.shape().toArray()).mul(0.3)));
    model.loadStateDict(values);
    Files.writeString(folder.resolve("config.json"), CONFIG);
  }

  private static String theirs(String name) {
    return name.replace(".ln1.", ".ln_1.").replace(".ln2.", ".ln_2.").replace("lnF.", "ln_f.")
        .replace("cAttn", "c_attn").replace("cProj", "c_proj").replace("cFc", "c_fc");
  }

  private Map<String, Tensor> weights(String prefix) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    model.stateDict().forEach((name, tensor) -> {
      boolean conv1d = name.startsWith("h.") && tensor.rank() == 2;
      weights.put(prefix + theirs(name), conv1d ? tensor.transpose(0, 1).contiguous() : tensor);
    });
    weights.put(prefix + "h.0.attn.bias", Tensor.ones(1, 1, 6, 6));
    return weights;
  }

  private void checkLoads() {
    Tensor ids = Tensor.of(new int[] {1, 5, 10, 0}, 1, 4);
    assertThat(HuggingFace.gpt2(folder).forward(ids).toFloatArray()).containsExactly(model.forward(ids).toFloatArray());
  }

  @Test
  void loadsWithAndWithoutPrefix() {
    State.save(folder.resolve("model.safetensors"), weights(""));
    checkLoads();
    Map<String, Tensor> prefixed = weights("transformer.");
    prefixed.put("lm_head.weight", model.wte().weight());
    State.save(folder.resolve("model.safetensors"), prefixed);
    checkLoads();
  }

  @Test
  void loadsSeveralFiles() throws IOException {
    StringBuilder map = new StringBuilder();
    Map<String, Tensor> first = new LinkedHashMap<>();
    Map<String, Tensor> second = new LinkedHashMap<>();
    weights("").forEach((name, tensor) -> {
      boolean early = first.size() < 9;
      (early ? first : second).put(name, tensor);
      map.append(map.isEmpty() ? "" : ",").append(
          String.format(Locale.ROOT, "\"%s\":\"model-%d.safetensors\"", name, early ? 1 : 2));
    });
    State.save(folder.resolve("model-1.safetensors"), first);
    State.save(folder.resolve("model-2.safetensors"), second);
    Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\":{" + map + "}}");
    checkLoads();
  }

  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(HuggingFaceTest.class.getResource("gpt2/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// `gpt2/expected.pt` is what PyTorch computes from the weights in `gpt2/pytorch_model.bin`, as they are and rounded.
  private static void checkAnswers(Path directory, DType rounded) {
    Map<String, Tensor> answers = State.load(resource("expected.pt"));
    Tensor ids = Objects.requireNonNull(answers.get("ids"));
    float[] expected = Objects.requireNonNull(answers.get(rounded.name())).toFloatArray();
    Tensor logits = Mode.EVALUATION.call(() -> HuggingFace.gpt2(directory).forward(ids));
    assertThat(logits.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(logits.toFloatArray()).containsExactly(expected, within(2e-6f));
  }

  @Test
  void computesWhatPyTorchComputesFromItsOwnFile() throws IOException {
    checkAnswers(Objects.requireNonNull(resource("config.json").getParent()), DType.FLOAT32);
    Files.copy(resource("config.json"), folder.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(resource("pytorch_model.bin"), folder.resolve("pytorch_model-00001-of-00001.bin"));
    StringBuilder map = new StringBuilder();
    State.load(resource("pytorch_model.bin")).keySet().forEach(name ->
        map.append(map.isEmpty() ? "" : ",").append(
            String.format(Locale.ROOT, "\"%s\":\"pytorch_model-00001-of-00001.bin\"", name)));
    Files.writeString(folder.resolve("pytorch_model.bin.index.json"), "{\"weight_map\":{" + map + "}}");
    checkAnswers(folder, DType.FLOAT32);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void widensHalves(DType dtype) throws IOException {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    State.load(resource("pytorch_model.bin")).forEach((name, tensor) ->
        weights.put(name, tensor.dtype() == DType.FLOAT32 ? tensor.cast(dtype) : tensor));
    State.save(folder.resolve("model.safetensors"), weights);
    Files.copy(resource("config.json"), folder.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
    checkAnswers(folder, dtype);
  }

  @Test
  void theBendIsTheConfigurations() throws IOException {
    State.save(folder.resolve("model.safetensors"), weights(""));
    Files.writeString(folder.resolve("config.json"), CONFIG.replace("gelu_new", "gelu"));
    Gpt other = HuggingFace.gpt2(folder);
    assertThat(other.config().gelu()).isEqualTo(GptConfig.Gelu.ERF);
    Tensor ids = Tensor.of(new int[] {1, 5}, 1, 2);
    assertThat(other.forward(ids).toFloatArray()).isNotEqualTo(model.forward(ids).toFloatArray());
  }

  @Test
  void refusesATensorThatIsThereUnderTwoNames() {
    Map<String, Tensor> weights = weights("");
    weights.put("transformer.wte.weight", Tensor.zeros(11, 8));
    State.save(folder.resolve("model.safetensors"), weights);
    assertThatThrownBy(() -> HuggingFace.gpt2(folder)).isInstanceOf(FileException.class)
        .hasMessageContaining("two tensors wte.weight");
  }

  @Test
  void refusesAConfigurationThatGoesOn() throws IOException {
    State.save(folder.resolve("model.safetensors"), weights(""));
    for (String rest : List.of("{}", "x", "1", "]")) {
      Files.writeString(folder.resolve("config.json"), CONFIG + rest);
      assertThatThrownBy(() -> HuggingFace.gpt2(folder)).as(rest).isInstanceOf(FileException.class)
          .hasMessageContaining("config.json");
    }
    Files.writeString(folder.resolve("config.json"), CONFIG + " \n");
    checkLoads();
  }

  @Test
  void refusesWhatItIsNot() throws IOException {
    State.save(folder.resolve("model.safetensors"), weights(""));
    for (String[] change : new String[][] {
      {"gelu_new", "relu"}, {"\"gpt2\"", "\"llama\""}, {"1e-05", "1e-06"}, {"\"n_layer\": 2", "\"n_layer\": 3"},
      {"\"n_layer\": 2", "\"n_layer\": 2000000000"}, {"\"n_embd\": 8", "\"n_embd\": 16"},
      {"\"n_head\": 2", "\"n_head\": 3"}, {"\"n_embd\": 8", "\"n_embd\": 2000000000"},
      {"\"vocab_size\": 11", "\"vocab_size\": 2000000000"}, {"\"n_positions\": 6", "\"n_positions\": 2147483647"},
      {"\"vocab_size\": 11", "\"vocab_size\": -1"}, {"{\"model_type\"", "\"model_type\""},
      {"\"n_inner\": null", "\"n_inner\": 7"}
    }) {
      Files.writeString(folder.resolve("config.json"), CONFIG.replace(change[0], change[1]));
      assertThatThrownBy(() -> HuggingFace.gpt2(folder)).as(change[1]).isInstanceOf(FileException.class);
    }
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    assertThatThrownBy(() -> HuggingFace.gpt2(folder))
        .isInstanceOf(FileException.class).hasMessageContaining("model.safetensors");
    Map<String, Tensor> weights = weights("");
    weights.remove("h.1.mlp.c_fc.bias");
    State.save(folder.resolve("model.safetensors"), weights);
    assertThatThrownBy(() -> HuggingFace.gpt2(folder))
        .isInstanceOf(FileException.class).hasMessageContaining("h.1.mlp.cFc.bias");
    Files.delete(folder.resolve("config.json"));
    assertThatThrownBy(() -> HuggingFace.gpt2(folder))
        .isInstanceOf(FileException.class).hasMessageContaining("config.json");
  }
}
