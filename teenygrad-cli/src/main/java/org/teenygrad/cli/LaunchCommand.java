package org.teenygrad.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `teenygrad launch`: a command as several ranks.
@Command(
    name = "launch",
    description = {"Runs a teenygrad command as several ranks on this machine, which exchange data by NCCL on GPUs, by Open MPI on processors.",
      "torchrun (for GPUs) and mpirun (for processors) can also start the same command themselves."},
    mixinStandardHelpOptions = true,
    footer = {"", "Such as: teenygrad launch -n 2 -- run Program.java"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LaunchCommand implements Callable<Integer> {
  @Option(names = {"-n", "--nproc"}, paramLabel = "N", required = true, description = "How many ranks.")
  private int ranks;

  @Parameters(index = "0..*", arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments: all that follows --.")
  private List<String> command;

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (ranks < 1) {
      throw new IllegalArgumentException("launch: " + ranks + " ranks; there is at least one");
    }
    deviceOptions.apply();
    return Ranks.launch(ranks, command);
  }
}
