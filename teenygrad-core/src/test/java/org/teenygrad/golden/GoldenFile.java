package org.teenygrad.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.state.SafetensorsFile;

/// Answers of PyTorch: `PREFIX.json` with the cases, `PREFIX.safetensors` with their tensors.
final class GoldenFile implements AutoCloseable {
  private final List<GoldenCase> cases;
  private final SafetensorsFile tensors;

  @SuppressWarnings("unchecked")
  GoldenFile(Path prefix) {
    try {
      var json = (Map<String, ?>) Objects.requireNonNull(Json.parse(Files.readString(Path.of(prefix + ".json"))));
      cases = ((List<Map<String, ?>>) Objects.requireNonNull(json.get("cases"))).stream().map(GoldenCase::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tensors = SafetensorsFile.open(Path.of(prefix + ".safetensors"));
  }

  List<GoldenCase> cases() {
    return cases;
  }

  /// A tensor of the file, on a device.
  Tensor tensor(String key, Device device) {
    return tensor(tensors, key, device);
  }

  static Tensor tensor(SafetensorsFile file, String key, Device device) {
    SafetensorsFile.Entry entry = file.entry(key);
    DType dtype = entry.tensorType();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment aligned = arena.allocate(entry.bytes().byteSize(), 64).copyFrom(entry.bytes());
      return Tensor.ofMemory(aligned, dtype, entry.tensorShape(), device);
    }
  }

  @Override
  public void close() {
    tensors.close();
  }
}
