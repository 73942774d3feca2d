package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// The two linear layers of a transformer's layer, and how branches join the sum.
///
/// @param dropout of each branch
record FeedForward(Linear linear1, Linear linear2, Layer activation, double dropout, boolean normFirst) {
  static FeedForward of(TransformerOptions options) {
    return new FeedForward(
        Linear.of(options.dim(), options.feedForward(), options.bias()), Linear.of(options.feedForward(), options.dim(), options.bias()),
        options.activation(), options.dropout(), options.normFirst());
  }

  Tensor forward(Tensor x) {
    return linear2.forward(dropped(activation.forward(linear1.forward(x))));
  }

  /// x and a branch of it, with the norm before or behind.
  Tensor joined(Tensor x, LayerNorm norm, Layer branch) {
    return normFirst ? x.add(dropped(branch.forward(norm.forward(x)))) : norm.forward(x.add(dropped(branch.forward(x))));
  }

  private Tensor dropped(Tensor x) {
    return x.dropout(dropout, Mode.current() == Mode.TRAINING);
  }
}
