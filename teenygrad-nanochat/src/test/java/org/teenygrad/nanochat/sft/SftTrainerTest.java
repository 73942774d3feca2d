package org.teenygrad.nanochat.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.base.BaseSettings;
import org.teenygrad.nanochat.base.BaseTrainer;
import org.teenygrad.nanochat.evaluation.ChatTask;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.train.Callback;
import org.teenygrad.train.TrainResult;

class SftTrainerTest {
  private static final BaseSettings BASE = BaseSettings.DEFAULT.with(Map.ofEntries(
      Map.entry("depth", 1), Map.entry("aspectRatio", 32), Map.entry("headDim", 16), Map.entry("maxSeqLen", 32),
      Map.entry("deviceBatchSize", 2), Map.entry("totalBatchSize", 128), Map.entry("numIterations", 2), Map.entry("evalEvery", 2),
      Map.entry("evalTokens", 64L), Map.entry("warmupSteps", 1)));

  @TempDir Path folder;
  private Path chats = Path.of("");
  private NanochatTokenizer tokenizer = new TokenizerTrainer(265).train(Stream.of("a").iterator()).tokenizer();

  @BeforeEach
  void baseModel() throws IOException {
    List<String> lines = IntStream.range(0, 60).mapToObj(i -> "{\"messages\": [{\"role\": \"user\", \"content\": \"" + i
        + "\"}, {\"role\": \"assistant\", \"content\": \"" + (i % 2 == 0 ? "even" : "odd") + "\"}]}").toList();
    chats = Files.write(folder.resolve("chats.jsonl"), lines);
    Path corpus = Files.writeString(folder.resolve("corpus.txt"), "even\n\nodd\n\n".repeat(40));
    BaseTrainer.start(BASE, List.of(corpus), tokenizer, ModelFolder.of(folder, Stage.BASE)).train(new Callback() {}, () -> false);
  }

  private ModelFolder out(String name) throws IOException {
    Path out = Files.createDirectories(folder.resolve(name));
    for (String file : List.of("tokenizer.json", "checkpoint.safetensors")) {
      Files.copy(folder.resolve(file), out.resolve(file));
    }
    return ModelFolder.of(out, Stage.SFT);
  }

  private SftTrainer start(ModelFolder out, Map<String, ?> changes) {
    SftSettings settings = SftSettings.inheriting(SftTrainer.base(out, tokenizer)).with(Map.of("evalTokens", 64L)).with(changes);
    return SftTrainer.start(settings, tasks(settings), tokenizer, out);
  }

  private SftTasks tasks(SftSettings settings) {
    return new ChatData(List.of(chats), List.of(), null, null, null).tasks(settings);
  }

  private static TrainResult train(SftTrainer trainer) {
    return trainer.train(new Callback() {}, () -> false);
  }

  @Test
  void inheritsWhatBaseTrainingWasDoneWith() throws IOException {
    SftSettings settings = start(out("out"), Map.of()).settings();
    assertThat(settings.maxSeqLen()).isEqualTo(32);
    assertThat(settings.totalBatchSize()).isEqualTo(128);
    assertThat(settings.accumulatedBatches()).isEqualTo(2);
    assertThat(settings.embeddingLr()).isEqualTo(0.3);
    assertThat(settings.rates().matrix()).isCloseTo(0.02 * 0.8, within(1e-12));
    assertThatThrownBy(() -> settings.with(Map.of("maxSeqLen", 48))).hasMessageContaining("must be a multiple of device_batch_size x max_seq_len");
  }

  @Test
  void anEpochHasEveryConversationOnce() throws IOException {
    // 54 conversations of 3 special tokens and <|bos|>, 1 or 2 digits and 3 or 4 letters, in 66 tokens a batch of 2 rows, 2 batches an iteration
    SftTrainer trainer = start(out("out"), Map.of());
    assertThat(trainer.iterations()).isBetween(4L, 5L);
    assertThat(train(trainer).iterations()).isEqualTo(trainer.iterations());
  }

  @Test
  void stoppingAndGoingOnLeavesNoTrace() throws IOException {
    ModelFolder whole = out("whole");
    Map<String, Object> changes = Map.of("numIterations", 6, "evalEvery", 3);
    TrainResult undisturbed = train(start(whole, changes));
    ModelFolder parts = out("parts");
    SftTrainer stopped = start(parts, changes);
    assertThat(stopped.train(new Callback() {}, () -> stopped.iteration() >= 2).iterations()).isEqualTo(2);
    SftTrainer again = SftTrainer.resume(StageTraining.open(parts, tokenizer), saved -> saved, this::tasks, tokenizer, parts);
    assertThat(again.iteration()).isEqualTo(2);
    assertThat(train(again).last()).isEqualTo(undisturbed.last());
    for (String file : List.of("checkpoint.safetensors", "model.safetensors")) {
      assertThat(Files.readAllBytes(parts.path().resolve(file))).isEqualTo(Files.readAllBytes(whole.path().resolve(file)));
    }
    assertThat(whole.picture()).exists();
    assertThat(whole.config()).content().contains("\"stage\": \"sft\"");
  }

