package org.teenygrad.nanochat.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.nn.Linear;
import org.teenygrad.train.Callback;
import org.teenygrad.train.ComputeType;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.TrainResult;

class BaseTrainerTest {
  private static final BaseSettings SMALL = BaseSettings.DEFAULT.with(Map.ofEntries(
      Map.entry("depth", 2), Map.entry("aspectRatio", 16), Map.entry("headDim", 16), Map.entry("maxSeqLen", 16),
      Map.entry("deviceBatchSize", 2), Map.entry("totalBatchSize", 64), Map.entry("numIterations", 6), Map.entry("evalEvery", 3),
      Map.entry("evalTokens", 64L), Map.entry("warmupSteps", 2)));

  @TempDir Path folder;
  private List<Path> data = List.of();
  private NanochatTokenizer tokenizer = new TokenizerTrainer(265).train(List.of("a").iterator()).tokenizer();

  @BeforeEach
  void corpus() throws IOException {
    List<String> documents = IntStream.range(0, 200)
        .mapToObj(i -> "The number " + i + " is " + (i % 2 == 0 ? "even" : "odd") + ", and the one after it is not.").toList();
    data = List.of(Files.writeString(folder.resolve("corpus.txt"), String.join("\n\n", documents)));
    tokenizer = new TokenizerTrainer(300).train(documents.iterator()).tokenizer();
  }

  private BaseTrainer start(String name) {
    return BaseTrainer.start(SMALL, data, tokenizer, ModelFolder.of(folder.resolve(name), Stage.BASE));
  }

  private BaseTrainer resume(String name) {
    ModelFolder out = ModelFolder.of(folder.resolve(name), Stage.BASE);
    return BaseTrainer.resume(StageTraining.open(out, tokenizer), settings -> settings, data, tokenizer, out);
  }

