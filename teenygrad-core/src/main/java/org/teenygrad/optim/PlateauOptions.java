package org.teenygrad.optim;

/// When [ReduceOnPlateau] finds that a number no longer gets better.
///
/// ```java
/// PlateauOptions.DEFAULT.withPatience(5).withLargerIsBetter();   // for an accuracy
/// ```
/// @param largerIsBetter PyTorch's `mode="max"`; else the smaller the better
/// @param factor what learning rates are multiplied with
/// @param patience how many measurements in a row may be no better before that happens
/// @param threshold how much better counts
/// @param relative whether the threshold is a part of the best so far, else it is a distance: PyTorch's `threshold_mode`
/// @param cooldown how many measurements after a reduction are not counted
/// @param minLr the least learning rate
/// @param eps reductions by less are left out
public record PlateauOptions(
    boolean largerIsBetter, double factor, int patience, double threshold, boolean relative, int cooldown, double minLr, double eps) {
  /// PyTorch's: smaller is better, a tenth after 10 measurements that are not better by a ten-thousandth.
  public static final PlateauOptions DEFAULT = new PlateauOptions(false, 0.1, 10, 1e-4, true, 0, 0, 1e-8);

  /// @throws IllegalArgumentException if the factor is not in 0..1 without 1, or a number is negative
  public PlateauOptions {
    if (!(factor >= 0 && factor < 1)) {
      throw new IllegalArgumentException("a plateau's factor must be in 0..1 without 1, not " + factor);
    }
    CosineSchedule.requireRate(minLr);
    CosineSchedule.requireCount("patience", patience);
    CosineSchedule.requireCount("cooldown", cooldown);
  }

  public PlateauOptions withLargerIsBetter() {
    return new PlateauOptions(true, factor, patience, threshold, relative, cooldown, minLr, eps);
  }

  /// @throws IllegalArgumentException if it is not in 0..1 without 1
  public PlateauOptions withFactor(double changed) {
    return new PlateauOptions(largerIsBetter, changed, patience, threshold, relative, cooldown, minLr, eps);
  }

  /// @throws IllegalArgumentException if it is negative
  public PlateauOptions withPatience(int changed) {
    return new PlateauOptions(largerIsBetter, factor, changed, threshold, relative, cooldown, minLr, eps);
  }

  public PlateauOptions withThreshold(double changed, boolean isRelative) {
    return new PlateauOptions(largerIsBetter, factor, patience, changed, isRelative, cooldown, minLr, eps);
  }

  /// @throws IllegalArgumentException if it is negative
  public PlateauOptions withCooldown(int changed) {
    return new PlateauOptions(largerIsBetter, factor, patience, threshold, relative, changed, minLr, eps);
  }

  /// @throws IllegalArgumentException if it is negative or not finite
  public PlateauOptions withMinLr(double changed) {
    return new PlateauOptions(largerIsBetter, factor, patience, threshold, relative, cooldown, changed, eps);
  }

  boolean isBetter(double value, double best) {
    double sign = largerIsBetter ? 1 : -1;
    double bound = relative ? best * (1 + sign * threshold) : best + sign * threshold;
    return largerIsBetter ? value > bound : value < bound;
  }
}
