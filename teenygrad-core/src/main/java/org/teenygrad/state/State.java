package org.teenygrad.state;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Tensors from files and to files, in one line.
///
/// ```java
/// State.save(folder.resolve("model.safetensors"), model.stateDict());
/// model.loadStateDict(State.load(folder.resolve("model.safetensors")));
/// ```
public final class State {
  private State() {}

  /// All tensors of a file in any format of [TensorFile], by name. To read only some, open the file.
  /// @throws FileException if the file cannot be read, or not all of its tensors
  public static Map<String, Tensor> load(Path path) {
    try (TensorFile file = TensorFile.open(path)) {
      return Collections.unmodifiableMap(new LinkedHashMap<>(file.tensors()));
    }
  }

  /// The only tensor of a file: of a `.npy`, an IDX or a CSV file, say.
  /// @throws FileException if the file cannot be read, or does not have one tensor
  public static Tensor loadTensor(Path path) {
    try (TensorFile file = TensorFile.open(path)) {
      return file.tensor();
    }
  }

  /// Writes tensors to a safetensors file, which replaces an old one as a whole or not at all.
  /// @throws FileException if it cannot be written; what was there before is then still there
  public static void save(Path path, Map<String, Tensor> tensors) {
    save(path, tensors, Map.of());
  }

  /// [#save(Path, Map)] with strings beside the tensors.
  public static void save(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
    Tensor.realize(List.copyOf(tensors.values()));
    try (Arena arena = Arena.ofShared()) {
      Map<String, SafetensorsFile.Entry> entries = new LinkedHashMap<>();
      tensors.forEach((name, tensor) ->
          entries.put(name, SafetensorsFile.Entry.of(tensor.dtype(), tensor.shape(), tensor.toMemory(arena))));
      SafetensorsFile.write(path, entries, metadata);
    }
  }

  /// The part of a state whose names begin with a prefix, without it, in its order: one module's of a whole model's, or
  /// the weights of a checkpoint.
  ///
  /// ```java
  /// State.below("encoder.", Map.of("encoder.weight", 1, "decoder.weight", 2)); // {weight=1}
  /// ```
  public static <V> Map<String, V> below(String prefix, Map<String, V> state) {
    Map<String, V> part = new LinkedHashMap<>();
    state.forEach((name, value) -> {
      if (name.startsWith(prefix)) {
        part.put(name.substring(prefix.length()), value);
      }
    });
    return part;
  }
}
