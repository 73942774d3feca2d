package org.teenygrad.optim;

import org.teenygrad.Tensor;

/// A parameter and its gradient once weight decay is in one of them.
record Decay(Tensor parameter, Tensor gradient) {
  /// @param rate the learning rate, a scalar
  /// @param decoupled whether the parameter shrinks by `learningRate weightDecay`, rather than `weightDecay p` being added to the gradient
  static Decay of(Optimizer.Update update, Tensor rate, boolean decoupled) {
    Tensor p = update.parameter();
    double weight = update.weightDecay();
    if (weight == 0) {
      return new Decay(p, update.gradient());
    }
    return decoupled ? new Decay(p.mul(rate.mul(weight).rsub(1)), update.gradient()) : new Decay(p, update.gradient().add(p.mul(weight)));
  }
}
