package org.teenygrad;

/// The result of [Tensor#qr].
/// @param q (..., m, k), with orthonormal columns
/// @param r (..., k, n), upper triangular
public record QrFactors(Tensor q, Tensor r) {}
