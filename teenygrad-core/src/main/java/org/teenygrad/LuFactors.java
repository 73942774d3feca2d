package org.teenygrad;

/// The result of [Tensor#lu()]: `P L U` is the matrix.
/// @param p (..., m, m), a permutation
/// @param l (..., m, k), lower triangular with ones on its diagonal
/// @param u (..., k, n), upper triangular
public record LuFactors(Tensor p, Tensor l, Tensor u) {}
