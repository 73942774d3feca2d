package org.teenygrad.optim;

/// A linear rise, then half a cosine down to a floor (Loshchilov and Hutter, *SGDR*, 2017), as
/// nanoGPT counts it.
///
/// @param learningRate the highest rate, reached at iteration `warmupIters`
/// @param minLr the rate from iteration `lrDecayIters` on
/// @param warmupIters iterations of the rise, which begins above 0; 0 for none
/// @param lrDecayIters the iteration at which the fall ends; if that is not after `warmupIters`,
///     the rise ends with a drop to `minLr`
public record CosineSchedule(double learningRate, double minLr, long warmupIters, long lrDecayIters)
    implements LrSchedule {

  /// @throws IllegalArgumentException if a rate is negative or not finite, or a count is negative
  public CosineSchedule {
    requireRate(learningRate);
    requireRate(minLr);
    requireCount("warmupIters", warmupIters);
    requireCount("lrDecayIters", lrDecayIters);
  }

  @Override
  public double at(long iteration) {
    if (iteration < warmupIters) {
      return learningRate * (iteration + 1) / (warmupIters + 1);
    }
    if (iteration >= lrDecayIters) {
      return minLr;
    }
    double progress = (double) (iteration - warmupIters) / (lrDecayIters - warmupIters);
    return minLr + 0.5 * (1 + StrictMath.cos(Math.PI * progress)) * (learningRate - minLr);
  }

  /// @throws IllegalArgumentException unless `rate` is a finite number, 0 or more
  static void requireRate(double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a learning rate must be a finite number of 0 or more, not " + rate);
    }
  }

  /// @throws IllegalArgumentException if `count` is negative
  static void requireCount(String what, long count) {
    if (count < 0) {
      throw new IllegalArgumentException(what + " must be 0 or more, not " + count);
    }
  }
}
