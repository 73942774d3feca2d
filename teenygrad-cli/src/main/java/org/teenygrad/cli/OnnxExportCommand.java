package org.teenygrad.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.teenygrad.DType;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.exchange.onnx.Onnx;
import org.teenygrad.exchange.onnx.OnnxInput;
import org.teenygrad.exchange.onnx.format.Graph;
import org.teenygrad.exchange.onnx.format.ModelReader;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.nn.Module;
import org.teenygrad.serve.ServedModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad onnx export`: a model for programs that run ONNX.
@Command(
    name = "export",
    description = "Writes a language model in the ONNX format: from ids (batch, time) to logits (batch, time, vocabulary), both sizes open.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OnnxExportCommand implements Callable<Integer> {
  @Mixin private SourceOptions source;

  @Option(names = "--to", paramLabel = "FILE", required = true, description = "The file to write, such as model.onnx.")
  private Path to;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    deviceOptions.choose();
    CausalModel model = ServedModels.read(source.from(), source.stage()).model();
    OnnxInput ids = OnnxInput.of("ids", DType.INT64, 1, 1).open(0, "batch").open(1, "time", model.maxPositions());
    Onnx.saveNamed((Module) model, inputs -> Map.of("logits", model.scores(model.hidden(inputs.getFirst(), null, KeyValues.CAUSAL))), to, ids);
    Graph written = ModelReader.read(to).graph();
    PrintWriter out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, "%s: %,d nodes and %,d numbers, from %s to %s", Printable.of(to), written.nodes().size(),
        written.initializers().stream().mapToLong(tensor -> tensor.shape().elements()).sum(), written.inputs().getFirst(), written.outputs().getFirst()));
    out.flush();
    return 0;
  }
}
