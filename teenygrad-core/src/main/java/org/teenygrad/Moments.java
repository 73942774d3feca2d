package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Differences to the mean and their squares' sum, over axes that stay with size 1: the corrected two-pass algorithm.
///
/// A mean is rounded. In float32 a mean near 1000 is off by up to 3e-5, which may be a good part of the standard deviation. Differences to
/// the rounded mean are nearly exact, so their own mean says how far off it is, and is taken off once more.
///
/// To the chain rule the correction is a constant: with exact arithmetic it is 0. Elements of 16 bits need none: they
/// lie further apart than float32 rounds their mean.
///
/// @param centred the elements less their mean
/// @param squares the sum of the squares of `centred`: from one pass over the elements, in which the correction is found, too
record Moments(Tensor centred, Tensor squares) {

  /// Of a floating tensor, in the type that it is computed in.
  static Moments of(Tensor x, int... axes) {
    Tensor wide = Precision.widen(x);
    Tensor rough = wide.sub(wide.mean(axes, true));
    if (wide.dtype() != x.dtype()) {
      return new Moments(rough, rough.square().sum(axes, true));
    }
    Tensor correction = rough.mean(axes, true).detach();
    Tensor centred = rough.sub(correction);
    Tensor excess = correction.square().mul(Reducing.count(x.shape(), axes));
    Tensor exact = rough.square().sum(axes, true).sub(excess).maximum(0);
    return new Moments(centred, Tensor.apply(OpCode.SURROGATE, exact, centred.square().sum(axes, true)));
  }
}
