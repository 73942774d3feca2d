package org.teenygrad.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `teenygrad train`: which model?
@Command(
    name = "train",
    description = "Trains a model.",
    mixinStandardHelpOptions = true,
    subcommands = TrainNanoGpt.class)
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class TrainCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "which model? There is nanogpt: teenygrad train nanogpt");
  }
}
