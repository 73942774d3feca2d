package org.teenygrad.golden;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// How far from PyTorch an answer may be: |ours - theirs| <= absolute + relative |theirs|; NaN equals NaN.
record Tolerance(double absolute, double relative) {
  /// Operations that add up many products in an order of their own.
  private static final Set<String> LONG_SUMS =
      Set.of(
          "matmul", "linear", "conv1d", "conv2d", "conv3d", "conv_transpose2d",
          "layer_norm", "rms_norm", "group_norm", "batch_norm",
          "scaled_dot_product_attention", "multi_head_attention", "rnn", "lstm", "gru", "optim", "gpt");

  static Tolerance of(String op, DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> new Tolerance(1e-3, 1e-2);
      case BFLOAT16 -> new Tolerance(1e-2, 2e-2);
      case FLOAT64 -> new Tolerance(1e-10, 1e-8);
      case FLOAT32 -> LONG_SUMS.contains(op) ? new Tolerance(1e-4, 1e-3) : new Tolerance(1e-5, 1e-4);
      default -> new Tolerance(0, 0);
    };
  }

  /// What is wrong with `ours`; null if nothing is.
  @Nullable String difference(String what, Tensor ours, Tensor theirs) {
    if (!ours.shape().equals(theirs.shape())) {
      return what + " is " + ours.shape() + ", not " + theirs.shape();
    }
    if (ours.dtype() != theirs.dtype()) {
      return what + " is " + ours.dtype() + ", not " + theirs.dtype();
    }
    return theirs.dtype().isFloating() ? floatingDifference(what, ours, theirs) : integerDifference(what, ours, theirs);
  }

  private @Nullable String floatingDifference(String what, Tensor ours, Tensor theirs) {
    double[] a = ours.toDoubleArray();
    double[] b = theirs.toDoubleArray();
    int worst = -1;
    int wrong = 0;
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double excess = excess(a[i], b[i]);
      wrong += excess > 0 ? 1 : 0;
      if (excess > largest) {
        largest = excess;
        worst = i;
      }
    }
    return worst < 0
        ? null
        : String.format(Locale.ROOT,
            "%s[%d] is %s, not %s: off by %.3g where %.3g is allowed; %d of %d elements differ",
            what, worst, a[worst], b[worst], Math.abs(a[worst] - b[worst]),
            absolute + relative * Math.abs(b[worst]), wrong, a.length);
  }

  private static @Nullable String integerDifference(String what, Tensor ours, Tensor theirs) {
    long[] a = ours.cast(DType.INT64).toLongArray();
    long[] b = theirs.cast(DType.INT64).toLongArray();
    int first = Arrays.mismatch(a, b);
    long wrong = IntStream.range(0, a.length).filter(i -> a[i] != b[i]).count();
    return first < 0
        ? null
        : String.format(Locale.ROOT, "%s[%d] is %s, not %s: off by %d; %d of %d elements differ",
            what, first, a[first], b[first], a[first] - b[first], wrong, a.length);
  }

  /// How far beyond the tolerance; 0 within it.
  private double excess(double a, double b) {
    if (a == b || Double.isNaN(a) && Double.isNaN(b)) {
      return 0;
    }
    double excess = Math.abs(a - b) - absolute - relative * Math.abs(b);
    return Double.isNaN(excess) || Double.isInfinite(b) ? Double.POSITIVE_INFINITY : Math.max(0, excess);
  }
}
