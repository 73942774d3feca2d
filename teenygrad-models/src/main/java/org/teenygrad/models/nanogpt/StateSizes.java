package org.teenygrad.models.nanogpt;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;

/// Compares the sizes that decide how large a model is with tensors that a file has: a number in a file costs nothing, and a
/// model of so many layers does.
final class StateSizes {
  private StateSizes() {}

  /// @param shapes of the file's tensors, by the model's names
  /// @throws IllegalArgumentException if they are not those of such a model
  static void require(GptConfig config, Map<String, Shape> shapes) {
    long layers = shapes.keySet().stream().filter(name -> name.matches("h\\.[0-9]+\\.ln1\\.weight")).count();
    if (layers != config.nLayer()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "it has %d layers instead of %d", layers, config.nLayer()));
    }
    require("wte.weight", shapes.get("wte.weight"), Shape.of(config.vocabSize(), config.nEmbd()));
    require("wpe.weight", shapes.get("wpe.weight"), Shape.of(config.blockSize(), config.nEmbd()));
  }

  private static void require(String name, @Nullable Shape shape, Shape expected) {
    if (shape == null || !expected.equals(shape)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "its %s is %s instead of %s",
          name, shape == null ? "not there" : shape, expected));
    }
  }
}
