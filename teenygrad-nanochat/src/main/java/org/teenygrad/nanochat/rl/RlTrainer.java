package org.teenygrad.nanochat.rl;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.evaluation.Answerer;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tasks.GradedTask;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.MuonAdamW;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.StageCheckpoint;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.train.Callback;
import org.teenygrad.train.CsvLog;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.Step;
import org.teenygrad.train.TrainResult;

/// Reinforces a fine-tuned model on problems as nanochat's chat_rl.py does: REINFORCE (Williams 1992) with the mean reward of a problem's
/// answers as the baseline, which is what is left of GRPO (Shao et al. 2024) without a trust region, ratios and a division by the standard
/// deviation; normalised by tokens (Yu et al., *DAPO*, 2025). The tokens of prompts and tools are not learned.
///
/// It can stop and go on at any iteration without a trace in the losses.
public final class RlTrainer {
  /// Muon's, throughout.
  private static final double MOMENTUM = 0.95;

  /// Sampling keeps nothing for a backward pass: so many more rows than a batch of training fit.
  private static final int ROWS_OF_SAMPLING = 8;

  private final RlSettings settings;
  private final long iterations;
  private final Gpt model;
  private final RolloutBatches batches;
  private final StageTraining training;
  private final ModelFolder folder;

  private RlTrainer(RlSettings settings, Gpt model, GradedTask train, GradedTask test, NanochatTokenizer tokenizer, ModelFolder folder) {
    this.settings = settings;
    this.model = model;
    this.folder = folder;
    iterations = settings.iterations(train.size());
    Tensor.manualSeed(settings.seed());
    MuonAdamW optimizer = MuonAdamW.of(model, settings.rates(), settings.weightDecay(), settings.dtype().dtype());
    batches = new RolloutBatches(train, tokenizer, settings, () -> answerer(tokenizer, settings.numSamples(), settings.temperature()));
    training = new StageTraining(
        new StageTraining.Subject(folder, tokenizer, settings, model, optimizer.both(), 0), batches, Rollout::loss);
    PassAtK pass = new PassAtK(test, tokenizer, settings.evalExamples());
    int most = settings.deviceBatchSize();
    training.loop()
        .iterations(iterations)
        .schedule(at -> optimizer.schedule(1 - at / (double) iterations, MOMENTUM, settings.weightDecay()))
        .accumulate(settings.batchesPerStep())
        .every(settings.evalEvery())
        .measure(PassAtK.names(most), () -> pass.of(answerer(tokenizer, most, 1), most));
  }

  private Answerer answerer(NanochatTokenizer tokenizer, int samples, double temperature) {
    Gpt computing = new TrainedModel(model, Stage.RL, settings.dtype(), 0).computing();
    return new Answerer(computing, tokenizer, new Answerer.Options(
        ROWS_OF_SAMPLING * settings.deviceBatchSize(), samples, settings.maxNewTokens(), temperature, settings.topK(), settings.seed()));
  }

  /// A training at its beginning. Nothing is written before [#train].
  /// @param tuned the fine-tuned model to begin with, such as `folder.at(Stage.SFT).model()`
  /// @param train problems to learn on
  /// @param test others to judge by
  /// @param folder that of the stage [Stage#RL]
  /// @param changes what to change in the default settings, and in the type that fine-tuning has computed in
  /// @throws IllegalArgumentException if the tokenizer is another one
  public static RlTrainer start(
      TrainedModel tuned, UnaryOperator<RlSettings> changes, GradedTask train, GradedTask test, NanochatTokenizer tokenizer, ModelFolder folder) {
    tuned.requireTokenizer(tokenizer);
    RlSettings settings = changes.apply(RlSettings.DEFAULT.with(Map.of("dtype", tuned.dtype())));
    return new RlTrainer(settings, tuned.model(), train, test, tokenizer, folder);
  }

  /// A training where a checkpoint left it.
  /// @param saved of that folder and tokenizer, see [StageTraining#open]
  /// @param changes what to change in its settings
  /// @throws org.teenygrad.state.FileException if the checkpoint is malformed
  public static RlTrainer resume(
      StageCheckpoint saved, UnaryOperator<RlSettings> changes, GradedTask train, GradedTask test, NanochatTokenizer tokenizer, ModelFolder folder) {
    RlTrainer trainer = new RlTrainer(
        changes.apply(saved.settings(RlSettings.DEFAULT)), saved.trained().model(), train, test, tokenizer, folder);
    trainer.training.restore(saved);
    return trainer;
  }

  public RlSettings settings() {
    return settings;
  }

  /// Has somebody get the model at each evaluation, see [org.teenygrad.train.Trainer#show].
  /// @return this
  public RlTrainer show(BiConsumer<? super Gpt, Evaluation> viewer) {
    training.loop().show(viewer);
    return this;
  }

  public Gpt model() {
    return model;
  }

  /// How many iterations there are in all.
  public long iterations() {
    return iterations;
  }

  /// How many iterations are done.
  public long iteration() {
    return training.loop().iteration();
  }

  /// Where the mean reward of each iteration is written.
  public static Path rewards(ModelFolder folder) {
    return folder.path().resolve("rewards.csv");
  }

  /// Hears of an iteration's answers.
  @FunctionalInterface
  public interface Rewards {
    /// @param reward their mean
    /// @param length tokens of prompt and answer, a mean
    void rewarded(long iteration, double reward, double length);
  }

  /// Goes on to the last iteration, evaluating and saving on the way; see [StageTraining#train].
  public TrainResult train(Callback progress, Rewards rewards, BooleanSupplier stop) {
    folder.create();
    String[] columns = {"iteration", "reward", "sequence_length"};
    String title = String.format(Locale.ROOT, "nanochat d%d, reinforced", model.config().nLayer());
    String advice = String.format(Locale.ROOT, "Here device_batch_size is %d and max_new_tokens %d; less is needed by a lower one of them",
        settings.deviceBatchSize(), settings.maxNewTokens());
    try (CsvLog log = iteration() == 0 ? CsvLog.create(rewards(folder), columns) : CsvLog.resume(rewards(folder), iteration(), columns)) {
      training.loop().callback(new Callback() {
        @Override
        public void step(Step step) {
          RolloutBatches.Outcome outcome = batches.outcome(step.iteration());
          log.append(step.iteration(), outcome.reward(), outcome.length());
          rewards.rewarded(step.iteration(), outcome.reward(), outcome.length());
        }
      });
      return training.train(title, advice, progress, stop);
    }
  }
}
