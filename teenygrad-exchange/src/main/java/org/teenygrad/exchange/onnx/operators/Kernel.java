package org.teenygrad.exchange.onnx.operators;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/// What the elements around a position count.
sealed interface Kernel {
  /// How many elements count.
  int taps(double scale);

  /// Their weights.
  /// @param fraction how far the position is from the element on its left, more than 0 and at most 1
  double[] weights(double fraction, double scale);

  /// @param mode whose of two neighbours a position is
  record Nearest(String mode) implements Kernel {
    @Override
    public int taps(double scale) {
      return 2;
    }

    @Override
    public double[] weights(double fraction, double scale) {
      boolean right = fraction == 1 || switch (mode) {
        case "round_prefer_floor" -> fraction > 0.5;
        case "round_prefer_ceil" -> fraction >= 0.5;
        case "floor" -> false;
        case "ceil" -> true;
        default -> throw new IllegalArgumentException("there is no nearest_mode '" + mode + "'");
      };
      return right ? new double[] {0, 1} : new double[] {1, 0};
    }
  }

  /// @param antialias whether the kernel is stretched where sizes become smaller
  record Linear(boolean antialias) implements Kernel {
    @Override
    public int taps(double scale) {
      return antialias ? stretched(1, scale) : 2;
    }

    @Override
    public double[] weights(double fraction, double scale) {
      return sampled(fraction, antialias ? Math.min(scale, 1) : 1, taps(scale), x -> Math.max(0, 1 - Math.abs(x)), antialias);
    }
  }

  /// Keys, "Cubic convolution interpolation for digital image processing", 1981.
  record Cubic(double a, boolean antialias) implements Kernel {
    @Override
    public int taps(double scale) {
      return antialias ? stretched(2, scale) : 4;
    }

    @Override
    public double[] weights(double fraction, double scale) {
      return sampled(fraction, antialias ? Math.min(scale, 1) : 1, taps(scale), this::at, antialias);
    }

    private double at(double distance) {
      double x = Math.abs(distance);
      return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
    }
  }

  /// How many elements a kernel of that radius covers.
  private static int stretched(int radius, double scale) {
    int first = (int) Math.floor(-radius / Math.min(scale, 1)) + 1;
    return 2 - 2 * first;
  }

  private static double[] sampled(double fraction, double scale, int taps, DoubleUnaryOperator kernel, boolean normalized) {
    double[] weights = new double[taps];
    for (int k = 0; k < taps; k++) {
      weights[k] = kernel.applyAsDouble(scale * (k - taps / 2 + 1 - fraction));
    }
    double sum = normalized ? Arrays.stream(weights).sum() : 1;
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }
}
