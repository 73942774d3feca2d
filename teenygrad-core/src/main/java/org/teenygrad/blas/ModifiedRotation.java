package org.teenygrad.blas;

/// A modified Givens rotation, as [Blas#drotmg] makes it: H (x1, y1) = (x1', 0), where the squares weigh d1 and d2
/// before, d1' and d2' after.
///
/// @param d1 the weight of the first component after the rotation
/// @param d2 the weight of the second
/// @param x1 the first component after the rotation
public record ModifiedRotation(double d1, double d2, double x1, double h11, double h12, double h21, double h22) {
  /// Weights beyond are scaled back, so that many rotations in a row neither overflow nor underflow.
  private static final double GAMMA = 4096;

  private static final double LEAST = 1 / (GAMMA * GAMMA);
  private static final double MOST = GAMMA * GAMMA;

  static ModifiedRotation of(double d1, double d2, double x1, double y1) {
    double p1 = d1 * x1;
    double p2 = d2 * y1;
    if (d1 >= 0 && p2 == 0) {
      return new ModifiedRotation(d1, d2, x1, 1, 0, 0, 1);
    }
    if (d1 >= 0 && Math.abs(p1 * x1) > Math.abs(p2 * y1)) {
      double h21 = -y1 / x1;
      double h12 = p2 / p1;
      double u = 1 - h12 * h21;
      if (u > 0) {
        return new ModifiedRotation(d1 / u, d2 / u, x1 * u, 1, h12, h21, 1).scaled();
      }
    } else if (d1 >= 0 && p2 * y1 >= 0) {
      double h11 = p1 / p2;
      double h22 = x1 / y1;
      double u = 1 + h11 * h22;
      return new ModifiedRotation(d2 / u, d1 / u, y1 * u, h11, 1, -1, h22).scaled();
    }
    return new ModifiedRotation(0, 0, 0, 0, 0, 0, 0); // a weight would become negative: nothing is left
  }

  /// The same with both weights within bounds: rows of H take what the weights' roots lose.
  private ModifiedRotation scaled() {
    double first = factor(d1);
    double second = factor(d2);
    return new ModifiedRotation(d1 * first * first, d2 * second * second, x1 / first, h11 / first, h12 / first, h21 / second, h22 / second);
  }

  private static double factor(double weight) {
    double factor = 1;
    double size = Math.abs(weight);
    while (size != 0 && size <= LEAST && factor < 0x1p500) {
      factor *= GAMMA;
      size *= MOST;
    }
    while (size >= MOST && size < Double.POSITIVE_INFINITY) {
      factor /= GAMMA;
      size /= MOST;
    }
    return factor;
  }

  ModifiedRotation toFloats() {
    return new ModifiedRotation((float) d1, (float) d2, (float) x1, (float) h11, (float) h12, (float) h21, (float) h22);
  }
}
