package org.teenygrad.models.nanogpt;

import java.util.Locale;
import java.util.Map;
import org.teenygrad.models.settings.Help;
import org.teenygrad.models.settings.Limits;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.optim.CosineSchedule;
import org.teenygrad.optim.LrSchedule;
import org.teenygrad.train.ComputeType;

/// Everything that a training depends on besides its text, under the names of nanoGPT's train.py.
///
/// A setting is one line here; it is thereby an option of the command and an entry of checkpoints. See [Setting].
public record TrainSettings(
    @Help("transformer blocks") int nLayer,
    @Help("attention heads of a block") int nHead,
    @Help("embedding size") int nEmbd,
    @Help("context length, in tokens") int blockSize,
    @Help("dropout probability") double dropout,
    @Help("biases in linear layers and layer norms") boolean bias,
    @Help("sequences in a batch") int batchSize,
    @Help("micro-batches whose gradients are averaged in an iteration") int gradientAccumulationSteps,
    @Help("iterations in all") int maxIters,
    @Help("highest learning rate") double learningRate,
    @Help("cosine decay of the learning rate after a warm-up; else it is constant") boolean decayLr,
    @Help("iterations of linear warm-up") int warmupIters,
    @Help("iteration at which the decay ends") int lrDecayIters,
    @Help("learning rate at the end of the decay") double minLr,
    @Help("AdamW's weight decay, for matrices") double weightDecay,
    @Help("AdamW's beta 1, of the mean of gradients") double beta1,
    @Help("AdamW's beta 2, of the mean of their squares") double beta2,
    @Help("largest norm of all gradients together; 0 for no clipping") double gradClip,
    @Help("iterations between two evaluations, each with a checkpoint") int evalInterval,
    @Help("batches of an evaluation, from each part of the text") int evalIters,
    @Help("iterations between two lines of progress where output is no terminal") int logInterval,
    @Help("seed of all random numbers") long seed,
    @Help("type to compute in: float32, tf32, bfloat16, float16 or float64") ComputeType dtype) {

  /// @throws IllegalArgumentException if a setting makes no sense, or two do not fit; the message names it
  public TrainSettings {
    Limits.atLeast(1, "batch_size", batchSize);
    Limits.atLeast(1, "gradient_accumulation_steps", gradientAccumulationSteps);
    Limits.atLeast(0, "max_iters", maxIters);
    Limits.atLeast(0, "warmup_iters", warmupIters);
    Limits.atLeast(0, "lr_decay_iters", lrDecayIters);
    Limits.atLeast(1, "eval_interval", evalInterval);
    Limits.atLeast(1, "eval_iters", evalIters);
    Limits.atLeast(1, "log_interval", logInterval);
    Limits.notNegative("learning_rate", learningRate);
    Limits.notNegative("min_lr", minLr);
    Limits.notNegative("weight_decay", weightDecay);
    Limits.notNegative("grad_clip", gradClip);
    Limits.belowOne("beta1", beta1);
    Limits.belowOne("beta2", beta2);
    new GptConfig(1, blockSize, nLayer, nHead, nEmbd, dropout, bias); // checks these
    if ((long) batchSize * blockSize > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "batch_size %d x block_size %d is %,d tokens, and a batch has room for %,d", batchSize, blockSize, (long) batchSize * blockSize,
          Integer.MAX_VALUE));
    }
  }

  /// These settings with some changed.
  /// @param changes new values by the names of the record's components
  /// @throws IllegalArgumentException as the constructor
  public TrainSettings with(Map<String, ?> changes) {
    return Setting.changed(this, changes);
  }

  /// The shape of a model for a vocabulary.
  public GptConfig model(int vocabSize) {
    return new GptConfig(vocabSize, blockSize, nLayer, nHead, nEmbd, dropout, bias);
  }

  /// The learning rate of each iteration.
  public LrSchedule schedule() {
    return decayLr
        ? new CosineSchedule(learningRate, minLr, warmupIters, lrDecayIters)
        : LrSchedule.constant(learningRate);
  }

  /// How many tokens one iteration learns from.
  public long tokensPerIteration() {
    return (long) gradientAccumulationSteps * batchSize * blockSize;
  }
}
