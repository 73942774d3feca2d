package org.teenygrad.nanochat.sft;

/// How learning rates and momentum change in the course of fine-tuning.
record SftSchedule(SftSettings settings, long iterations) {
  private static final double FIRST_MOMENTUM = 0.85;
  private static final double MOMENTUM = 0.95;
  private static final int MOMENTUM_WARMUP = 300;

  /// What learning rates are multiplied with: up to 1, level, and down. Counted is what will be done after the iteration, so that the last
  /// one has the final rate.
  double learningRateFactor(long iteration) {
    double progress = (iteration + 1.0) / iterations;
    if (progress < settings.warmupRatio()) {
      return progress / settings.warmupRatio();
    }
    double decay = (progress - (1 - settings.warmdownRatio())) / settings.warmdownRatio();
    return decay > 0 ? 1 - decay + decay * settings.finalLrFrac() : 1;
  }

  /// Muon's momentum, which rises as in base training.
  double momentum(long iteration) {
    double done = Math.min(iteration / (double) MOMENTUM_WARMUP, 1);
    return (1 - done) * FIRST_MOMENTUM + done * MOMENTUM;
  }
}