  @Test
  void learnsToAnswer() throws IOException {
    ModelFolder out = out("out");
    double last = Objects.requireNonNull(train(start(out, Map.of("numIterations", 40, "evalEvery", 40, "embeddingLr", 0.5))).last()).metric("val_loss");
    assertThat(last).isLessThan(1.0); // 256 bytes are 5.5 nats a letter; the answers' letters follow from the first, and <|assistant_end|>
    assertThat(out.model().iteration()).isEqualTo(40);
    assertThat(out.model().stage()).isEqualTo(Stage.SFT);
  }

  @Test
  void saysChatCoreAtItsTurns() throws IOException {
    ModelFolder out = out("out");
    Path problems = Files.createDirectories(folder.resolve("problems"));
    for (String file : List.of("train.jsonl", "test.jsonl")) {
      Files.writeString(problems.resolve(file), "{\"question\": \"1 + 1?\", \"answer\": \"2\\n#### 2\"}\n".repeat(3));
    }
    SftSettings settings = SftSettings.inheriting(SftTrainer.base(out, tokenizer)).with(Map.of(
        "evalTokens", 64L, "numIterations", 5, "evalEvery", 1, "chatcoreEvery", 2, "chatcoreMaxSample", 2, "gsm8kEpochs", 1));
    SftTasks tasks = new ChatData(List.of(chats), List.of(), problems, null, null).tasks(settings);
    assertThat(tasks.asked()).singleElement().extracting(ChatTask::label).isEqualTo("GSM8K");
    TrainResult result = train(SftTrainer.start(settings, tasks, tokenizer, out));
    assertThat(Objects.requireNonNull(result.last()).metric("ChatCORE")).isZero(); // nobody has learned to add
    List<String> said = Files.readAllLines(out.log()).stream().map(row -> row.replaceFirst("^(.*?),.*,([^,]*),[^,]*,[^,]*$", "$1 $2")).toList();
    assertThat(said).containsExactly("iteration ChatCORE", "0 NaN", "1 NaN", "2 0.0", "3 NaN", "4 0.0", "5 0.0");
    SftSettings never = settings.with(Map.of("chatcoreEvery", -1));
    assertThat(Objects.requireNonNull(train(SftTrainer.start(never, tasks, tokenizer, out)).last()).metrics()).doesNotContainKey("ChatCORE");
  }

  @Test
  void aBatchWithoutATargetIsNoLoss() throws IOException {
    String question = "why ".repeat(40);
    Path asked = Files.writeString(folder.resolve("asked.jsonl"), ("{\"messages\": [{\"role\": \"user\", \"content\": \"" + question
        + "\"}, {\"role\": \"assistant\", \"content\": \"so\"}]}\n").repeat(10));
    ModelFolder out = out("out");
    SftSettings settings = SftSettings.inheriting(SftTrainer.base(out, tokenizer))
        .with(Map.of("evalTokens", 32L, "numIterations", 2, "deviceBatchSize", 1, "totalBatchSize", 32));
    SftTasks tasks = new ChatData(List.of(asked), List.of(), null, null, null).tasks(settings);
    TrainResult result = train(SftTrainer.start(settings, tasks, tokenizer, out));
    assertThat(Objects.requireNonNull(result.last()).metric("val_loss")).isZero();
    assertThat(Files.readAllLines(out.log()).get(2)).matches("1,0\\.0+,.*|1,0,.*|1,0\\.0,.*");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    ModelFolder nothing = ModelFolder.of(folder.resolve("nothing"), Stage.SFT);
    assertThatThrownBy(() -> SftTrainer.base(nothing, tokenizer)).hasMessageContaining("does not have a file checkpoint.safetensors");
    ModelFolder out = out("out");
    assertThatThrownBy(() -> start(out, Map.of("maxSeqLen", 512, "totalBatchSize", 1024))).hasMessageContaining("the model has 320 positions");
    NanochatTokenizer other = new TokenizerTrainer(270).train(Stream.of("aa bb aa bb cc dd").iterator()).tokenizer();
    assertThatThrownBy(() -> SftTrainer.base(out, other)).hasMessageContaining("a tokenizer of 265 tokens, and this one has");
    assertThatThrownBy(() -> new ChatData(List.of(), List.of(), null, null, null).tasks(SftSettings.DEFAULT)).hasMessageContaining("--data");
  }
}
