package org.teenygrad;

/// What becomes of the vectors of a bag of numbers: the modes of `torch.nn.functional.embedding_bag`.
public enum BagReduction {
  SUM,
  /// The mean; zeros for an empty bag.
  MEAN,
  /// The largest of each element; zeros for an empty bag.
  MAX
}
