package org.teenygrad.nanochat.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nn.RotaryEmbedding;
import org.teenygrad.state.State;
import org.teenygrad.train.Callback;
import org.teenygrad.train.ComputeType;

class MemoryPlanTest {
  private static final Device DEVICE = Devices.defaultDevice();

  @TempDir Path folder;

  /// @param batch tokens of an iteration; 32 of them are a batch on the device
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void whatIsPlannedIsWhatATrainingTakes(int batch) throws IOException {
    Path corpus = Files.writeString(folder.resolve("corpus.txt"), "even\n\nodd\n\n".repeat(400));
    NanochatTokenizer tokenizer = new TokenizerTrainer(265).train(List.of("a").iterator()).tokenizer();
    BaseSettings settings = BaseSettings.DEFAULT.with(Map.of(
        "depth", 1, "aspectRatio", 32, "headDim", 16, "maxSeqLen", 16, "deviceBatchSize", 2, "totalBatchSize", batch, "numIterations", 2,
        "evalEvery", 2, "evalTokens", 32L));
    BaseTrainer trainer = BaseTrainer.start(settings, List.of(corpus), tokenizer, ModelFolder.of(folder, Stage.BASE));
    MemoryPlan plan = MemoryPlan.of(trainer.plan(), DEVICE);
    List<Profile.Making> made = new ArrayList<>();
    made.addAll(Profile.of(() -> trainer.train(new Callback() {}, () -> false)).schedules());
    assertThat(plan.working()).isEqualTo(made.stream().mapToLong(Profile.Making::workspaceBytes).max().orElseThrow());
    Map<String, Tensor> kept = new HashMap<>(State.load(folder.resolve("checkpoint.safetensors")));
    kept.remove("batches.position");
    assertThat(plan.parameters() + plan.optimizer()).isEqualTo(kept.values().stream().mapToLong(Tensor::nbytes).sum());
    assertThat(plan.gradients()).isEqualTo(batch == 32 ? 0 : 2 * plan.parameters());
    RotaryEmbedding rotary = Gpt.of(trainer.plan().config(), DType.FLOAT32).rotary();
    assertThat(plan.rotary()).isEqualTo(rotary.cos().nbytes() + rotary.sin().nbytes());
  }

  @Test
  void bfloat16TakesLessOnTheWay() {
    Map<String, Object> small = Map.of("depth", 2, "maxSeqLen", 256, "deviceBatchSize", 8, "totalBatchSize", 2048);
    BaseSettings settings = BaseSettings.DEFAULT.with(small);
    MemoryPlan wide = MemoryPlan.of(TrainingPlan.of(settings, 4096), DEVICE);
    MemoryPlan narrow = MemoryPlan.of(TrainingPlan.of(settings.with(Map.of("dtype", ComputeType.BFLOAT16)), 4096), DEVICE);
    assertThat(narrow.working()).isLessThan((long) (0.9 * wide.working()));
    assertThat(narrow.parameters()).isLessThan(wide.parameters()); // embeddings are stored in it
  }

  @Test
  void findsTheLargestBatchThatFits() {
    TrainingPlan plan = TrainingPlan.of(
        BaseSettings.DEFAULT.with(Map.of("depth", 2, "maxSeqLen", 256, "deviceBatchSize", 8, "totalBatchSize", 2048)), 512);
    TrainingPlan halved = TrainingPlan.of(plan.settings().with(Map.of("deviceBatchSize", 4)), 512);
    long room = MemoryPlan.of(halved, DEVICE).bytes();
    assertThat(room).isLessThan(MemoryPlan.of(plan, DEVICE).bytes());
    assertThat(MemoryPlan.fittingBatch(plan, DEVICE, room)).hasValue(4);
    assertThat(MemoryPlan.fittingBatch(plan, DEVICE, room - 1)).hasValue(2);
    assertThat(MemoryPlan.fittingBatch(plan, DEVICE, 1000)).isEmpty();
  }
}
