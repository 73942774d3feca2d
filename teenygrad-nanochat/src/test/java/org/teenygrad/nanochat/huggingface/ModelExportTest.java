package org.teenygrad.nanochat.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;
import org.teenygrad.train.ComputeType;

class ModelExportTest {
  private static final NanochatTokenizer TOKENIZER = new TokenizerTrainer(280).train(List.of("the cat sat on the mat and the rat").iterator()).tokenizer();
  private static final Tensor IDS = Tensor.of(new int[] {259, 1, 2, 3, 101, 5, 6, 270}, 1, 8);

  @TempDir Path folder;

  /// A model none of whose parameters is 0, so that each is in the logits.
  private static TrainedModel trained(DType embeddings) {
    Tensor.manualSeed(3);
    Gpt model = Gpt.of(new GptConfig(8, TOKENIZER.vocabularySize(), 3, 2, 1, 24, "SL"), embeddings);
    Map<String, Tensor> weights = new HashMap<>();
    model.stateDict().forEach((name, tensor) -> weights.put(name, tensor.add(Tensor.randn(tensor.shape().toArray()).mul(0.1).cast(tensor.dtype()))));
    model.loadStateDict(weights);
    return new TrainedModel(model, Stage.SFT, ComputeType.FLOAT32, 12);
  }

  @Test
  void logitsOfWhatIsReadBackAreTheSameBits() {
    for (DType embeddings : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      TrainedModel trained = trained(embeddings);
      ModelExport.write(trained, TOKENIZER, folder.resolve("to"));
      TrainedModel read = ModelExport.read(folder.resolve("to"));
      assertThat(read.model().forward(IDS).toFloatArray()).isEqualTo(trained.model().forward(IDS).toFloatArray());
      assertThat(read.stage()).isEqualTo(Stage.SFT);
      assertThat(read.iteration()).isEqualTo(12);
      assertThat(ModelExport.tokenizer(folder.resolve("to")).encode("the cat")).isEqualTo(TOKENIZER.encode("the cat"));
    }
  }

  @Test
  void namesAreThoseOfNanoChatForCausalLMWhereItHasThePart() throws IOException {
    ModelExport.write(trained(DType.FLOAT32), TOKENIZER, folder);
    Map<String, Tensor> tensors = State.load(folder.resolve("model.safetensors"));
    assertThat(tensors).containsKeys(
        "model.embed_tokens.weight", "lm_head.weight", "model.layers.0.self_attn.q_proj.weight", "model.layers.1.self_attn.k_proj.weight",
        "model.layers.2.self_attn.v_proj.weight", "model.layers.0.self_attn.o_proj.weight", "model.layers.2.mlp.fc1.weight",
        "model.layers.2.mlp.fc2.weight", "model.value_embeds.0.weight", "model.resid_lambdas");
    Map<String, Object> config = Json.object(Files.readString(folder.resolve("config.json")));
    assertThat(config).containsEntry("model_type", "nanochat").containsEntry("vocab_size", 320L).containsEntry("final_logit_softcapping", 15.0);
    assertThat(Objects.requireNonNull(tensors.get("model.embed_tokens.weight")).shape()).isEqualTo(Shape.of(320, 24));
    List<?> missing = Json.list(Json.object(config, "nanochat"), "parameters_not_in_NanoChatForCausalLM");
    assertThat(missing.stream().map(String::valueOf)).contains(
        "model.layers.0.self_attn.ve_gate.weight", "model.value_embeds.2.weight", "model.smear_gate.weight", "model.backout_lambda", "model.x0_lambdas")
        .doesNotContain("lm_head.weight");
    assertThat(tensors).hasSize(2 + 3 * 6 + missing.size());
  }

  @Test
  void saysWhatItCannotRead() throws IOException {
    assertThatThrownBy(() -> ModelExport.read(folder)).isInstanceOf(FileException.class).hasMessageContaining("config.json");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"nanochat\"}");
    assertThatThrownBy(() -> ModelExport.read(folder)).hasMessageContaining("only what export --to hf has written is read");
  }
}
