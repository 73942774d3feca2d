package org.teenygrad;

/// The result of [Tensor#unique()].
/// @param values each different element once
/// @param inverse int64: where among the values each element is, so that `values.take(inverse)` is the tensor
/// @param counts int64: how often each value occurs
public record Unique(Tensor values, Tensor inverse, Tensor counts) {}
