package org.teenygrad;

/// The result of [Tensor#svd], where k is the smaller of the matrix' sizes.
/// @param u (..., m, k), with orthonormal columns
/// @param s (..., k), descending
/// @param vt (..., k, n), with orthonormal rows
public record Svd(Tensor u, Tensor s, Tensor vt) {}
