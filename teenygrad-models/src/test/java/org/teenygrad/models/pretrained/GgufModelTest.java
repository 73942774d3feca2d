package org.teenygrad.models.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.llama.GgufExport;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.llama.LlamaConfig;
import org.teenygrad.models.llama.Rope;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Mode;
import org.teenygrad.state.FileException;
import org.teenygrad.state.GgufWriter;
import org.teenygrad.state.GgufWriter.Entry;
import org.teenygrad.state.GgufWriter.Type;

class GgufModelTest {
  private static final int VOCABULARY = 300;
  private static final String KEY = "tokenizer.ggml.";

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("tiny.gguf");
  }

  /// A token for each byte, two merges, and the special tokens.
  static Map<String, Object> bytes() {
    List<String> tokens = new ArrayList<>();
    char spare = 0x100;
    for (char b = 0; b < 256; b++) {
      boolean isPrintable = b > 0x20 && b < 0x7F || b > 0xA0 && b != 0xAD;
      tokens.add(String.valueOf(isPrintable ? b : spare++));
    }
    tokens.addAll(List.of("he", "hel", "<|im_start|>", "<|im_end|>", "<think>"));
    List<Integer> kinds = new ArrayList<>(Collections.nCopies(258, 1));
    kinds.addAll(List.of(3, 3, 4));
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put(KEY + "model", "gpt2");
    metadata.put(KEY + "pre", "qwen2");
    metadata.put(KEY + "tokens", tokens);
    metadata.put(KEY + "token_type", kinds);
    metadata.put(KEY + "merges", List.of("h e", "he l"));
    metadata.put(KEY + "eos_token_id", 259);
    metadata.put("tokenizer.chat_template", "{% for m in messages %}<|im_start|>{{ m.role }}: {{ m.content }}{{ eos_token }}{% endfor %}<|im_start|>");
    return metadata;
  }

  private static LlamaConfig config(String architecture, Rope rope, int hidden) {
    return new LlamaConfig(
        VOCABULARY, hidden, 2 * hidden, 2, 4, 2, hidden / 4, 64, 1e-6, rope, architecture.equals("qwen2"), architecture.equals("qwen3"), architecture.equals("qwen3"));
  }

  private static float[] scores(CausalModel model) {
    Tensor ids = Tensor.of(new int[] {1, 7, 42, 280, 3, 3, 99, 0}, 1, 8);
    return model.scores(model.hidden(ids, null, KeyValues.CAUSAL)).toFloatArray();
  }

  @ParameterizedTest
  @CsvSource({"llama, plain", "llama, linear", "llama, llama3", "qwen2, plain", "qwen3, plain"})
  void aModelComesBackFromAFile(String architecture, String scaling) {
    Tensor.manualSeed(5);
    Rope rope = new Rope(1e4, switch (scaling) {
      case "linear" -> new Rope.Linear(2);
      case "llama3" -> new Rope.Llama3(8, 1, 4, 32);
      default -> new Rope.Unscaled();
    });
    Llama model = Llama.random(config(architecture, rope, 32), DType.FLOAT32);
    GgufExport.write(model, Type.F32, bytes(), file());
    Pretrained read = Pretrained.read(file());
    assertThat(read.name()).isEqualTo("tiny");
    assertThat(scores(read.model())).usingComparatorWithPrecision(1e-5f).containsExactly(scores(model));
  }

  /// Whoever generates reads one token at a time, from the blocks themselves.
  @ParameterizedTest
  @CsvSource({"F16, 1e-3", "BF16, 3e-2", "Q8_0, 3e-2", "Q4_0, 4e-1", "Q4_K, 3e-1"})
  void quantizedWeightsAreNearThePlainOnes(Type type, float tolerance) {
    Tensor.manualSeed(6);
    Llama model = Llama.random(config("qwen3", Rope.of(1e6), 256), DType.FLOAT32);
    GgufExport.write(model, type, bytes(), file());
    Pretrained read = Pretrained.read(file());
    float[] expected = scores(model);
    float[] found = scores(read.model());
    double error = 0;
    double size = 0;
    for (int i = 0; i < found.length; i++) {
      error += Math.pow(found[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(error / size)).as("relative error").isLessThan(tolerance);
    List<Request> request = List.of(Request.of(new int[] {1, 2, 3}, 4, Sampling.GREEDY));
    assertThat(Engine.of(read.model(), 1).generate(request).getFirst().tokens()).hasSize(4);
  }

  @Test
  void nobodyIsToldWhoElseIsServed() {
    Tensor.manualSeed(9);
    GgufExport.write(Llama.random(config("qwen3", Rope.of(1e6), 256), DType.FLOAT32), Type.Q8_0, bytes(), file());
    CausalModel model = Pretrained.read(file()).model();
    List<Request> requests = IntStream.range(0, 9).mapToObj(i -> Request.of(IntStream.range(0, 3 + 5 * i).map(at -> (7 * at + i) % VOCABULARY).toArray(), 6, Sampling.GREEDY)).toList();
    List<Completion> alone = requests.stream().map(request -> Engine.of(model, 1).generate(List.of(request)).getFirst()).toList();
    Engine engine = Engine.of(model, 16);
    assertThat(engine.generate(requests)).isEqualTo(alone);
    assertThat(engine.generate(requests)).as("beginnings cached").isEqualTo(alone);
  }

  @Test
  void itsTokenizerAndTemplateAreInItsMetadata() {
    GgufExport.write(Llama.random(config("qwen3", Rope.of(1e4), 32), DType.FLOAT32), Type.F16, bytes(), file());
    Pretrained read = Pretrained.read(file());
    assertThat(read.tokenizer().encode("hello")).containsExactly(257, 'l', 'o');
    assertThat(read.tokenizer().decode(257, 'l', 'o', 220)).isEqualTo("hello" + new String(new byte[] {(byte) 220}, StandardCharsets.UTF_8));
    assertThat(read.ends()).containsExactly(259);
    assertThat(read.beginning()).isEmpty();
    int[] prompt = Objects.requireNonNull(read.chat()).prompt(List.of(new ChatTemplate.Message("user", "a<|im_end|>")));
    assertThat(prompt).containsExactly(258, 'u', 's', 'e', 'r', ':', 32, 'a', '<', '|', 'i', 'm', '_', 'e', 'n', 'd', '|', '>', 259, 258);
  }

  @Test
  void gpt2ComesBackFromAFile() {
    Tensor.manualSeed(7);
    int dim = 32;
    Gpt model = Gpt.of(new GptConfig(VOCABULARY, 16, 2, 4, dim, 0, true, GptConfig.Gelu.TANH));
    Map<String, Entry> tensors = new LinkedHashMap<>();
    tensors.put("token_embd.weight", new Entry(model.wte().weight(), Type.F32));
    tensors.put("position_embd.weight", new Entry(model.wpe().weight(), Type.F32));
    put(tensors, "output_norm", model.lnF());
    for (int layer = 0; layer < 2; layer++) {
      Gpt.Block block = model.h().get(layer);
      put(tensors, "blk." + layer + ".attn_norm", block.ln1());
      put(tensors, "blk." + layer + ".attn_qkv", block.attn().cAttn());
      put(tensors, "blk." + layer + ".attn_output", block.attn().cProj());
      put(tensors, "blk." + layer + ".ffn_norm", block.ln2());
      put(tensors, "blk." + layer + ".ffn_up", block.mlp().cFc());
      put(tensors, "blk." + layer + ".ffn_down", block.mlp().cProj());
    }
    Map<String, Object> metadata = new LinkedHashMap<>(Map.of(
        "general.architecture", "gpt2", "gpt2.context_length", 16, "gpt2.embedding_length", dim, "gpt2.feed_forward_length", 4 * dim, "gpt2.block_count", 2,
        "gpt2.attention.head_count", 4, "gpt2.attention.layer_norm_epsilon", 1e-5));
    metadata.putAll(bytes());
    GgufWriter.write(file(), metadata, tensors);
    float[] expected = Mode.EVALUATION.call(() -> scores(model));
    assertThat(scores(Pretrained.read(file()).model())).usingComparatorWithPrecision(1e-5f).containsExactly(expected);
    tensors.put("output.weight", new Entry(model.wte().weight().mul(2), Type.F32));
    GgufWriter.write(file(), metadata, tensors);
    float[] doubled = new float[expected.length];
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] = 2 * expected[i];
    }
    assertThat(scores(Pretrained.read(file()).model())).as("a head of its own").usingComparatorWithPrecision(1e-5f).containsExactly(doubled);
  }

  private static void put(Map<String, Entry> tensors, String name, Linear layer) {
    tensors.put(name + ".weight", new Entry(layer.weight(), Type.F32));
    tensors.put(name + ".bias", new Entry(Objects.requireNonNull(layer.bias()), Type.F32));
  }

  private static void put(Map<String, Entry> tensors, String name, LayerNorm layer) {
    tensors.put(name + ".weight", new Entry(layer.weight(), Type.F32));
    tensors.put(name + ".bias", new Entry(Objects.requireNonNull(layer.bias()), Type.F32));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "general.architecture=rwkv", "qwen3.block_count=2000000000", "qwen3.context_length=2000000000", "qwen3.attention.head_count=3", "qwen3.attention.head_count=1000000",
    "qwen3.embedding_length=31", "qwen3.rope.dimension_count=4", "qwen3.rope.scaling.type=yarn", "qwen3.expert_count=8", "tokenizer.ggml.model=bert?",
    "tokenizer.ggml.pre=none", "tokenizer.ggml.tokens=", "tokenizer.ggml.merges=x y", "tokenizer.ggml.merges=xy", "tokenizer.ggml.token_type=1", "tokenizer.chat_template={% x"})
  void whatItCannotBeIsRefusedInOneSentence(String changed) {
    Map<String, Object> metadata = bytes();
    String name = changed.substring(0, changed.indexOf('='));
    String value = changed.substring(name.length() + 1);
    boolean isList = List.of("tokens", "merges", "token_type").contains(name.substring(name.lastIndexOf('.') + 1));
    boolean isNumber = value.matches("[0-9]+");
    Object one = isNumber ? (Object) Integer.valueOf(value) : value;
    metadata.put(name, isList ? value.isEmpty() ? List.of() : List.of(one) : one);
    GgufExport.write(Llama.random(config("qwen3", Rope.of(1e4), 32), DType.FLOAT32), Type.F16, metadata, file());
    assertThatThrownBy(() -> Pretrained.read(file())).isInstanceOf(FileException.class).hasMessageContaining("tiny.gguf").hasMessageNotContaining("\n");
  }
}
