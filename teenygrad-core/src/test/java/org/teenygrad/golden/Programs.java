package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.state.SafetensorsFile;

/// Programs of PyTorch calls: `inputs` and `consts` are tensors, `ops` run in order, `result` is compared with `expect`, and the
/// gradients of its sum with `grads`; or an `error` is expected.
record Programs(List<Map<?, ?>> lines, SafetensorsFile tensors) implements GoldenSet {
  @Override
  public List<Named> cases() {
    return lines.stream()
        .map(line -> new Named(String.valueOf(line.get("id")), device -> difference(line, device)))
        .toList();
  }

  private @Nullable String difference(Map<?, ?> line, Device device) {
    Map<String, Tensor> values = new HashMap<>();
    List<Tensor> inputs = new ArrayList<>();
    for (Object key : list(line, "inputs")) {
      inputs.add(GoldenFile.tensor(tensors, String.valueOf(key), device));
    }
    List<?> grads = list(line, "grads");
    for (int i = 0; i < inputs.size(); i++) {
      if (i < grads.size() && grads.get(i) != null) {
        inputs.get(i).requiresGrad();
      }
      values.put("i" + i, inputs.get(i));
    }
    if (line.get("consts") instanceof Map<?, ?> consts) {
      consts.forEach((name, key) -> values.put(String.valueOf(name), GoldenFile.tensor(tensors, String.valueOf(key), device)));
    }
    if (line.containsKey("error")) {
      return refusal(line, values, device);
    }
    run(line, values, device);
    Tensor result = Objects.requireNonNull(values.get(String.valueOf(line.get("result"))));
    if (!grads.isEmpty()) {
      result.sum().backward();
    }
    List<Tensor> answers = new ArrayList<>(List.of(result));
    for (int i = 0; i < grads.size(); i++) {
      Tensor input = inputs.get(i);
      answers.add(input.hasGrad() ? input.grad() : input.detach().zerosLike());
    }
    Tensor.realize(answers);
    Tensor expected = GoldenFile.tensor(tensors, String.valueOf(line.get("expect")), device);
    String difference = tolerance(line, "", expected.dtype()).difference("result", result, expected);
    for (int i = 0; i < grads.size() && difference == null; i++) {
      if (grads.get(i) instanceof String key) {
        Tensor theirs = GoldenFile.tensor(tensors, key, device);
        difference = tolerance(line, "grad_", theirs.dtype()).difference("gradient " + i, answers.get(1 + i), theirs);
      }
    }
    return difference;
  }

  /// Numbers as the case says; what is not floating must be equal.
  private static Tolerance tolerance(Map<?, ?> line, String prefix, DType type) {
    return type.isFloating()
        ? new Tolerance(real(line, prefix + "atol"), real(line, prefix + "rtol"))
        : new Tolerance(0, 0);
  }

  private static double real(Map<?, ?> line, String key) {
    return line.get(key) instanceof Number n ? n.doubleValue() : 0;
  }

  private static @Nullable String refusal(Map<?, ?> line, Map<String, Tensor> values, Device device) {
    if (list(line, "ops").isEmpty()) {
      throw new Call.Unsupported("no call is recorded that could throw " + line.get("error"));
    }
    try {
      Tensor.realize(run(line, values, device));
      return "is accepted, where PyTorch throws " + line.get("error");
    } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException expected) {
      return null;
    }
  }

  private static List<Tensor> run(Map<?, ?> line, Map<String, Tensor> values, Device device) {
    List<Tensor> results = List.of();
    for (Object step : list(line, "ops")) {
      var op = (Map<?, ?>) step;
      List<@Nullable Object> args = new ArrayList<>();
      list(op, "args").forEach(argument -> args.add(value(argument, values)));
      Map<String, @Nullable Object> kwargs = new LinkedHashMap<>();
      if (op.get("kwargs") instanceof Map<?, ?> named) {
        named.forEach((name, argument) -> kwargs.put(String.valueOf(name), value(argument, values)));
      }
      results = Torch.call(String.valueOf(op.get("fn")), args, kwargs).stream()
          .map(made -> made.to(device)) // constants and numbers from lists begin elsewhere
          .toList();
      if (op.get("out") instanceof String name) {
        values.put(name, results.getFirst());
      } else if (op.get("out") instanceof List<?> names) {
        for (int i = 0; i < Math.min(names.size(), results.size()); i++) {
          values.put(String.valueOf(names.get(i)), results.get(i));
        }
      }
    }
    return results;
  }

  private static List<?> list(Map<?, ?> map, String key) {
    return map.get(key) instanceof List<?> list ? list : List.of();
  }

  private static @Nullable Object value(@Nullable Object json, Map<String, Tensor> values) {
    return switch (json) {
      case null -> null;
      case List<?> list -> values(list, values);
      case Map<?, ?> map -> tagged(map, values);
      default -> json;
    };
  }

  private static List<@Nullable Object> values(List<?> list, Map<String, Tensor> values) {
    List<@Nullable Object> result = new ArrayList<>();
    list.forEach(element -> result.add(value(element, values)));
    return result;
  }

  private static Object tagged(Map<?, ?> map, Map<String, Tensor> values) {
    var entry = map.entrySet().iterator().next();
    Object content = entry.getValue();
    return switch (String.valueOf(entry.getKey())) {
      case "t" -> Objects.requireNonNull(values.get(String.valueOf(content)), () -> "no value " + content);
      case "f" ->
          switch (String.valueOf(content)) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.NaN;
          };
      case "slice" -> {
        var bounds = (List<?>) Objects.requireNonNull(content);
        Integer step = integer(bounds.get(2));
        yield new Call.SliceArgument(integer(bounds.get(0)), integer(bounds.get(1)), step == null ? 1 : step);
      }
      case "ellipsis" -> Call.ELLIPSIS;
      case "tuple" -> new Tuple(values((List<?>) Objects.requireNonNull(content), values));
      case "dtype" -> Torch.dtype(String.valueOf(content));
      default -> throw new Call.Unsupported("argument " + map);
    };
  }

  private static @Nullable Integer integer(@Nullable Object number) {
    return number instanceof Number n ? (Integer) n.intValue() : null;
  }

  @Override
  public void close() {
    tensors.close();
  }
}
