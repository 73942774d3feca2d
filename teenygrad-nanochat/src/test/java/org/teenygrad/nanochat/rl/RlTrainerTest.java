package org.teenygrad.nanochat.rl;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.base.BaseSettings;
import org.teenygrad.nanochat.base.BaseTrainer;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.sft.SftSettings;
import org.teenygrad.nanochat.sft.SftTasks;
import org.teenygrad.nanochat.sft.SftTrainer;
import org.teenygrad.nanochat.tasks.GradedTask;
import org.teenygrad.nanochat.tasks.Task;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.train.Callback;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.TrainResult;

class RlTrainerTest {
  private static final NanochatTokenizer BYTES = new TokenizerTrainer(265).train(Stream.of("a").iterator()).tokenizer();

  private static final Conversation QUESTION =
      new Conversation(List.of(Message.of(Role.USER, "?"), Message.of(Role.ASSISTANT, "m")));

  /// Letters of the first half of the alphabet are right.
  private record FirstHalf(int size) implements GradedTask {
    @Override
    public Conversation conversation(int index) {
      return QUESTION;
    }

    @Override
    public boolean isCorrect(int index, String answer) {
      return !answer.isEmpty() && answer.charAt(0) < 'n';
    }
  }

  private static final Map<String, Object> SMALL = Map.of(
      "deviceBatchSize", 8, "numSamples", 8, "examplesPerStep", 2, "maxNewTokens", 1, "topK", 0, "evalEvery", 100, "evalExamples", 32,
      "initLrFrac", 1.0, "numIterations", 8);

  @TempDir Path folder;

  /// A model that has learned to answer with any letter.
  @BeforeEach
  void tunedModel() throws IOException {
    BaseSettings base = BaseSettings.DEFAULT.with(Map.ofEntries(
        Map.entry("depth", 1), Map.entry("aspectRatio", 32), Map.entry("headDim", 16), Map.entry("maxSeqLen", 32),
        Map.entry("deviceBatchSize", 2), Map.entry("totalBatchSize", 64), Map.entry("numIterations", 1), Map.entry("evalEvery", 2),
        Map.entry("evalTokens", 64L)));
    Path corpus = Files.writeString(folder.resolve("corpus.txt"), "abc\n\n".repeat(40));
    BaseTrainer.start(base, List.of(corpus), BYTES, ModelFolder.of(folder, Stage.BASE)).train(new Callback() {}, () -> false);
    ModelFolder sft = ModelFolder.of(folder, Stage.SFT);
    SftSettings settings = SftSettings.inheriting(SftTrainer.base(sft, BYTES))
        .with(Map.of("evalTokens", 64L, "numIterations", 25, "evalEvery", 25, "embeddingLr", 0.5, "unembeddingLr", 0.1));
    List<Conversation> answers = new ArrayList<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      answers.add(new Conversation(List.of(Message.of(Role.USER, "?"), Message.of(Role.ASSISTANT, String.valueOf(letter)))));
    }
    SftTrainer.start(settings, new SftTasks(Task.of(answers), Task.of(answers), List.of()), BYTES, sft).train(new Callback() {}, () -> false);
  }

  private ModelFolder out(String name) throws IOException {
    Path out = Files.createDirectories(folder.resolve(name).resolve("sft")).resolveSibling(".").normalize();
    Files.copy(folder.resolve("sft/model.safetensors"), out.resolve("sft/model.safetensors"));
    return ModelFolder.of(out, Stage.RL);
  }

  private static RlTrainer start(ModelFolder out) {
    return RlTrainer.start(out.at(Stage.SFT).model(), settings -> settings.with(SMALL), new FirstHalf(6), new FirstHalf(32), BYTES, out);
  }

  @Test
  void whatIsRewardedIsAnsweredMoreOften() throws IOException {
    List<Double> rewards = new ArrayList<>();
    ModelFolder out = out("out");
    List<Double> solved = new ArrayList<>();
    Callback evaluations = new Callback() {
      @Override
      public void evaluated(Evaluation evaluation) {
        solved.add(evaluation.metric("pass@1"));
      }
    };
    TrainResult result = start(out).train(evaluations, (iteration, reward, length) -> rewards.add(reward), () -> false);
    assertThat(rewards).hasSize(8);
    assertThat(rewards.getFirst()).isBetween(0.1, 0.9);
    assertThat(rewards.getLast()).isGreaterThan(rewards.getFirst()).isGreaterThan(0.8);
    Map<String, Double> last = Objects.requireNonNull(result.last()).metrics();
    assertThat(last).containsKeys("pass@1", "pass@8");
    assertThat(solved).hasSize(2);
    assertThat(solved.getLast() - solved.getFirst()).as("pass@1 before and after: %s", solved).isGreaterThanOrEqualTo(0.25);
    assertThat(last.get("pass@8")).isGreaterThanOrEqualTo(last.get("pass@1")).isEqualTo(1);
    assertThat(Files.readAllLines(RlTrainer.rewards(out))).hasSize(9).element(1).asString().startsWith("0," + rewards.getFirst());
    assertThat(out.model().stage()).isEqualTo(Stage.RL);
  }

  @Test
  void stoppingAndGoingOnLeavesNoTrace() throws IOException {
    ModelFolder whole = out("whole");
    start(whole).train(new Callback() {}, (iteration, reward, length) -> {}, () -> false);
    ModelFolder parts = out("parts");
    RlTrainer stopped = start(parts);
    stopped.train(new Callback() {}, (iteration, reward, length) -> {}, () -> stopped.iteration() >= 3);
    assertThat(stopped.iteration()).isEqualTo(3);
    RlTrainer again = RlTrainer.resume(StageTraining.open(parts, BYTES), settings -> settings, new FirstHalf(6), new FirstHalf(4), BYTES, parts);
    again.train(new Callback() {}, (iteration, reward, length) -> {}, () -> false);
    assertThat(Files.readAllLines(RlTrainer.rewards(parts))).isEqualTo(Files.readAllLines(RlTrainer.rewards(whole)));
    assertThat(Files.readAllBytes(parts.checkpoint())).isEqualTo(Files.readAllBytes(whole.checkpoint()));
  }

  @Test
  void iterationsAreThoseOfTheEpochs() {
    assertThat(RlSettings.DEFAULT.iterations(7473)).isEqualTo(467);
    assertThat(RlSettings.DEFAULT.with(Map.of("numEpochs", 2)).iterations(7473)).isEqualTo(934);
    assertThat(RlSettings.DEFAULT.with(Map.of("numIterations", 5)).iterations(7473)).isEqualTo(5);
    assertThat(RlSettings.DEFAULT.rates().matrix()).isCloseTo(0.001, within(1e-12));
    assertThatThrownBy(() -> RlSettings.DEFAULT.with(Map.of("numSamples", 12))).hasMessageContaining("must be a multiple of device_batch_size (8)");
    ModelFolder nothing = ModelFolder.of(folder.resolve("nothing"), Stage.RL);
    assertThatThrownBy(() -> start(nothing)).hasMessageContaining("model.safetensors");
  }
}
