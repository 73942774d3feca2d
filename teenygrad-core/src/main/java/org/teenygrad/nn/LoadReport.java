package org.teenygrad.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.teenygrad.Tensor;

/// How the names and shapes of a state dict fit those of a module: see [Module#loadStateDict(Map, boolean)].
///
/// @param loaded names of the module that got a value
/// @param missing names of the module that have no value, each with its shape
/// @param unexpected names of values that the module has not, each with its shape
/// @param wrongShapes names whose value has another shape, with both
public record LoadReport(List<String> loaded, List<String> missing, List<String> unexpected, List<String> wrongShapes) {
  public LoadReport {
    loaded = List.copyOf(loaded);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    wrongShapes = List.copyOf(wrongShapes);
  }

  static LoadReport of(Map<String, Tensor> own, Map<String, Tensor> values) {
    List<String> loaded = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<String> wrongShapes = new ArrayList<>();
    Map<String, Tensor> unexpected = new LinkedHashMap<>(values);
    own.forEach((name, tensor) -> {
      Tensor value = unexpected.remove(name);
      if (value == null) {
        missing.add(name + " " + tensor.shape());
      } else if (!value.shape().equals(tensor.shape())) {
        wrongShapes.add(name + " is " + tensor.shape() + ", the value is " + value.shape());
      } else {
        loaded.add(name);
      }
    });
    return new LoadReport(
        loaded, missing, unexpected.entrySet().stream().map(entry -> entry.getKey() + " " + entry.getValue().shape()).toList(),
        wrongShapes);
  }

  /// Whether each tensor of the module got a value, and each value was used.
  public boolean isComplete() {
    return missing.isEmpty() && unexpected.isEmpty() && wrongShapes.isEmpty();
  }

  /// What does not fit, in a sentence; how many were loaded, if all does.
  @Override
  public String toString() {
    return isComplete()
        ? String.format(Locale.ROOT, "all %d tensors loaded", loaded.size())
        : Stream.of(
                missing.stream().map(name -> "no value for " + name),
                wrongShapes.stream(),
                unexpected.stream().map(name -> "there is no " + name))
            .flatMap(lines -> lines)
            .collect(Collectors.joining("; "));
  }
}
