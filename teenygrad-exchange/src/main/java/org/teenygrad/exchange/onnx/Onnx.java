package org.teenygrad.exchange.onnx;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.ModelReader;
import org.teenygrad.exchange.onnx.operators.Tensors;
import org.teenygrad.state.FileException;

/// Reads models in the ONNX format.
public final class Onnx {
  private Onnx() {}

  /// A model on the default device.
  ///
  /// ```java
  /// OnnxModel model = Onnx.load(Path.of("mnist.onnx"));
  /// Tensor logits = model.call(images);
  /// ```
  /// Versions of the operator set from 7 on are understood. Weights that are in other files must be in the model's folder.
  /// @throws FileException if the file cannot be read, is no ONNX model, or holds what makes no sense
  /// @throws UnsupportedOperationException if it uses operators that there are not here; the message names all of them
  public static OnnxModel load(Path path) {
    return load(path, Devices.defaultDevice());
  }

  /// As [#load(Path)], on a device.
  public static OnnxModel load(Path path, Device device) {
    return load(ModelReader.read(path), path, device);
  }

  /// As [#load(Path)], of a file that has been read.
  static OnnxModel load(Model model, Path path, Device device) {
    Map<String, Integer> missing = Program.unsupported(model);
    if (!missing.isEmpty()) {
      throw new UnsupportedOperationException(Printable.of(path) + " uses operators that are not supported: " + missing.entrySet().stream()
          .map(entry -> Printable.of(entry.getKey()) + (entry.getValue() == 1 ? "" : " " + entry.getValue() + " times"))
          .collect(Collectors.joining(", ")));
    }
    Path folder = path.toAbsolutePath().getParent();
    try {
      return new OnnxModel(Program.of(model, new Tensors(folder), device));
    } catch (UnsupportedOperationException e) {
      throw new UnsupportedOperationException(Printable.of(path) + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw FileException.malformed(path, "an ONNX model", String.valueOf(e.getMessage()));
    }
  }
}
