package org.teenygrad.optim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.teenygrad.Tensor;

/// Parameters that an optimizer treats alike.
///
/// ```java
/// var slow = ParameterGroup.of(Map.of("table", table), 1e-4).with("beta2", 0.99);
/// var rest = new ParameterGroup(Map.of("weight", weight), 1e-3, 0.1);
/// var optimizer = new AdamW(List.of(slow, rest), 0.9, 0.999, 1e-8);
/// ```
/// @param parameters the parameters by name; their states are stored under these names
/// @param learningRate at the first step; [Optimizer#learningRate(double)] changes it
/// @param weightDecay how strongly the parameters are drawn towards 0
/// @param settings what this group has instead of the optimizer's own settings, by name: those of its constructor's
///     parameters that are numbers, such as `beta1` or `momentum`
public record ParameterGroup(
    Map<String, Tensor> parameters, double learningRate, double weightDecay, Map<String, Double> settings) {
  /// @throws IllegalArgumentException if a rate is negative or not finite, or a parameter asks for no gradient
  public ParameterGroup {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    settings = Map.copyOf(settings);
    requireRate("learning rate", learningRate);
    requireRate("weight decay", weightDecay);
    parameters.forEach((name, parameter) -> {
      if (!parameter.isLeaf()) {
        throw new IllegalArgumentException("parameter " + name + " asks for no gradient: call requiresGrad() on it");
      }
    });
  }

  /// With the optimizer's own settings.
  public ParameterGroup(Map<String, Tensor> parameters, double learningRate, double weightDecay) {
    this(parameters, learningRate, weightDecay, Map.of());
  }

  /// Without weight decay.
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

  /// This group with another value of one of the optimizer's settings.
  public ParameterGroup with(String setting, double value) {
    Map<String, Double> changed = new LinkedHashMap<>(settings);
    changed.put(setting, value);
    return new ParameterGroup(parameters, learningRate, weightDecay, changed);
  }

  private static Map<String, Tensor> filter(Map<String, Tensor> parameters, Predicate<Tensor> wanted) {
    Map<String, Tensor> filtered = new LinkedHashMap<>(parameters);
    filtered.values().removeIf(wanted.negate());
    return filtered;
  }

  /// Whether any of the groups has a value other than 0 of a setting.
  /// @param otherwise that of groups that do not name it
  static boolean uses(List<ParameterGroup> groups, String setting, double otherwise) {
    return groups.stream().anyMatch(group -> group.settings.getOrDefault(setting, otherwise) != 0);
  }

  static void requireRate(String what, double rate) {
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the " + what + " must be a finite number of 0 or more, not " + rate);
    }
  }
}
