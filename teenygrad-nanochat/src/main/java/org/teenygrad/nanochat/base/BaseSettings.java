package org.teenygrad.nanochat.base;

import java.util.Locale;
import java.util.Map;
import org.teenygrad.models.settings.Help;
import org.teenygrad.models.settings.Limits;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.training.MuonAdamW;
import org.teenygrad.nanochat.training.StageSettings;
import org.teenygrad.train.ComputeType;

/// Everything that a base training depends on besides its text and tokenizer, under the names of nanochat's base_train.py.
///
/// A setting is one line here; it is thereby an option of the command and an entry of checkpoints. See [Setting].
public record BaseSettings(
    @Help("transformer blocks: all else follows from it") int depth,
    @Help("the embedding's size over the depth") int aspectRatio,
    @Help("size of an attention head") int headDim,
    @Help("context length, in tokens") int maxSeqLen,
    @Help("windows of the blocks, repeated: L is the whole context, S a quarter of it") String windowPattern,
    @Help("iterations in all; -1 for as many as the next two say") int numIterations,
    @Help("floating-point operations of the whole training; -1 for as many as the next says") double targetFlops,
    @Help("tokens for each parameter of blocks and head") double targetParamDataRatio,
    @Help("sequences in a batch on the device") int deviceBatchSize,
    @Help("tokens of an iteration, in several batches if need be; -1 for what suits the length of the training") int totalBatchSize,
    @Help("learning rate of embeddings (AdamW)") double embeddingLr,
    @Help("learning rate of the head (AdamW)") double unembeddingLr,
    @Help("cautious weight decay of matrices (Muon)") double weightDecay,
    @Help("learning rate of matrices (Muon)") double matrixLr,
    @Help("learning rate of factors of the residual stream (AdamW)") double scalarLr,
    @Help("iterations in which learning rates rise") int warmupSteps,
    @Help("share of iterations in which learning rates fall, at the end") double warmdownRatio,
    @Help("learning rates at the end over those in the middle") double finalLrFrac,
    @Help("iterations between two evaluations, each with a checkpoint") int evalEvery,
    @Help("tokens of an evaluation") long evalTokens,
    @Help("newest checkpoints that are kept, each under its iteration; 1 for the last alone") int keep,
    @Help("iterations between two lines of progress where output is no terminal") int logEvery,
    @Help("seed of all random numbers") long seed,
    @Help("type to compute in: float32, tf32 or bfloat16") ComputeType dtype,
    @Help("keep embeddings in float32 where bfloat16 is computed in") boolean embeddingMasters,
    @Help("round factors of the blocks' products to 8 bits in training; for GPUs whose tensor cores multiply these") boolean fp8)
    implements StageSettings {

  /// nanochat's.
  public static final BaseSettings DEFAULT = new BaseSettings(
      20, 64, 128, 2048, "SSSL", -1, -1, 12, 32, -1, 0.3, 0.008, 0.28, 0.02, 0.5, 40, 0.65, 0.05, 250, 80 * 524288, 1, 10, 42, ComputeType.FLOAT32, false, false);

  /// @throws IllegalArgumentException if a setting makes no sense, or two do not fit; the message names it
  public BaseSettings {
    StageSettings.check(dtype, evalEvery, logEvery, keep);
    Limits.atLeast(1, "depth", depth);
    Limits.atLeast(1, "aspect_ratio", aspectRatio);
    Limits.atLeast(2, "head_dim", headDim);
    Limits.atLeast(2, "max_seq_len", maxSeqLen);
    Limits.atLeast(1, "device_batch_size", deviceBatchSize);
    Limits.atLeast(0, "warmup_steps", warmupSteps);
    Limits.notNegative("embedding_lr", embeddingLr);
    Limits.notNegative("unembedding_lr", unembeddingLr);
    Limits.notNegative("weight_decay", weightDecay);
    Limits.notNegative("matrix_lr", matrixLr);
    Limits.notNegative("scalar_lr", scalarLr);
    Limits.notNegative("final_lr_frac", finalLrFrac);
    Limits.share("warmdown_ratio", warmdownRatio);
    if (numIterations <= 0 && !(targetFlops > 0) && !(targetParamDataRatio > 0)) {
      throw new IllegalArgumentException("how long to train? num_iterations, target_flops or target_param_data_ratio must be above 0");
    }
    long batchTokens = (long) deviceBatchSize * maxSeqLen;
    if (totalBatchSize != -1 && (totalBatchSize < 1 || totalBatchSize % batchTokens != 0)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "total_batch_size (%d) must be a multiple of device_batch_size x max_seq_len, %d x %d = %,d", totalBatchSize, deviceBatchSize, maxSeqLen,
          batchTokens));
    }
    if (evalTokens < batchTokens) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "eval_tokens (%d) must be a batch at least: device_batch_size x max_seq_len = %,d", evalTokens, batchTokens));
    }
    new GptConfig(maxSeqLen, 1, depth, 1, 1, 24, windowPattern); // checks the pattern
    if (fp8 && dtype != ComputeType.BFLOAT16) {
      throw new IllegalArgumentException("fp8 rounds what is computed in bfloat16: it needs dtype bfloat16, not " + dtype);
    }
  }

  /// These settings with some changed.
  /// @param changes new values by the names of the record's components
  /// @throws IllegalArgumentException as the constructor
  public BaseSettings with(Map<String, ?> changes) {
    return Setting.changed(this, changes);
  }

  /// Learning rates for the batch that they were tuned for.
  MuonAdamW.Rates rates() {
    return new MuonAdamW.Rates(embeddingLr, unembeddingLr, matrixLr, scalarLr);
  }

  @Override
  public Gpt computing(Gpt model) {
    Gpt cast = StageSettings.super.computing(model);
    return fp8 ? cast.inFloat8() : cast;
  }

  /// The model of this depth: heads of `headDim`, as many as make the embedding `depth aspectRatio` channels wide, or a little more.
  public GptConfig model(int vocabSize) {
    return model(depth, vocabSize);
  }

  GptConfig model(int ofDepth, int vocabSize) {
    int heads = Math.ceilDiv(Math.multiplyExact(ofDepth, aspectRatio), headDim);
    return new GptConfig(maxSeqLen, vocabSize, ofDepth, heads, heads, Math.multiplyExact(heads, headDim), windowPattern);
  }
}
