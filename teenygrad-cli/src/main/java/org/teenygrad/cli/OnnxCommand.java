package org.teenygrad.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `teenygrad onnx`: models of other frameworks.
@Command(
    name = "onnx",
    description = "Shows, runs, tests and writes models in the ONNX format.",
    mixinStandardHelpOptions = true,
    subcommands = {OnnxShow.class, OnnxRun.class, OnnxTest.class, OnnxExportCommand.class})
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class OnnxCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
