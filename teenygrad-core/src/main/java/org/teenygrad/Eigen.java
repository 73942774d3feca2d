package org.teenygrad;

/// The result of [Tensor#eigh].
/// @param values (..., n), ascending
/// @param vectors (..., n, n), one a column
public record Eigen(Tensor values, Tensor vectors) {}
