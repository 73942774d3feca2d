package org.teenygrad.exchange.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.ModelReader;
import org.teenygrad.exchange.onnx.format.ModelWriter;
import org.teenygrad.exchange.onnx.operators.Tensors;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.Module;
import org.teenygrad.state.FileException;

/// Reads and writes models in the ONNX format.
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

  /// Writes a module and what it computes.
  ///
  /// ```java
  /// Onnx.save(gpt, inputs -> gpt.forward(inputs.getFirst()), Path.of("gpt.onnx"), OnnxInput.of("ids", DType.INT64, 1, 256).open(0, "batch"));
  /// ```
  /// The function is called for inputs that hold zeros, and the expression that it gives is written in operators of ONNX's
  /// standard, version 18: it must not look at values. Parameters keep their names and types. The function's value is the output
  /// `output`. Weights of more than 2 GiB are in `NAME.data` beside the file.
  /// @param function of the inputs in order, called in [org.teenygrad.nn.Mode#EVALUATION]
  /// @throws UnsupportedOperationException if the standard has no operator for something; the message names it
  /// @throws IllegalArgumentException if the value does not depend on an input, or on an open size in another way than by shapes
  /// @throws FileException if the file cannot be written
  public static void save(Module module, Function<List<Tensor>, Tensor> function, Path path, OnnxInput... inputs) {
    saveNamed(module, given -> Map.of("output", function.apply(given)), path, inputs);
  }

  /// As [#save(Module, Function, Path, OnnxInput...)], with outputs that have names.
  /// @param function gives them in order
  /// @throws UnsupportedOperationException as [#save(Module, Function, Path, OnnxInput...)]
  /// @throws IllegalArgumentException as [#save(Module, Function, Path, OnnxInput...)]
  /// @throws FileException as [#save(Module, Function, Path, OnnxInput...)]
  public static void saveNamed(Module module, Function<List<Tensor>, Map<String, Tensor>> function, Path path, OnnxInput... inputs) {
    ModelWriter.write(new OnnxExport(module, function, List.of(inputs)).model(), path);
  }

  /// Writes a layer, whose input `input` is like an example but for the size of its first axis, which stays open.
  ///
  /// ```java
  /// Onnx.save(Sequential.of(Linear.of(64, 8), Tensor::relu), Path.of("layer.onnx"), Tensor.rand(1, 64));
  /// ```
  /// @throws UnsupportedOperationException as [#save(Module, Function, Path, OnnxInput...)]
  /// @throws IllegalArgumentException as [#save(Module, Function, Path, OnnxInput...)]
  /// @throws FileException as [#save(Module, Function, Path, OnnxInput...)]
  public static void save(Layer layer, Path path, Tensor example) {
    save(layer, inputs -> layer.forward(inputs.getFirst()), path, OnnxInput.of("input", example).open(0, "batch"));
  }
}
