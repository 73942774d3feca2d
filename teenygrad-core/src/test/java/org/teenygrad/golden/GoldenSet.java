package org.teenygrad.golden;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /// The cases of two files. In a file of lines the first case tells programs from equations.
  /// @throws IllegalArgumentException if the cases are damaged
  /// @throws org.teenygrad.state.FileException if the tensors are
  static GoldenSet open(GoldenFiles files) {
    if (!files.areLines()) {
      return GoldenFile.open(files);
    }
    List<Map<?, ?>> cases = read(files.cases());
    SafetensorsFile tensors = SafetensorsFile.open(files.tensors());
    return !cases.isEmpty() && cases.getFirst().containsKey("eq") ? new Equations(cases, tensors) : new Programs(cases, tensors);
  }

  private static List<Map<?, ?>> read(Path file) {
    List<Map<?, ?>> cases = new ArrayList<>();
    List<String> lines = Json.lines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        String place = file + ", line " + (i + 1);
        if (!(Json.parse(place, lines.get(i)) instanceof Map<?, ?> map)) {
          throw new IllegalArgumentException(place + ": is no JSON object");
        }
        cases.add(map);
      }
    }
    return cases;
  }
}
