package org.teenygrad.golden;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.state.SafetensorsFile;

/// Equations of einsum: `eq`, `inputs`, and `out` or `error`.
record Equations(List<Map<?, ?>> lines, SafetensorsFile tensors) implements GoldenSet {
  @Override
  public List<Named> cases() {
    return lines.stream()
        .map(line -> new Named(String.valueOf(line.get("eq")), device -> difference(line, device)))
        .toList();
  }

  private @Nullable String difference(Map<?, ?> line, Device device) {
    List<?> keys = (List<?>) Objects.requireNonNull(line.get("inputs"));
    Tensor[] inputs =
        keys.stream().map(key -> GoldenFile.tensor(tensors, String.valueOf(key), device)).toArray(Tensor[]::new);
    String equation = String.valueOf(line.get("eq"));
    if (!(line.get("out") instanceof String out)) {
      try {
        Tensor.einsum(equation, inputs).realize();
        return "is accepted, where PyTorch says: " + line.get("error");
      } catch (IllegalArgumentException expected) {
        return null;
      }
    }
    Tensor ours = Tensor.einsum(equation, inputs);
    return Tolerance.of("einsum", DType.FLOAT32).difference("result", ours, GoldenFile.tensor(tensors, out, device));
  }

  @Override
  public void close() {
    tensors.close();
  }
}
