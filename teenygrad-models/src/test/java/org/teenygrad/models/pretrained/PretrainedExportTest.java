package org.teenygrad.models.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.data.CharTokenizer;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.models.llama.GgufExport;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.llama.LlamaConfig;
import org.teenygrad.models.llama.Rope;
import org.teenygrad.models.nanogpt.GgufGpt;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.models.tokenizer.VocabularyExport;
import org.teenygrad.nn.Mode;
import org.teenygrad.state.GgufWriter.Type;

class PretrainedExportTest {
  private static final int VOCABULARY = 300;

  @TempDir Path folder;

  @BeforeEach
  void seed() {
    Tensor.manualSeed(11);
  }

  private static float[] scores(CausalModel model) {
    Tensor ids = Tensor.of(new int[] {1, 7, 4, 2, 3, 3, 9, 0}, 1, 8);
    return Mode.EVALUATION.call(() -> model.scores(model.hidden(ids, null, KeyValues.CAUSAL))).toFloatArray();
  }

  private Path llama(String architecture, Rope rope, Type type) {
    LlamaConfig config = new LlamaConfig(VOCABULARY, 256, 256, 2, 4, 2, 64, 64, 1e-6, rope, architecture.equals("qwen2"), architecture.equals("qwen3"), false);
    Path file = folder.resolve("first.gguf");
    GgufExport.write(Llama.random(config, DType.FLOAT32), type, GgufModelTest.bytes(), file);
    return file;
  }

  /// From one layout to the other and back.
  @ParameterizedTest
  @CsvSource({"llama", "qwen2", "qwen3"})
  void aModelAndItsTokenizerComeBack(String architecture) {
    Path file = llama(architecture, new Rope(1e4, new Rope.Linear(2)), Type.F32);
    Path directory = folder.resolve("huggingface");
    PretrainedExport.huggingFace(file, DType.FLOAT32, directory);
    Path again = folder.resolve("again.gguf");
    PretrainedExport.gguf(directory, Type.F32, again);
    Pretrained first = Pretrained.read(file);
    for (Path path : List.of(directory, again)) {
      Pretrained read = Pretrained.read(path);
      assertThat(scores(read.model())).usingComparatorWithPrecision(1e-5f).containsExactly(scores(first.model()));
      for (String text : List.of("hello 12 it's", "<think>h\u00e9\n  x")) {
        assertThat(read.tokenizer().encode(text)).isEqualTo(first.tokenizer().encode(text));
      }
      assertThat(read.ends()).isEqualTo(first.ends());
      List<ChatTemplate.Message> messages = List.of(new ChatTemplate.Message("user", "hi<|im_end|>"));
      assertThat(Objects.requireNonNull(read.chat()).prompt(messages)).isEqualTo(Objects.requireNonNull(first.chat()).prompt(messages));
    }
  }

  @ParameterizedTest
  @EnumSource(Type.class)
  void matricesAreInTheTypeThatIsAskedFor(Type type) {
    Path file = llama("qwen3", Rope.of(1e6), Type.F32);
    Path small = folder.resolve("small.gguf");
    PretrainedExport.gguf(file, type, small);
    float[] expected = scores(Quantized.of(Pretrained.read(file).model(), type).model());
    assertThat(scores(Pretrained.read(small).model())).usingComparatorWithPrecision(2e-4f).containsExactly(expected);
  }

  @Test
  void gpt2ComesBackWithAndWithoutBiases() {
    CharTokenizer tokenizer = CharTokenizer.of("hello w\u00f6rld\n");
    for (boolean bias : new boolean[] {true, false}) {
      Gpt model = Gpt.of(new GptConfig(tokenizer.vocabularySize(), 16, 2, 2, 32, 0.1, bias, GptConfig.Gelu.TANH));
      Path file = folder.resolve("gpt2.gguf");
      GgufGpt.write(model, Type.F32, VocabularyExport.ofCharacters(tokenizer), file);
      Path directory = folder.resolve("gpt2-" + bias);
      PretrainedExport.huggingFace(file, DType.FLOAT32, directory);
      for (Path path : List.of(file, directory)) {
        Pretrained read = Pretrained.read(path);
        assertThat(scores(read.model())).usingComparatorWithPrecision(1e-5f).containsExactly(scores(model));
        assertThat(read.tokenizer().encode("h\u00f6rl\nw o")).isEqualTo(tokenizer.encode("h\u00f6rl\nw o"));
        assertThat(read.tokenizer().decode(tokenizer.encode(" hello w"))).isEqualTo(" hello w");
        assertThat(read.beginning()).isEmpty();
      }
    }
  }

  @Test
  void whatHasNoNameThereIsRefused() {
    Path file = llama("llama", new Rope(1e4, new Rope.Llama3(8, 1, 4, 32)), Type.F32);
    assertThatThrownBy(() -> PretrainedExport.huggingFace(file, DType.FLOAT32, folder.resolve("x"))).hasMessageContaining("for which config.json has no name");
    Map<String, Object> other = new TreeMap<>(GgufModelTest.bytes());
    other.put("tokenizer.ggml.model", "rwkv");
    assertThatThrownBy(() -> VocabularyExport.write(other, folder)).hasMessage("its tokenizer is 'rwkv'; there are gpt2 and llama");
  }
}
