package org.teenygrad.optim;

/// Reduces learning rates when a measured number no longer gets better: `torch.optim.lr_scheduler.ReduceLROnPlateau`.
///
/// ```java
/// var plateau = new ReduceOnPlateau(optimizer, PlateauOptions.DEFAULT.withPatience(1));
/// for (double loss : new double[] {1.0, 0.5, 0.5, 0.5}) {
///   plateau.step(loss);
/// }
/// optimizer.learningRate(0);   // 1.0E-4
/// ```
public final class ReduceOnPlateau {
  private final Optimizer optimizer;
  private final PlateauOptions options;
  private double best;
  private int worse;
  private int cooling;

  public ReduceOnPlateau(Optimizer optimizer, PlateauOptions options) {
    this.optimizer = optimizer;
    this.options = options;
    best = options.largerIsBetter() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  /// Takes in a measurement, such as the loss of validation after an epoch.
  public void step(double value) {
    if (options.isBetter(value, best)) {
      best = value;
      worse = 0;
    } else {
      worse++;
    }
    if (cooling > 0) {
      cooling--;
      worse = 0;
    }
    if (worse > options.patience()) {
      reduce();
      cooling = options.cooldown();
      worse = 0;
    }
  }

  private void reduce() {
    for (int group = 0; group < optimizer.groups().size(); group++) {
      double rate = optimizer.learningRate(group);
      double reduced = Math.max(rate * options.factor(), options.minLr());
      if (rate - reduced > options.eps()) {
        optimizer.learningRate(group, reduced);
      }
    }
  }

  /// The best measurement so far; infinite before the first.
  public double best() {
    return best;
  }
}
