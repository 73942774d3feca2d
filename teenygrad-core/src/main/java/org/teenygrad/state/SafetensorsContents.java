package org.teenygrad.state;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.teenygrad.Shape;
import org.teenygrad.state.TensorFile.Format;

/// Tensors of a safetensors file.
final class SafetensorsContents {
  private SafetensorsContents() {}

  static TensorFile open(MappedFile file) {
    SafetensorsFile stored = SafetensorsFile.of(file);
    return TensorFile.read(file, Format.SAFETENSORS, () -> contents(stored));
  }

  private static Contents contents(SafetensorsFile file) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    file.entries().forEach((name, entry) -> tensors.put(name, tensor(entry)));
    return new Contents(tensors, new LinkedHashMap<>(file.metadata()));
  }

  static StoredTensor tensor(SafetensorsFile.Entry entry) {
    Shape shape = StoredTensor.shape(entry.shape());
    return new StoredTensor(
        shape, () -> Elements.tensor(entry.bytes(), StoredType.named(entry.dtype()), ByteOrder.LITTLE_ENDIAN, shape));
  }
}
