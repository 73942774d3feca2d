package org.teenygrad;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Vectors of numbers, and of bags of numbers.
sealed interface Embeddings permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// As [Tensor#embedding(Tensor)], where one row gets no gradient: `torch.nn.functional.embedding(padding_idx=...)`.
  /// @param paddingIdx the row; negative numbers count from the last
  /// @throws IllegalArgumentException if there is no such row, this is no matrix, or the ids are no integers
  default Tensor embedding(Tensor ids, int paddingIdx) {
    Tensor rows = self().embedding(ids);
    return Positions.widen(ids).eq(Bags.row("embedding", self(), paddingIdx)).unsqueeze(-1).where(rows.detach(), rows);
  }

  /// The sum, mean or maximum of the rows of several ids: `torch.nn.functional.embedding_bag`. Rows of all ids are made on the way
  /// only where bags have offsets.
  /// ```java
  /// var rows = Tensor.of(new float[] {1, 2, 10, 20}, 2, 2);
  /// rows.embeddingBag(Tensor.of(0L, 1L, 1L), Tensor.of(0L, 2L), BagReduction.SUM, null, null);   // [[11. 22.]
  ///                                                                                              //  [10. 20.]]
  /// ```
  /// @param ids (bags, ids of each); with offsets all bags' ids in one vector
  /// @param offsets where each bag begins, ascending from 0, or null. PyTorch's `include_last_offset` has one offset more, which is
  ///     left out here
  /// @param perSampleWeights what rows are multiplied with, in the shape of the ids, only for sums; or null
  /// @param paddingIdx a row that does not count, or null
  /// @return (bags, dim)
  /// @throws IllegalArgumentException if the shapes do not fit, or there are weights for what is not summed
  default Tensor embeddingBag(
      Tensor ids, @Nullable Tensor offsets, BagReduction reduction, @Nullable Tensor perSampleWeights, @Nullable Integer paddingIdx) {
    if (self().rank() != 2 || ids.rank() != (offsets == null ? 2 : 1) || offsets != null && (offsets.rank() != 1 || !offsets.dtype().isInteger())) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "embeddingBag: takes a table (rows, dim) and ids (bags, n), or a vector of ids with offsets, not %s, %s and %s",
          self().shape(), ids.shape(), offsets == null ? "no offsets" : offsets.shape().toString()));
    }
    if (perSampleWeights != null && (reduction != BagReduction.SUM || !perSampleWeights.shape().equals(ids.shape()))) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "embeddingBag: weights %s are for sums, one for each of the ids %s, not for %s",
          perSampleWeights.shape(), ids.shape(), reduction));
    }
    Tensor counts = paddingIdx == null ? null : Positions.widen(ids).ne(Bags.row("embeddingBag", self(), paddingIdx));
    Tensor rows = Precision.widen(self().embedding(ids));
    rows = perSampleWeights == null ? rows : rows.mul(perSampleWeights.cast(rows.dtype()).unsqueeze(-1));
    Tensor all = offsets == null ? Bags.ofRows(rows, counts, reduction) : Bags.ofVector(rows, counts, offsets, reduction);
    return all.cast(self().dtype());
  }
}
