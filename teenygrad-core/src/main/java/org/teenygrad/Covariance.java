package org.teenygrad;

import org.jspecify.annotations.Nullable;

/// Covariances of observations with weights.
final class Covariance {
  private Covariance() {}

  static Tensor of(Tensor input, int correction, @Nullable Tensor times, @Nullable Tensor weights) {
    if (input.rank() > 2) {
      throw new IllegalArgumentException("cov: takes (variables, observations), not " + input.shape());
    }
    int n = input.rank() == 0 ? 1 : input.size(-1);
    require("how often", times, n, true);
    require("how much", weights, n, false);
    if (times == null && weights == null) {
      return input.cov(correction);
    }
    return Precision.compute(input, x -> {
      Tensor rows = x.rank() == 2 ? x : x.reshape(1, -1);
      Tensor share = weights == null ? Tensor.full(Shape.of(n), 1, x.dtype()) : weights.cast(x.dtype());
      Tensor weight = times == null ? share : share.mul(times.cast(x.dtype()));
      Tensor total = weight.sum();
      Tensor centred = rows.sub(rows.mul(weight).sum(-1, true).div(total));
      Tensor less = weights == null ? Operations.constant(x.dtype(), correction) : weight.mul(share).sum().div(total).mul(correction);
      return centred.mul(weight).matmul(centred.t()).div(total.sub(less).clampMin(0)).squeeze();
    });
  }

  private static void require(String what, @Nullable Tensor weights, int n, boolean integers) {
    if (weights != null && (weights.rank() > 1 || weights.numel() != n || (integers ? !weights.dtype().isInteger() : !weights.dtype().isFloating()))) {
      throw new IllegalArgumentException(
          "cov: " + what + " each observation counts is a vector of " + n + (integers ? " integers" : " floating numbers") + ", not " + weights.dtype() + " "
              + weights.shape());
    }
  }
}
