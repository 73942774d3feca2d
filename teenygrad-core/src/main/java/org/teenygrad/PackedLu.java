package org.teenygrad;

/// The result of [Tensor#luFactor()].
/// @param lu (..., m, n): both triangles, without the lower one's diagonal of ones
/// @param pivots int32 (..., k): for each row, from 1 on, with which one it was exchanged
public record PackedLu(Tensor lu, Tensor pivots) {}
