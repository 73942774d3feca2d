package org.teenygrad.models.inference;

/// A token that has been added to a row.
///
/// @param forced whether it was not sampled but [due][RowState#due]
/// @param logProbability of a sampled token, given all before it: by the model's scores as they are, whatever the [Sampling] made of them;
///     of a forced token NaN
public record GeneratedToken(int token, boolean forced, float logProbability) {}
