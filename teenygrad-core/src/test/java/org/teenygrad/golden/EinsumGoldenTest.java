package org.teenygrad.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.state.SafetensorsFile;

/// Einsum's whole syntax against PyTorch: `-Dgolden.einsum=FOLDER` reads another folder with `cases.jsonl` and `tensors.safetensors`.
class EinsumGoldenTest {
  @ParameterizedTest
  @MethodSource("org.teenygrad.golden.GoldenTest#devices")
  void everyEquationGivesTheAnswerOfPyTorch(Device device) throws IOException {
    String property = System.getProperty("golden.einsum");
    Path folder = property == null ? GoldenTest.resource("/golden/einsum") : Path.of(property);
    List<String> failures = new ArrayList<>();
    int passed = 0;
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("tensors.safetensors"))) {
      for (String line : Files.readAllLines(folder.resolve("cases.jsonl"))) {
        var c = (Map<?, ?>) Objects.requireNonNull(Json.parse(line));
        String equation = String.valueOf(c.get("eq"));
        Tensor[] inputs =
            ((List<?>) Objects.requireNonNull(c.get("inputs")))
                .stream().map(key -> GoldenFile.tensor(file, String.valueOf(key), device)).toArray(Tensor[]::new);
        String failure = failure(equation, inputs, c.get("out") instanceof String key ? GoldenFile.tensor(file, key, device) : null);
        if (failure == null) {
          passed++;
        } else {
          failures.add(equation + ": " + failure);
        }
      }
    }
    failures.forEach(System.out::println);
    System.out.println(passed + " passed, " + failures.size() + " failed, 0 unsupported");
    assertThat(failures).isEmpty();
  }

  /// @param expected null where PyTorch refuses
  private static @Nullable String failure(
      String equation, Tensor[] inputs, @Nullable Tensor expected) {
    try {
      Tensor ours = Tensor.einsum(equation, inputs);
      return expected == null
          ? "is accepted"
          : Tolerance.of("einsum", DType.FLOAT32).difference("result", ours, expected);
    } catch (IllegalArgumentException e) {
      return expected == null ? null : String.valueOf(e.getMessage());
    }
  }
}
