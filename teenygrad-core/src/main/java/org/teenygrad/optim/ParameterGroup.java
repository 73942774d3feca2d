package org.teenygrad.optim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.teenygrad.Tensor;

/// Parameters that an optimizer treats alike.
///
/// @param parameters the parameters by name; their states are stored under these names
/// @param learningRate at the first step; [Optimizer#learningRate(double)] changes it
/// @param weightDecay how strongly the parameters are drawn towards 0
public record ParameterGroup(Map<String, Tensor> parameters, double learningRate, double weightDecay) {
  public ParameterGroup {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    requireRate("learning rate", learningRate);
    requireRate("weight decay", weightDecay);
    parameters.forEach((name, parameter) -> {
      if (!parameter.isLeaf()) {
        throw new IllegalArgumentException("parameter " + name + " asks for no gradient: call requiresGrad() on it");
      }
    });
  }

  public static ParameterGroup of(Map<String, Tensor> parameters, double learningRate) {
    return new ParameterGroup(parameters, learningRate, 0);
  }

  /// Parameters without names, which are then called 0, 1, ...
  public static ParameterGroup of(List<Tensor> parameters, double learningRate) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    parameters.forEach(parameter -> named.put(Integer.toString(named.size()), parameter));
    return of(named, learningRate);
  }

  /// Two groups, as GPTs are trained: matrices (and all of higher rank) decay, vectors such as biases and gains do not.
  public static List<ParameterGroup> decayingMatrices(
      Map<String, Tensor> parameters, double learningRate, double weightDecay) {
    return List.of(
        new ParameterGroup(filter(parameters, p -> p.rank() >= 2), learningRate, weightDecay),
        new ParameterGroup(filter(parameters, p -> p.rank() < 2), learningRate, 0));
  }

  private static Map<String, Tensor> filter(Map<String, Tensor> parameters, Predicate<Tensor> wanted) {
    Map<String, Tensor> filtered = new LinkedHashMap<>(parameters);
    filtered.values().removeIf(wanted.negate());
    return filtered;
  }

  static void requireRate(String what, double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the " + what + " must be a finite number of 0 or more, not " + rate);
    }
  }
}
