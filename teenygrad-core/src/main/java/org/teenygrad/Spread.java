package org.teenygrad;

/// The result of [Tensor#stdMean] and [Tensor#varMean].
/// @param spread the standard deviation, or the variance
/// @param mean of the same elements
public record Spread(Tensor spread, Tensor mean) {}
