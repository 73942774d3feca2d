package org.teenygrad.models.inference;

import java.util.List;

/// A token that has been added to a row.
///
/// @param forced whether it was not sampled but [due][RowState#due]
/// @param logProbability of a sampled token, given all before it: by the model's scores as they are, whatever the [Sampling] made of them;
///     of a forced token NaN
/// @param alternatives the likeliest tokens there, by falling probability: as many as the [request][Request#alternatives] asks for
public record GeneratedToken(int token, boolean forced, float logProbability, List<Alternative> alternatives) {
  /// A token that could have been added.
  ///
  /// @param logProbability as the generated token's
  public record Alternative(int token, float logProbability) {}

  public GeneratedToken {
    alternatives = List.copyOf(alternatives);
  }

  /// Without alternatives.
  public GeneratedToken(int token, boolean forced, float logProbability) {
    this(token, forced, logProbability, List.of());
  }
}
