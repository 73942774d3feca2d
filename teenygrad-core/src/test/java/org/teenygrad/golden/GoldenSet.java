package org.teenygrad.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.state.SafetensorsFile;

/// Cases with the answers that are expected, and the file with their tensors.
interface GoldenSet extends AutoCloseable {
  /// One case, which runs on a device and says what differs; null if nothing does.
  interface Check {
    /// @throws Call.Unsupported if the case asks for something that is not there
    @Nullable String difference(Device device);
  }

  /// A case under its name.
  record Named(String name, Check check) {}

  List<Named> cases();

  @Override
  void close();

  /// What `path` names: `PATH.json` or `PATH.jsonl` beside `PATH.safetensors`, or a folder with `cases.jsonl` and
  /// `tensors.safetensors`. The first case tells programs from equations.
  static GoldenSet open(Path path) {
    Path one = Path.of(path + ".json");
    if (Files.exists(one)) {
      return new GoldenFile(path);
    }
    boolean folder = Files.isDirectory(path);
    Path lines = folder ? path.resolve("cases.jsonl") : Path.of(path + ".jsonl");
    Path beside = Path.of(path + ".safetensors");
    Path tensors = folder || !Files.exists(beside) ? lines.resolveSibling("tensors.safetensors") : beside;
    List<Map<?, ?>> cases = read(lines);
    SafetensorsFile file = SafetensorsFile.open(tensors);
    return !cases.isEmpty() && cases.getFirst().containsKey("eq") ? new Equations(cases, file) : new Programs(cases, file);
  }

  private static List<Map<?, ?>> read(Path lines) {
    try {
      return Files.readAllLines(lines).stream()
          .filter(line -> !line.isBlank())
          .<Map<?, ?>>map(line -> (Map<?, ?>) Objects.requireNonNull(Json.parse(line)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
