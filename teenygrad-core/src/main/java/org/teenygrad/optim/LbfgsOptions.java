package org.teenygrad.optim;

import java.util.Locale;

/// How [LBFGS] searches.
///
/// ```java
/// LbfgsOptions.DEFAULT.withStrongWolfe(true).withHistory(10);
/// ```
/// @param iterations of one step at most
/// @param evaluations of the loss in one step at most
/// @param gradientTolerance the largest element of a gradient at which a step ends
/// @param changeTolerance the change of the loss, or of parameters, at which a step ends
/// @param history how many changes of parameters and gradients stand for the Hessian
/// @param strongWolfe whether the length of each move is searched until it fulfils the strong Wolfe conditions; else it is the
///     learning rate
public record LbfgsOptions(
    int iterations, int evaluations, double gradientTolerance, double changeTolerance, int history, boolean strongWolfe) {
  /// PyTorch's: 20 iterations, 25 evaluations, tolerances 1e-7 and 1e-9, a history of 100, no search.
  public static final LbfgsOptions DEFAULT = new LbfgsOptions(20, 25, 1e-7, 1e-9, 100, false);

  /// @throws IllegalArgumentException if there is no iteration, evaluation or history
  public LbfgsOptions {
    if (iterations < 1 || evaluations < 1 || history < 1) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "LBFGS: %d iterations, %d evaluations and a history of %d: each must be at least 1",
          iterations, evaluations, history));
    }
  }

  /// With as many evaluations as a quarter more.
  /// @throws IllegalArgumentException if there is none
  public LbfgsOptions withIterations(int changed) {
    return new LbfgsOptions(changed, changed * 5 / 4, gradientTolerance, changeTolerance, history, strongWolfe);
  }

  /// @throws IllegalArgumentException if there is none
  public LbfgsOptions withEvaluations(int changed) {
    return new LbfgsOptions(iterations, changed, gradientTolerance, changeTolerance, history, strongWolfe);
  }

  public LbfgsOptions withTolerances(double gradient, double change) {
    return new LbfgsOptions(iterations, evaluations, gradient, change, history, strongWolfe);
  }

  /// @throws IllegalArgumentException if there is none
  public LbfgsOptions withHistory(int changed) {
    return new LbfgsOptions(iterations, evaluations, gradientTolerance, changeTolerance, changed, strongWolfe);
  }

  public LbfgsOptions withStrongWolfe(boolean changed) {
    return new LbfgsOptions(iterations, evaluations, gradientTolerance, changeTolerance, history, changed);
  }
}
