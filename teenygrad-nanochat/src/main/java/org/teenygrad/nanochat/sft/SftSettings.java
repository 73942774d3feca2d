package org.teenygrad.nanochat.sft;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.teenygrad.models.settings.Help;
import org.teenygrad.models.settings.Limits;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nanochat.base.BaseSettings;
import org.teenygrad.nanochat.base.TrainingPlan;
import org.teenygrad.nanochat.training.MuonAdamW;
import org.teenygrad.nanochat.training.StageCheckpoint;
import org.teenygrad.nanochat.training.StageSettings;
import org.teenygrad.train.ComputeType;

/// Everything that fine-tuning depends on besides its conversations and the base model, under the names of nanochat's chat_sft.py.
public record SftSettings(
    @Help("iterations in all; -1 for one epoch") int numIterations,
    @Help("tokens of a row of packed conversations") int maxSeqLen,
    @Help("rows in a batch on the device") int deviceBatchSize,
    @Help("tokens of an iteration, in several batches if need be") int totalBatchSize,
    @Help("learning rate of embeddings (AdamW)") double embeddingLr,
    @Help("learning rate of the head (AdamW)") double unembeddingLr,
    @Help("learning rate of matrices (Muon)") double matrixLr,
    @Help("learning rates at the beginning over those above") double initLrFrac,
    @Help("share of iterations in which learning rates rise") double warmupRatio,
    @Help("share of iterations in which learning rates fall, at the end") double warmdownRatio,
    @Help("learning rates at the end over those at the beginning") double finalLrFrac,
    @Help("begin with the momentum of base training") boolean loadOptimizer,
    @Help("iterations between two evaluations, each with a checkpoint") int evalEvery,
    @Help("tokens of an evaluation") long evalTokens,
    @Help("iterations between two measurements of ChatCORE, at evaluations; the last iteration has one too; -1 for none") int chatcoreEvery,
    @Help("multiple-choice questions of a task for ChatCORE; -1 for all") int chatcoreMaxCat,
    @Help("questions of a task for ChatCORE whose answers are written; -1 for all") int chatcoreMaxSample,
    @Help("how often multiple choice is in the mixture") int mmluEpochs,
    @Help("how often GSM8K is in the mixture") int gsm8kEpochs,
    @Help("words to spell in the mixture") int simpleSpellingSize,
    @Help("letters to count in the mixture") int spellingBeeSize,
    @Help("newest checkpoints that are kept, each under its iteration; 1 for the last alone") int keep,
    @Help("iterations between two lines of progress where output is no terminal") int logEvery,
    @Help("seed of all random numbers") long seed,
    @Help("type to compute in: float32, tf32 or bfloat16") ComputeType dtype)
    implements StageSettings {

  /// nanochat's.
  public static final SftSettings DEFAULT = new SftSettings(
      -1, 2048, 32, 1 << 19, 0.3, 0.008, 0.02, 0.8, 0, 0.5, 0, true, 200, 40 * 524288, 200, -1, 24, 3, 4, 200_000, 80_000, 1, 10, 42, ComputeType.FLOAT32);

  /// Those that are base training's unless they are given.
  public static final Set<String> INHERITED =
      Set.of("maxSeqLen", "deviceBatchSize", "totalBatchSize", "embeddingLr", "unembeddingLr", "matrixLr", "dtype");

  /// What suits the few conversations of [org.teenygrad.nanochat.corpus.EmbeddedCorpus].
  public static final Map<String, Object> EMBEDDED = Map.of("simpleSpellingSize", 400, "spellingBeeSize", 600, "evalTokens", 1L << 14, "chatcoreMaxSample", 8);

  /// nanochat has no option for it.
  private static final double SCALAR_LR = 0.5;

  /// @throws IllegalArgumentException if a setting makes no sense, or two do not fit; the message names it
  public SftSettings {
    StageSettings.check(dtype, evalEvery, logEvery, keep);
    Limits.atLeast(2, "max_seq_len", maxSeqLen);
    Limits.atLeast(1, "device_batch_size", deviceBatchSize);
    Limits.atLeast(-1, "chatcore_every", chatcoreEvery);
    Limits.atLeast(-1, "chatcore_max_cat", chatcoreMaxCat);
    Limits.atLeast(-1, "chatcore_max_sample", chatcoreMaxSample);
    Limits.atLeast(0, "mmlu_epochs", mmluEpochs);
    Limits.atLeast(0, "gsm8k_epochs", gsm8kEpochs);
    Limits.atLeast(0, "simple_spelling_size", simpleSpellingSize);
    Limits.atLeast(0, "spelling_bee_size", spellingBeeSize);
    Limits.notNegative("embedding_lr", embeddingLr);
    Limits.notNegative("unembedding_lr", unembeddingLr);
    Limits.notNegative("matrix_lr", matrixLr);
    Limits.notNegative("init_lr_frac", initLrFrac);
    Limits.notNegative("final_lr_frac", finalLrFrac);
    Limits.share("warmup_ratio", warmupRatio);
    Limits.share("warmdown_ratio", warmdownRatio);
    if (numIterations < 1 && numIterations != -1) {
      throw new IllegalArgumentException("num_iterations must be at least 1, or -1 for one epoch, not " + numIterations);
    }
    long batchTokens = (long) deviceBatchSize * maxSeqLen;
    if (totalBatchSize < 1 || totalBatchSize % batchTokens != 0) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "total_batch_size (%d) must be a multiple of device_batch_size x max_seq_len, %d x %d = %,d", totalBatchSize, deviceBatchSize, maxSeqLen,
          batchTokens));
    }
  }

  /// The default ones, with what base training was done with.
  public static SftSettings inheriting(StageCheckpoint base) {
    BaseSettings from = base.settings(BaseSettings.DEFAULT);
    return DEFAULT.with(Map.of(
        "maxSeqLen", from.maxSeqLen(),
        "deviceBatchSize", from.deviceBatchSize(),
        "totalBatchSize", TrainingPlan.of(from, base.config().vocabSize()).totalBatchSize(),
        "embeddingLr", from.embeddingLr(),
        "unembeddingLr", from.unembeddingLr(),
        "matrixLr", from.matrixLr(),
        "dtype", from.dtype()));
  }

  /// These settings with some changed.
  /// @param changes new values by the names of the record's components
  /// @throws IllegalArgumentException as the constructor
  public SftSettings with(Map<String, ?> changes) {
    return Setting.changed(this, changes);
  }

  /// Batches on the device whose gradients are added up in an iteration.
  public int accumulatedBatches() {
    return totalBatchSize / (deviceBatchSize * maxSeqLen);
  }

  /// Learning rates at the beginning.
  MuonAdamW.Rates rates() {
    return new MuonAdamW.Rates(embeddingLr, unembeddingLr, matrixLr, SCALAR_LR).times(initLrFrac);
  }
}
