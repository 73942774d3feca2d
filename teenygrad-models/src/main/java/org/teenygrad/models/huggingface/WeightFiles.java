package org.teenygrad.models.huggingface;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.teenygrad.state.FileException;

/// Where a directory has its weights.
public final class WeightFiles {
  /// The best first.
  private static final String[] NAMES = {
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"};

  private WeightFiles() {}

  /// @throws FileException if it has none
  public static Path of(Path directory) {
    return Stream.of(NAMES).map(directory::resolve).filter(Files::exists).findFirst()
        .orElseThrow(() -> FileException.lacking(directory, "a file " + String.join(" or ", NAMES)));
  }
}
