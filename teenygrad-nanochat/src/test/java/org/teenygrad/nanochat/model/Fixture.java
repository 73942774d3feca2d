package org.teenygrad.nanochat.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;

/// What nanochat itself (PyTorch 2.9.1, float32) computed: objects of `shape` and `values`, by name.
record Fixture(Map<String, Object> content) {
  static Fixture of(String name) {
    try (InputStream file = new GZIPInputStream(Objects.requireNonNull(Fixture.class.getResourceAsStream(name)))) {
      return new Fixture(Json.object(new String(file.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Fixture part(String name) {
    return new Fixture(Json.object(content, name));
  }

  double number(String name) {
    return ((Number) Objects.requireNonNull(content.get(name))).doubleValue();
  }

  Tensor tensor(String name) {
    Map<String, Object> tensor = Json.object(content, name);
    return Tensor.of(floats(tensor, "values"), ints(Json.list(tensor, "shape")));
  }

  Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    content.keySet().forEach(name -> tensors.put(name, tensor(name)));
    return tensors;
  }

  /// A list of lists of integers.
  Tensor matrix(String name) {
    List<?> rows = Json.list(content, name);
    int[] all = rows.stream().flatMapToInt(row -> Arrays.stream(ints((List<?>) row))).toArray();
    return Tensor.of(all, rows.size(), all.length / rows.size());
  }

  private static float[] floats(Map<String, Object> tensor, String name) {
    List<?> values = Json.list(tensor, name);
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) values.get(i)).floatValue();
    }
    return floats;
  }

  private static int[] ints(List<?> values) {
    return values.stream().mapToInt(value -> ((Number) value).intValue()).toArray();
  }
}
