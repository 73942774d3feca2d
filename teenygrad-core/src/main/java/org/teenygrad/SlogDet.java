package org.teenygrad;

/// The result of [Tensor#slogdet()].
/// @param sign 1, -1, or 0 where the matrix is singular
/// @param logAbs the logarithm of the determinant's size
public record SlogDet(Tensor sign, Tensor logAbs) {}
