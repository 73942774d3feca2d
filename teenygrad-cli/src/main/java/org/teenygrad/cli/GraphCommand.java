package org.teenygrad.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `teenygrad graph`: of which model?
@Command(
    name = "graph",
    description = "Shows what a model is made of: its expression, or the kernels it becomes.",
    mixinStandardHelpOptions = true,
    subcommands = GraphNanoGpt.class)
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class GraphCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "of which model? There is nanogpt: teenygrad graph nanogpt --dot");
  }
}
