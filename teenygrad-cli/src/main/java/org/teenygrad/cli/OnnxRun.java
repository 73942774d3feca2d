package org.teenygrad.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.exchange.onnx.Onnx;
import org.teenygrad.exchange.onnx.OnnxModel;
import org.teenygrad.exchange.onnx.operators.Value;
import org.teenygrad.state.State;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `teenygrad onnx run`: what a model makes of tensors in files.
@Command(
    name = "run",
    description = "Computes a model's outputs.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OnnxRun implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "A file in the ONNX format.")
  private Path file;

  @Option(names = "--input", paramLabel = "[NAME=]FILE",
      description = "A file with one tensor, such as x.npy, for each input: in the model's order, or by name.")
  private List<String> inputs = new ArrayList<>();

  @Option(names = "--out", paramLabel = "FILE", description = "Write the outputs that are tensors to a safetensors file.")
  private @Nullable Path out;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Device device = deviceOptions.choose();
    OnnxModel model = Onnx.load(file, device);
    Map<String, Value> given = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      String input = inputs.get(i);
      int equals = input.indexOf('=');
      if (equals < 0 && i >= model.inputs().size()) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "the model has %d inputs, but %d are given", model.inputs().size(), inputs.size()));
      }
      String name = equals < 0 ? model.inputs().get(i).name() : input.substring(0, equals);
      given.put(name, Value.of(State.loadTensor(Path.of(input.substring(equals + 1))).to(device).realize()));
    }
    Map<String, Value> outputs = Tensor.noGrad(() -> model.call(given));
    PrintWriter printed = spec.commandLine().getOut();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    outputs.forEach((name, value) -> {
      if (value instanceof Value.OfTensor tensor) {
        tensors.put(name, tensor.tensor());
        printed.println(Printable.of(name) + " " + tensor.type() + tensor.tensor().shape() + ":");
        printed.println(tensor.tensor());
      } else {
        printed.println(Printable.of(name) + " is no tensor: " + value);
      }
    });
    printed.flush();
    if (out != null) {
      State.save(out, tensors);
    }
    return 0;
  }
}
