package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.BagReduction;
import org.teenygrad.Tensor;

/// The sum, mean or maximum of the vectors of several numbers: PyTorch's `nn.EmbeddingBag`.
///
/// ```java
/// EmbeddingBag.of(10, 3).forward(Tensor.of(new long[][] {{1, 2}, {4, 4}})).shape();   // (2, 3)
/// ```
/// @param weight (count, dim)
/// @param paddingIdx a number that does not count, or null
public record EmbeddingBag(Tensor weight, BagReduction reduction, @Nullable Integer paddingIdx) implements Layer {
  /// Means of normally distributed vectors, as PyTorch starts them.
  public static EmbeddingBag of(int count, int dim) {
    return new EmbeddingBag(Init.normal(1).parameter(count, dim), BagReduction.MEAN, null);
  }

  /// This with another reduction.
  public EmbeddingBag withReduction(BagReduction changed) {
    return new EmbeddingBag(weight, changed, paddingIdx);
  }

  /// @param ids (bags, numbers of each)
  /// @return (bags, dim)
  @Override
  public Tensor forward(Tensor ids) {
    return forward(ids, null, null);
  }

  /// @param ids (bags, numbers of each); with offsets all bags' numbers in one vector
  /// @param offsets (bags), where each begins, or null
  /// @param perSampleWeights what vectors are multiplied with, in the shape of the ids, for sums; or null
  /// @return (bags, dim)
  /// @throws IllegalArgumentException if the shapes do not fit, or what is not summed has weights
  public Tensor forward(Tensor ids, @Nullable Tensor offsets, @Nullable Tensor perSampleWeights) {
    return ForwardHook.output(this, ids, weight.embeddingBag(ids, offsets, reduction, perSampleWeights, paddingIdx));
  }

  @Override
  public String toString() {
    return tree();
  }
}
