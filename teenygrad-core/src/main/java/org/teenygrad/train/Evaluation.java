package org.teenygrad.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// How good a model is after so many iterations.
///
/// @param metrics each mean over a set of examples, by a name such as `val_loss`
public record Evaluation(long iteration, Map<String, Double> metrics) {
  public Evaluation {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /// @throws IllegalArgumentException if there is none of that name
  public double metric(String name) {
    Double value = metrics.get(name);
    if (value == null) {
      throw new IllegalArgumentException("there is no metric " + name + ", only " + metrics.keySet());
    }
    return value;
  }

  @Override
  public String toString() {
    return metrics.entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%s %.4f", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", ", "iteration " + iteration + ": ", ""));
  }
}
