package org.teenygrad.nanochat.base;

import java.util.Locale;
import java.util.OptionalDouble;
import org.teenygrad.Device;
import org.teenygrad.nanochat.model.GptConfig;

/// What nanochat makes of the dial: how long a model of some depth is trained, in what batches, and how fast.
///
/// Everything is measured against a model of 12 blocks, whose settings were tuned: tokens grow with the parameters (Hoffmann et
/// al., *Training Compute-Optimal Large Language Models*, 2022), the batch with `tokens^0.383` (Bergsma et al., *Power Lines*,
/// 2025), learning rates with the root of the batch, and the weight decay so that `batch / (rate decay tokens)` stays (Wang and
/// Aitchison, *How to set AdamW's weight decay*, 2024).
///
/// @param targetTokens how many tokens the model should see by its parameters
/// @param totalBatchSize tokens of an iteration
/// @param iterations in all
/// @param learningRateScale what all learning rates are multiplied with, for the batch
/// @param weightDecay of matrices at the beginning
public record TrainingPlan(
    BaseSettings settings,
    GptConfig config,
    long targetTokens,
    int totalBatchSize,
    long iterations,
    double learningRateScale,
    double weightDecay) {

  private static final int REFERENCE_DEPTH = 12;
  private static final double REFERENCE_BATCH = 1 << 19;
  private static final double BATCH_EXPONENT = 0.383;

  private static final double FIRST_MOMENTUM = 0.85;
  private static final double MOMENTUM = 0.97;
  private static final double LAST_MOMENTUM = 0.90;
  private static final int MOMENTUM_WARMUP = 400;

  /// @throws IllegalArgumentException if the batch that suits the training is no multiple of the one on the device
  public static TrainingPlan of(BaseSettings settings, int vocabSize) {
    GptConfig config = settings.model(vocabSize);
    double ratio = settings.targetParamDataRatio();
    long targetTokens = (long) (ratio * config.parameterCounts().scaling());
    double referenceTokens = ratio * settings.model(REFERENCE_DEPTH, vocabSize).parameterCounts().scaling();
    int batch = settings.totalBatchSize() != -1
        ? settings.totalBatchSize()
        : nearestPowerOf2(REFERENCE_BATCH * Math.pow(targetTokens / referenceTokens, BATCH_EXPONENT));
    int deviceBatch = settings.deviceBatchSize() * settings.maxSeqLen();
    if (batch % deviceBatch != 0) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "an iteration of %,d tokens is no multiple of device_batch_size x max_seq_len = %,d: choose powers of 2, or say --total-batch-size", batch,
          deviceBatch));
    }
    double batchRatio = batch / REFERENCE_BATCH;
    return new TrainingPlan(
        settings,
        config,
        targetTokens,
        batch,
        iterations(settings, config, targetTokens, batch),
        Math.sqrt(batchRatio),
        settings.weightDecay() * Math.sqrt(batchRatio) * (referenceTokens / targetTokens));
  }

  private static int nearestPowerOf2(double x) {
    return 1 << (int) Math.rint(Math.log(x) / Math.log(2));
  }

  private static long iterations(BaseSettings settings, GptConfig config, long targetTokens, int batch) {
    if (settings.numIterations() > 0) {
      return settings.numIterations();
    }
    return settings.targetFlops() > 0
        ? (long) Math.rint(settings.targetFlops() / ((double) config.flopsPerToken() * batch))
        : targetTokens / batch;
  }

  /// Batches on the device whose gradients are added up in an iteration.
  public int accumulatedBatches() {
    return totalBatchSize / (settings.deviceBatchSize() * settings.maxSeqLen());
  }

  /// Floating-point operations of the whole training.
  public double flops() {
    return (double) config.flopsPerToken() * totalBatchSize * iterations;
  }

  /// Measures, in a second or so, how fast a device multiplies large matrices in the type of the training.
  /// @return floating-point operations a second, which no training exceeds; empty for an interpreter
  public OptionalDouble matmulFlopsPerSecond(Device device) {
    return MatmulRate.measure(device, settings.dtype());
  }

  /// What learning rates are multiplied with at an iteration: up to 1, level, and down.
  public double learningRateFactor(long iteration) {
    if (iteration < settings.warmupSteps()) {
      return (iteration + 1.0) / settings.warmupSteps();
    }
    if (iteration <= iterations - warmdown()) {
      return 1;
    }
    double left = (iterations - iteration) / (double) warmdown();
    return left + (1 - left) * settings.finalLrFrac();
  }

  /// Muon's momentum at an iteration: up at the beginning, and somewhat down while learning rates fall.
  public double momentum(long iteration) {
    long fallsFrom = iterations - warmdown();
    if (iteration < MOMENTUM_WARMUP) {
      double done = iteration / (double) MOMENTUM_WARMUP;
      return (1 - done) * FIRST_MOMENTUM + done * MOMENTUM;
    }
    if (iteration < fallsFrom) {
      return MOMENTUM;
    }
    double done = (iteration - fallsFrom) / (double) warmdown();
    return MOMENTUM * (1 - done) + LAST_MOMENTUM * done;
  }

  /// The weight decay of matrices at an iteration: a quarter of a cosine's period, down to 0.
  public double weightDecay(long iteration) {
    return weightDecay * 0.5 * (1 + Math.cos(Math.PI * iteration / iterations));
  }

  private long warmdown() {
    return (long) Math.rint(settings.warmdownRatio() * iterations);
  }
}
