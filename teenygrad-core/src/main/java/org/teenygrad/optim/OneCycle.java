package org.teenygrad.optim;

import java.util.Locale;

/// One rise and one longer fall to almost nothing (Smith and Topin, *Super-Convergence*, 2018): `torch.optim.lr_scheduler.OneCycleLR`
/// with its two phases, but for the momentum.
///
/// @param highest the rate at the end of the rise
/// @param iterations of the whole cycle; the last rate stays
/// @param rise the part of the cycle that is the rise, in 0..1
/// @param firstDivisor what `highest` is divided by to get the first rate
/// @param lastDivisor what the first rate is divided by to get the last
/// @param cosine whether rise and fall are half cosines; else straight lines
public record OneCycle(
    double highest, long iterations, double rise, double firstDivisor, double lastDivisor, boolean cosine)
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

  @Override
  public double at(long iteration) {
    double first = highest / firstDivisor;
    double top = rise * iterations - 1;
    double end = iterations - 1;
    if (iteration < top) {
      return between(first, highest, iteration / top);
    }
    return iteration >= end ? first / lastDivisor : between(highest, first / lastDivisor, (iteration - top) / (end - top));
  }

  private double between(double from, double to, double progress) {
    return cosine ? to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * progress)) : from + (to - from) * progress;
  }
}
