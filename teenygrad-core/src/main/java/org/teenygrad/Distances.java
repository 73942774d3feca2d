package org.teenygrad;

import java.util.Locale;
import java.util.stream.IntStream;

/// How far vectors are from each other, and vectors brought to a length.
sealed interface Distances permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The p-norm of the difference of each row of this matrix and each of another: `torch.cdist`. The gradient is 0 where both are equal.
  /// ```java
  /// Tensor.of(new float[][] {{0, 0}, {3, 4}}).cdist(Tensor.of(new float[][] {{3, 4}}), 2);   // [[5.]
  ///                                                                                          //  [0.]]
  /// ```
  /// @param other (..., m, dim) for this (..., n, dim); the leading axes broadcast
  /// @param p as in [Tensor#norm(double, int...)]
  /// @return (..., n, m)
  /// @throws IllegalArgumentException if the last axes differ, or there are not two
  default Tensor cdist(Tensor other, double p) {
    if (self().rank() < 2 || other.rank() < 2 || self().size(-1) != other.size(-1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "cdist: takes (..., n, dim) and (..., m, dim), not %s and %s",
              self().shape(), other.shape()));
    }
    if (!(p >= 0)) {
      throw new IllegalArgumentException("cdist: p must not be negative, but is " + p);
    }
    return self().unsqueeze(-2).sub(other.unsqueeze(-3)).norm(p, -1);
  }

  /// The p-norm of the difference of each two rows of this matrix, (0, 1), (0, 2), ..., (1, 2), ...: `torch.nn.functional.pdist`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 0}, {3, 4}, {0, 1}}).pdist(1);   // [7. 1. 6.]
  /// ```
  /// @return (n (n - 1) / 2) for (n, dim)
  /// @throws IllegalArgumentException if this is no matrix, or p is negative
  default Tensor pdist(double p) {
    if (self().rank() != 2 || !(p >= 0)) {
      throw new IllegalArgumentException("pdist: takes (n, dim) and a p that is not negative, not " + self().shape() + " and " + p);
    }
    Tensor pairs = Tensor.triuIndices(self().size(0), self().size(0), 1).to(self().device());
    return self().indexSelect(0, pairs.select(0, 0)).sub(self().indexSelect(0, pairs.select(0, 1))).norm(p, -1);
  }

  /// The p-norm of `x - y + eps` along the last axis, which disappears: `torch.nn.functional.pairwise_distance`.
  /// ```java
  /// Tensor.of(0f, 0f).pairwiseDistance(Tensor.of(3f, 4f), 2, 0);   // 5.0
  /// ```
  default Tensor pairwiseDistance(Tensor other, double p, double eps) {
    return self().sub(other).add(eps).norm(p, -1);
  }

  /// The cosine of the angle between vectors along an axis, which disappears: `torch.nn.functional.cosine_similarity`.
  /// ```java
  /// Tensor.of(1f, 0f).cosineSimilarity(Tensor.of(0f, 2f), 0, 1e-8);   // 0.0
  /// ```
  /// @param eps the length that shorter vectors count as
  /// @throws IllegalArgumentException if eps is negative, or the shapes do not broadcast
  default Tensor cosineSimilarity(Tensor other, int axis, double eps) {
    Scaling.checkEps("cosineSimilarity", eps);
    Shape shape = Broadcasting.shape("cosineSimilarity", self().shape(), other.shape());
    Tensor y = Precision.widen(other).broadcastTo(shape);
    return Precision.compute(self().broadcastTo(shape), x -> {
      Tensor lengths = x.norm(2, axis, true).clampMin(eps);
      Tensor others = y.norm(2, axis, true).clampMin(eps);
      return x.div(lengths).mul(y.div(others)).sum(axis);
    });
  }

  /// Each vector along an axis divided by its p-norm, or by `eps` if that is larger: `torch.nn.functional.normalize`.
  /// ```java
  /// Tensor.of(3f, 4f).normalize(2, 0, 1e-12);   // [0.6 0.8]
  /// ```
  default Tensor normalize(double p, int axis, double eps) {
    return Precision.compute(self(), x -> x.div(x.norm(p, axis, true).clampMin(eps)));
  }

  /// The parts along an axis, each with its p-norm brought down to `most` if it is larger: `torch.renorm`.
  /// ```java
  /// Tensor.of(new float[][] {{3, 4}, {0, 1}}).renorm(2, 0, 5).select(0, 1);   // [0. 1.]
  /// ```
  /// @throws IllegalArgumentException if the tensor has fewer than two axes
  default Tensor renorm(double p, int axis, double most) {
    if (!(p > 0 && most >= 0)) {
      throw new IllegalArgumentException("renorm: p must be above 0 and the largest norm not negative, but they are " + p + " and " + most);
    }
    int along = self().shape().axis(axis);
    int[] others = IntStream.range(0, self().rank()).filter(i -> i != along).toArray();
    if (others.length == 0) {
      throw new IllegalArgumentException("renorm: needs more axes than one, not shape " + self().shape());
    }
    return Precision.compute(self(), x -> {
      Tensor norm = x.norm(p, others, true);
      return x.mul(norm.gt(most).where(norm.add(1e-7).rdiv(most), 1));
    });
  }
}
