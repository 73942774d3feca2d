package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;

/// What [LikelihoodLosses] are made of.
final class Likelihoods {
  private Likelihoods() {}

  /// The variances, broadcastable to the means.
  static Tensor variance(Tensor mean, Tensor variance) {
    int[] sizes = mean.shape().toArray();
    int[] own = variance.shape().toArray();
    int last = sizes.length - 1;
    if (last >= 0 && own.length == last && Arrays.equals(sizes, 0, last, own, 0, last)) {
      return variance.unsqueeze(-1);
    }
    int[] others = own.length == sizes.length ? IntStream.range(0, own.length).filter(i -> own[i] != sizes[i]).toArray() : new int[] {-1, -1};
    if (others.length == 0 || others.length == 1 && own[others[0]] == 1) {
      return variance;
    }
    throw new IllegalArgumentException(String.format(Locale.ROOT, "gaussianNllLoss: variance %s is not %s, nor that with one axis of size 1 or without its last axis",
        variance.shape(), mean.shape()));
  }

  /// The value of one tensor with the derivative of another.
  static Tensor surrogate(Tensor value, Tensor derivative) {
    return Tensor.apply(OpCode.SURROGATE, value, derivative);
  }
}