  /// All columns of the log but the duration.
  private List<String> log(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name).resolve("log.csv")).stream().map(row -> row.replaceFirst("^((?:[^,]*,){3})[^,]*,", "$1")).toList();
  }

  @Test
  void stoppingAndGoingOnLeavesNoTrace() throws IOException {
    TrainResult whole = start("whole").train(new Callback() {}, () -> false);
    assertThat(whole.iterations()).isEqualTo(6);
    BaseTrainer stopped = start("parts");
    int[] asked = {0};
    // two batches an iteration: this stops between those of the second one, which is then done again
    assertThat(stopped.train(new Callback() {}, () -> stopped.iteration() == 1 && ++asked[0] > 1).iterations()).isEqualTo(1);
    BaseTrainer again = resume("parts");
    assertThat(again.train(new Callback() {}, () -> again.iteration() >= 4).iterations()).isEqualTo(4);
    TrainResult parts = resume("parts").train(new Callback() {}, () -> false);
    assertThat(parts.last()).isEqualTo(whole.last());
    assertThat(log("parts")).isEqualTo(log("whole")).hasSize(1 + 6 + 1);
    assertThat(log("whole").getFirst()).isEqualTo("iteration,loss,learning_rate,val_loss,val_bpb,grad_norm");
    for (String file : List.of("checkpoint.safetensors", "model.safetensors")) {
      assertThat(Files.readAllBytes(folder.resolve("parts").resolve(file))).isEqualTo(Files.readAllBytes(folder.resolve("whole").resolve(file)));
    }
    assertThat(folder.resolve("whole").resolve("loss.svg")).exists();
    assertThat(folder.resolve("whole").resolve("config.json")).content().contains("\"depth\": 2");
  }

  @Test
  void roundedToEightBitsInTrainingAlone() {
    Map<String, Object> wide = Map.of("dtype", ComputeType.BFLOAT16, "aspectRatio", 64, "headDim", 32, "evalEvery", 6); // of 128 channels
    List<Double> losses = new ArrayList<>();
    for (boolean fp8 : List.of(false, true)) {
      BaseSettings settings = SMALL.with(wide).with(Map.of("fp8", fp8));
      BaseTrainer trainer = BaseTrainer.start(settings, data, tokenizer, ModelFolder.of(folder.resolve("fp8-" + fp8), Stage.BASE));
      assertThat(trainer.model().inFloat8().transformer().h().getFirst().mlp().cFc().float8()).isTrue();
      assertThat(trainer.model().inFloat8().transformer().h().getLast().attn().veGate()).isNotNull().returns(false, Linear::float8);
      TrainResult result = trainer.train(new Callback() {}, () -> false);
      losses.add(Objects.requireNonNull(result.last()).metric("val_loss"));
    }
    assertThat(losses.getLast() - losses.getFirst()).as("losses after six steps").isNotZero().isBetween(-0.05, 0.05);
    assertThatThrownBy(() -> SMALL.with(Map.of("fp8", true))).hasMessageContaining("it needs dtype bfloat16, not float32");
  }

  @Test
  void theNewestCheckpointsAreKeptAndGoneOnWith() throws IOException {
    ModelFolder out = ModelFolder.of(folder.resolve("out"), Stage.BASE);
    BaseSettings settings = SMALL.with(Map.of("evalEvery", 1, "keep", 3));
    BaseTrainer.start(settings, data, tokenizer, out).train(new Callback() {}, () -> false);
    assertThat(kept(out)).containsExactly("checkpoint-000004.safetensors", "checkpoint-000005.safetensors", "checkpoint-000006.safetensors");
    byte[] last = Files.readAllBytes(out.checkpoint());
    assertThat(Files.readAllBytes(out.checkpoint(6))).isEqualTo(last);
    assertThat(out.model(4).iteration()).isEqualTo(4);
    assertThatThrownBy(() -> StageTraining.open(out, 3, tokenizer))
        .hasMessageContaining("no checkpoint of iteration 3 is kept").hasMessageContaining("only those of [6, 5, 4]");

    List<String> whole = log("out");
    BaseTrainer again = BaseTrainer.resume(StageTraining.open(out, 4, tokenizer), saved -> saved, data, tokenizer, out);
    again.train(new Callback() {}, () -> again.iteration() == 5);
    assertThat(kept(out)).containsExactly("checkpoint-000004.safetensors", "checkpoint-000005.safetensors"); // what came after is of another training
    BaseTrainer.resume(StageTraining.open(out, tokenizer), saved -> saved, data, tokenizer, out).train(new Callback() {}, () -> false);
    assertThat(log("out")).isEqualTo(whole);
    assertThat(Files.readAllBytes(out.checkpoint())).isEqualTo(last);

    BaseTrainer.start(SMALL, data, tokenizer, out).train(new Callback() {}, () -> false);
    assertThat(kept(out)).isEmpty();
    assertThatThrownBy(() -> out.model(4)).hasMessageContaining("--keep 2 keeps more than the last one");
  }

  private static List<String> kept(ModelFolder out) throws IOException {
    try (Stream<Path> files = Files.list(out.path())) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("checkpoint-")).sorted().toList();
    }
  }

  @Test
  void learnsAndSaysBitsPerByteOfTheModelThatItKeeps() {
    BaseSettings settings = SMALL.with(Map.of(
        "numIterations", 30, "evalEvery", 30, "evalTokens", 320L, "matrixLr", 1.0, "embeddingLr", 20.0, "unembeddingLr", 0.5));
    ModelFolder out = ModelFolder.of(folder.resolve("out"), Stage.BASE);
    Evaluation last = Objects.requireNonNull(
        BaseTrainer.start(settings, data, tokenizer, out).train(new Callback() {}, () -> false).last());
    assertThat(last.metric("val_loss")).isLessThan(0.75 * Math.log(300));
    TrainedModel trained = out.model();
    assertThat(trained.iteration()).isEqualTo(30);
    Evaluation evaluation = BaseTrainer.evaluate(trained, data, tokenizer, 2, 320);
    assertThat(evaluation.metric("val_bpb")).isCloseTo(last.metric(StageTraining.VAL_BPB), within(1e-6));
    assertThat(evaluation.metric("train_bpb")).isCloseTo(evaluation.metric("val_bpb"), within(1.0));
  }

  @Test
  void trainsInBfloat16() {
    BaseSettings settings = SMALL.with(Map.of("numIterations", 2, "dtype", ComputeType.BFLOAT16));
    Evaluation last = Objects.requireNonNull(
        BaseTrainer.start(settings, data, tokenizer, ModelFolder.of(folder.resolve("out"), Stage.BASE)).train(new Callback() {}, () -> false).last());
    assertThat(last.metric("val_loss")).isBetween(1.0, 1.2 * Math.log(300));
  }

  @Test
  void saysWhyItCannotGoOn() {
    assertThatThrownBy(() -> resume("nothing")).hasMessageContaining("does not have a file checkpoint.safetensors");
    BaseTrainer trainer = start("out");
    trainer.train(new Callback() {}, () -> trainer.iteration() >= 1);
    ModelFolder out = ModelFolder.of(folder.resolve("out"), Stage.BASE);
    assertThatThrownBy(() -> BaseTrainer.resume(
        StageTraining.open(out, tokenizer), settings -> settings.with(Map.of("depth", 3)), data, tokenizer, out))
        .hasMessageContaining("has depth 2, not 3: resume without --depth");
    NanochatTokenizer other = new TokenizerTrainer(280).train(List.of("What is the number after one?").iterator()).tokenizer();
    assertThatThrownBy(() -> StageTraining.open(out, other)).hasMessageContaining("a tokenizer of 300 tokens, and this one has 280");
  }
}
