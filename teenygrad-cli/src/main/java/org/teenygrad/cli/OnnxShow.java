package org.teenygrad.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.teenygrad.exchange.onnx.ModelPicture;
import org.teenygrad.exchange.onnx.ModelText;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.ModelReader;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `teenygrad onnx show`: what is in a model.
@Command(
    name = "show",
    description = "Shows a model: inputs, outputs, initializers, nodes, and which operators there are not here. Nothing is computed.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OnnxShow implements Callable<Integer> {
  static final class What {
    @Option(names = "--dot", required = true, description = "As a Graphviz graph.")
    private boolean dot;

    @Option(names = "--svg", required = true, description = "As a picture in SVG.")
    private boolean svg;
  }

  @Parameters(paramLabel = "MODEL", description = "A file in the ONNX format.")
  private Path file;

  @ArgGroup
  private What what = new What();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Model model = ModelReader.read(file);
    PrintWriter out = spec.commandLine().getOut();
    if (what.dot) {
      out.print(ModelPicture.dot(model));
    } else if (what.svg) {
      out.print(ModelPicture.svg(model));
    } else {
      out.println(ModelText.of(model));
    }
    out.flush();
    return 0;
  }
}
