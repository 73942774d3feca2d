package org.teenygrad.exchange.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.Graph.NamedType;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.ModelReader;
import org.teenygrad.exchange.onnx.format.StoredValue;
import org.teenygrad.exchange.onnx.operators.Tensors;
import org.teenygrad.exchange.onnx.operators.Value;
import org.teenygrad.state.FileException;

/// Runs tests in the layout of ONNX's own: folders with a `model.onnx` and, in `test_data_set_0` and following, `input_0.pb`,
/// `output_0.pb`...
public final class NodeTests {
  private NodeTests() {}

  /// What became of a test.
  public enum Verdict {
    PASSED,
    FAILED,
    UNSUPPORTED
  }

  /// A test, by the name of its folder.
  /// @param why empty if it passed
  public record Result(String test, Verdict verdict, String why) {}

  /// Runs all tests below a folder, in the order of their names.
  /// @param progress is told each result
  /// @throws FileException if the folder cannot be read, or there are none
  public static List<Result> run(Path folder, Device device, Consumer<Result> progress) {
    List<Path> models = models(folder);
    if (models.isEmpty()) {
      throw FileException.lacking(folder, "folders with a model.onnx");
    }
    List<Result> results = new ArrayList<>();
    for (Path model : models) {
      Result result = run(model, device);
      progress.accept(result);
      results.add(result);
    }
    return results;
  }

  private static List<Path> models(Path folder) {
    try (Stream<Path> files = Files.walk(folder, 4)) {
      return files.filter(file -> file.endsWith("model.onnx")).sorted().toList();
    } catch (IOException e) {
      throw FileException.cannotRead(folder, e);
    }
  }

  private static Result run(Path file, Device device) {
    Path folder = file.toAbsolutePath().getParent();
    String name = folder == null ? file.toString() : String.valueOf(folder.getFileName());
    try {
      Model model = ModelReader.read(file);
      OnnxModel module = Onnx.load(model, file, device);
      for (int set = 0; folder != null && Files.isDirectory(folder.resolve("test_data_set_" + set)); set++) {
        String difference = difference(module, folder.resolve("test_data_set_" + set), device);
        if (!difference.isEmpty()) {
          return new Result(name, Verdict.FAILED, difference);
        }
      }
      return new Result(name, Verdict.PASSED, "");
    } catch (UnsupportedOperationException e) {
      return new Result(name, Verdict.UNSUPPORTED, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return new Result(name, Verdict.FAILED, String.valueOf(e.getMessage() == null ? e : e.getMessage()));
    }
  }

  /// Empty if all outputs are what they should be.
  private static String difference(OnnxModel module, Path folder, Device device) {
    Map<String, Value> inputs = new LinkedHashMap<>();
    List<NamedType> declared = module.file().graph().inputs();
    for (int i = 0; i < declared.size() && Files.exists(folder.resolve("input_" + i + ".pb")); i++) {
      StoredValue stored = ModelReader.readValue(folder.resolve("input_" + i + ".pb"), declared.get(i).type());
      inputs.put(declared.get(i).name(), value(stored, device));
    }
    return Tensor.noGrad(() -> {
      Map<String, Value> outputs = module.call(inputs);
      for (int i = 0; i < module.outputs().size() && Files.exists(folder.resolve("output_" + i + ".pb")); i++) {
        NamedType output = module.outputs().get(i);
        Value expected = value(ModelReader.readValue(folder.resolve("output_" + i + ".pb"), output.type()), device);
        String difference = Comparison.difference(outputs.get(output.name()), expected);
        if (!difference.isEmpty()) {
          return String.format(Locale.ROOT, "output %s: %s", output.name(), difference);
        }
      }
      return "";
    });
  }

  private static Value value(StoredValue stored, Device device) {
    return switch (stored) {
      case StoredValue.OfTensor tensor -> new Tensors(null).value(tensor.tensor(), device);
      case StoredValue.OfSequence sequence -> new Value.OfSequence(sequence.elements().stream().map(element -> value(element, device)).toList());
      case StoredValue.OfOptional optional -> {
        StoredValue inside = optional.value();
        yield new Value.OfOptional(inside == null ? null : value(inside, device));
      }
    };
  }
}
