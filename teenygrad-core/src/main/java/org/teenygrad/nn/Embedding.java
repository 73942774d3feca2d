package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// A vector for each number: PyTorch's `nn.Embedding`.
///
/// @param weight (count, dim)
public record Embedding(Tensor weight) implements Layer {
  /// Normally distributed with variance 1, as PyTorch starts them.
  public static Embedding of(int count, int dim) {
    return of(count, dim, Init.normal(1));
  }

  public static Embedding of(int count, int dim, Init init) {
    return new Embedding(init.parameter(count, dim));
  }

  /// @param ids integers in 0 .. count-1, of any shape
  /// @return (ids' shape, dim)
  @Override
  public Tensor forward(Tensor ids) {
    return ForwardHook.output(this, ids, weight.embedding(ids));
  }

  @Override
  public String toString() {
    return tree();
  }
}
