package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// A vector for each number: PyTorch's `nn.Embedding`.
///
/// @param weight (count, dim)
/// @param paddingIdx a number whose vector gets no gradient, or null
public record Embedding(Tensor weight, @Nullable Integer paddingIdx) implements Layer {
  public Embedding(Tensor weight) {
    this(weight, null);
  }

  /// Normally distributed with variance 1, as PyTorch starts them.
  public static Embedding of(int count, int dim) {
    return of(count, dim, Init.normal(1));
  }

  public static Embedding of(int count, int dim, Init init) {
    return new Embedding(init.parameter(count, dim));
  }

  /// As [#of(int, int)], but for zeros at a number that stands for padding, which stay so.
  /// ```java
  /// Embedding.padded(10, 3, 0).forward(Tensor.of(0L));   // [0. 0. 0.]
  /// ```
  /// @throws IllegalArgumentException if there is no such number
  public static Embedding padded(int count, int dim, int paddingIdx) {
    return new Embedding(zeroed(count, dim, paddingIdx), paddingIdx);
  }

  /// Normal vectors, one of them zeros.
  /// @throws IllegalArgumentException if there is no such number
  static Tensor zeroed(int count, int dim, int paddingIdx) {
    if (paddingIdx < 0 || paddingIdx >= count) {
      throw new IllegalArgumentException("embedding: the padding is one of " + count + " numbers, not " + paddingIdx);
    }
    Tensor drawn = Tensor.normal(0, 1, count, dim);
    return Tensor.arange(count).eq(paddingIdx).unsqueeze(1).where(0, drawn).realize().requiresGrad();
  }

  /// @param ids integers in 0 .. count-1, of any shape
  /// @return (ids' shape, dim)
  @Override
  public Tensor forward(Tensor ids) {
    return ForwardHook.output(this, ids, paddingIdx == null ? weight.embedding(ids) : weight.embedding(ids, paddingIdx));
  }

  @Override
  public String toString() {
    return tree();
  }
}
