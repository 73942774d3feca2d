package org.teenygrad.models.nanogpt;

import java.util.Locale;
import org.teenygrad.train.ComputeType;

/// Settings that are known to work, by name.
public enum Preset {
  /// Characters on a laptop, in minutes: 0.8 million parameters.
  SHAKESPEARE_CHAR_CPU(shape(4, 4, 128, 64, 0.0), training(12, 1, 2_000, 1e-3, 100, 1e-4, 0.99), evaluation(250, 20, 50)),

  /// Characters on a GPU, in minutes: 10.7 million parameters.
  SHAKESPEARE_CHAR(shape(6, 6, 384, 256, 0.2), training(64, 1, 5_000, 1e-3, 100, 1e-4, 0.99), evaluation(250, 200, 10)),

  /// GPT-2 as it was published, 124 million parameters with its vocabulary of 50,257. Days on many GPUs.
  GPT2(shape(12, 12, 768, 1024, 0.0), training(12, 40, 600_000, 6e-4, 2_000, 6e-5, 0.95), evaluation(1_000, 200, 10));

  private record Model(int nLayer, int nHead, int nEmbd, int blockSize, double dropout) {}

  private record Training(
      int batchSize, int accumulation, int maxIters, double learningRate, int warmup, double minLr, double beta2) {}

  private record Evaluation(int interval, int iters, int logInterval) {}

  private final TrainSettings settings;

  Preset(Model model, Training training, Evaluation evaluation) {
    settings = new TrainSettings(
        model.nLayer, model.nHead, model.nEmbd, model.blockSize, model.dropout, false,
        training.batchSize, training.accumulation, training.maxIters,
        training.learningRate, true, training.warmup, training.maxIters, training.minLr,
        0.1, 0.9, training.beta2, 1.0,
        evaluation.interval, evaluation.iters, evaluation.logInterval, 1337, ComputeType.FLOAT32);
  }

  private static Model shape(int nLayer, int nHead, int nEmbd, int blockSize, double dropout) {
    return new Model(nLayer, nHead, nEmbd, blockSize, dropout);
  }

  private static Training training(
      int batchSize, int accumulation, int maxIters, double learningRate, int warmup, double minLr, double beta2) {
    return new Training(batchSize, accumulation, maxIters, learningRate, warmup, minLr, beta2);
  }

  private static Evaluation evaluation(int interval, int iters, int logInterval) {
    return new Evaluation(interval, iters, logInterval);
  }

  public TrainSettings settings() {
    return settings;
  }

  /// The name on the command line: `shakespeare-char-cpu`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
