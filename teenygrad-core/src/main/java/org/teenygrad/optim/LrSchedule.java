package org.teenygrad.optim;

/// The learning rate of each iteration, counted from 0.
@FunctionalInterface
public interface LrSchedule {

  double at(long iteration);

  /// The same rate for ever.
  static LrSchedule constant(double learningRate) {
    CosineSchedule.requireRate(learningRate);
    return iteration -> learningRate;
  }

  /// A straight line from `first` at iteration 0 to `last` at iteration `iterations`, and `last`
  /// from there on.
  static LrSchedule linear(double first, double last, long iterations) {
    CosineSchedule.requireRate(first);
    CosineSchedule.requireRate(last);
    CosineSchedule.requireCount("iterations", iterations);
    return iteration ->
        iteration >= iterations ? last : first + (last - first) * ((double) iteration / iterations);
  }

  /// `learningRate`, multiplied by `factor` after every `period` iterations.
  static LrSchedule step(double learningRate, double factor, long period) {
    CosineSchedule.requireRate(learningRate);
    CosineSchedule.requireRate(factor);
    if (period < 1) {
      throw new IllegalArgumentException("a step every " + period + " iterations: it must be at least 1");
    }
    return iteration -> learningRate * StrictMath.pow(factor, (double) (iteration / period));
  }
}
