package org.teenygrad.nanochat.rl;

import java.util.Map;
import java.util.Set;
import org.teenygrad.models.settings.Help;
import org.teenygrad.models.settings.Limits;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nanochat.training.MuonAdamW;
import org.teenygrad.nanochat.training.StageSettings;
import org.teenygrad.train.ComputeType;

/// Everything that reinforcement depends on besides its problems and the fine-tuned model, under the names of nanochat's chat_rl.py.
public record RlSettings(
    @Help("times that all problems are gone through") int numEpochs,
    @Help("iterations in all; -1 for as many as the epochs have") int numIterations,
    @Help("rows in a batch on the device") int deviceBatchSize,
    @Help("problems of an iteration") int examplesPerStep,
    @Help("answers to each problem") int numSamples,
    @Help("tokens of an answer at most") int maxNewTokens,
    @Help("temperature of sampling") double temperature,
    @Help("of how many of the likeliest tokens one is drawn; 0 for all") int topK,
    @Help("learning rate of embeddings (AdamW)") double embeddingLr,
    @Help("learning rate of the head (AdamW)") double unembeddingLr,
    @Help("learning rate of matrices (Muon)") double matrixLr,
    @Help("weight decay of matrices (Muon)") double weightDecay,
    @Help("learning rates at the beginning over those above") double initLrFrac,
    @Help("iterations between two evaluations, each with a checkpoint") int evalEvery,
    @Help("problems of an evaluation") int evalExamples,
    @Help("newest checkpoints that are kept, each under its iteration; 1 for the last alone") int keep,
    @Help("iterations between two lines of progress where output is no terminal") int logEvery,
    @Help("seed of all random numbers") long seed,
    @Help("type to compute in: float32, tf32 or bfloat16") ComputeType dtype)
    implements StageSettings {

  /// nanochat's.
  public static final RlSettings DEFAULT = new RlSettings(
      1, -1, 8, 16, 16, 256, 1, 50, 0.2, 0.004, 0.02, 0, 0.05, 60, 400, 1, 1, 42, ComputeType.FLOAT32);

  /// Those that fine-tuning's hold for unless they are given.
  public static final Set<String> INHERITED = Set.of("dtype");

  /// What suits the small sums of [org.teenygrad.nanochat.corpus.EmbeddedCorpus]. Rates are a fifth of those of fine-tuning: with a
  /// half, a model of the speedrun forgot in one iteration what it could, with a twentieth it learned little in twelve.
  public static final Map<String, Object> EMBEDDED =
      Map.of("initLrFrac", 0.2, "examplesPerStep", 8, "numSamples", 8, "maxNewTokens", 64, "evalEvery", 50, "evalExamples", 50);

  /// nanochat has no option for it.
  private static final double SCALAR_LR = 0.5;

  /// @throws IllegalArgumentException if a setting makes no sense, or two do not fit; the message names it
  public RlSettings {
    StageSettings.check(dtype, evalEvery, logEvery, keep);
    Limits.atLeast(1, "num_epochs", numEpochs);
    Limits.atLeast(1, "device_batch_size", deviceBatchSize);
    Limits.atLeast(1, "examples_per_step", examplesPerStep);
    Limits.atLeast(2, "num_samples", numSamples); // one alone is as good as the mean
    Limits.atLeast(1, "max_new_tokens", maxNewTokens);
    Limits.atLeast(0, "top_k", topK);
    Limits.atLeast(1, "eval_examples", evalExamples);
    Limits.notNegative("embedding_lr", embeddingLr);
    Limits.notNegative("unembedding_lr", unembeddingLr);
    Limits.notNegative("matrix_lr", matrixLr);
    Limits.notNegative("weight_decay", weightDecay);
    Limits.notNegative("init_lr_frac", initLrFrac);
    Limits.notNegative("temperature", temperature);
    if (numIterations < 1 && numIterations != -1) {
      throw new IllegalArgumentException("num_iterations must be at least 1, or -1 for num_epochs, not " + numIterations);
    }
    if (numSamples % deviceBatchSize != 0) {
      throw new IllegalArgumentException("num_samples (" + numSamples + ") must be a multiple of device_batch_size (" + deviceBatchSize + ")");
    }
  }

  /// These settings with some changed.
  /// @param changes new values by the names of the record's components
  /// @throws IllegalArgumentException as the constructor
  public RlSettings with(Map<String, ?> changes) {
    return Setting.changed(this, changes);
  }

  /// Batches on the device that the answers to one problem are.
  int passes() {
    return numSamples / deviceBatchSize;
  }

  /// Batches on the device whose gradients are added up in an iteration.
  int batchesPerStep() {
    return examplesPerStep * passes();
  }

  /// @param problems how many there are
  long iterations(int problems) {
    return numIterations > 0 ? numIterations : Math.max(1, problems / examplesPerStep) * (long) numEpochs;
  }

  /// Learning rates at the beginning.
  MuonAdamW.Rates rates() {
    return new MuonAdamW.Rates(embeddingLr, unembeddingLr, matrixLr, SCALAR_LR).times(initLrFrac);
  }
}
