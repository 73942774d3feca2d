package org.teenygrad.optim;

import java.util.Locale;

/// One rise and one longer fall to almost nothing (Smith and Topin, *Super-Convergence*, 2018): `torch.optim.lr_scheduler.OneCycleLR`
/// with its two phases, or three.
///
/// @param highest the rate at the end of the rise
/// @param iterations of the whole cycle; the last rate stays
/// @param rise the part of the cycle that is the rise, in 0..1
/// @param firstDivisor what `highest` is divided by to get the first rate
/// @param lastDivisor what the first rate is divided by to get the last
/// @param cosine whether rise and fall are half cosines; else straight lines
/// @param threePhase whether the rate falls as fast as it rose, to where it began, and then on to the last: PyTorch's `three_phase`
public record OneCycle(
    double highest, long iterations, double rise, double firstDivisor, double lastDivisor, boolean cosine, boolean threePhase)
    implements LrSchedule {

  /// @throws IllegalArgumentException if there are no iterations, the rise is not in 0..1, or a divisor is not above 0
  public OneCycle {
    CosineSchedule.requireRate(highest);
    if (iterations < 1 || !(rise >= 0 && rise <= 1) || !(firstDivisor > 0) || !(lastDivisor > 0)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "oneCycle: %d iterations, a rise of %s of them, divisors %s and %s: there must be at least 1, 0..1, "
                  + "above 0",
              iterations, rise, firstDivisor, lastDivisor));
    }
  }

  /// With two phases.
  /// @throws IllegalArgumentException if there are no iterations, the rise is not in 0..1, or a divisor is not above 0
  public OneCycle(double highest, long iterations, double rise, double firstDivisor, double lastDivisor, boolean cosine) {
    this(highest, iterations, rise, firstDivisor, lastDivisor, cosine, false);
  }

  @Override
  public double at(long iteration) {
    double first = highest / firstDivisor;
    return at(iteration, first, highest, first / lastDivisor);
  }

  /// The momentum that goes with these rates: from `most` down to `least` while they rise, back while they fall. PyTorch's
  /// `cycle_momentum`, whose defaults are 0.85 and 0.95.
  /// ```java
  /// var cycle = new OneCycle(0.1, 1000, 0.3, 25, 1e4, true);
  /// optimizer.setting(0, "beta1", cycle.momentum(0.85, 0.95).at(optimizer.steps()));
  /// ```
  public LrSchedule momentum(double least, double most) {
    return iteration -> at(iteration, most, least, most);
  }

  private double at(long iteration, double first, double top, double last) {
    double peak = rise * iterations - 1;
    double back = threePhase ? 2 * rise * iterations - 2 : peak;
    double end = iterations - 1;
    if (iteration < peak) {
      return between(first, top, iteration / peak);
    }
    if (iteration < back) {
      return between(top, first, (iteration - peak) / (back - peak));
    }
    double from = threePhase ? first : top;
    return iteration >= end ? last : between(from, last, (iteration - back) / (end - back));
  }

  private double between(double from, double to, double progress) {
    return cosine ? to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * progress)) : from + (to - from) * progress;
  }
}
