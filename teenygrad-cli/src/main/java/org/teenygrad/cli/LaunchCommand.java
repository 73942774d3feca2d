package org.teenygrad.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.teenygrad.engine.runtime.Heartbeat;
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
  /// What shells add to the number of the signal that ended a process.
  private static final int SIGNALLED = 128;

  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  @Option(names = {"-n", "--nproc"}, paramLabel = "N", required = true, description = "How many ranks.")
  private int ranks;

  @Option(names = "--elastic",
      description = "When a rank fails, begin again with one less, from the last checkpoint: a training is given --init-from auto, another program looks for itself.")
  private boolean elastic;

  @Parameters(index = "0..*", arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments: all that follows --.")
  private List<String> command;

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (ranks < 1) {
      throw new IllegalArgumentException("launch: " + ranks + " ranks; there is at least one");
    }
    deviceOptions.apply();
    int status = Ranks.launch(ranks, command);
    for (int left = ranks - 1; elastic && left > 0 && isFailureOfARank(status); left--) {
      System.err.printf(Locale.ROOT, "teenygrad: a rank has failed (status %d); beginning again with %d%n", status, left);
      status = Ranks.launch(left, again());
    }
    return status;
  }

  /// The command, going on where there is a checkpoint.
  private List<String> again() {
    List<String> again = new ArrayList<>(command);
    if (command.getFirst().equals("train") || command.contains("base-train")) {
      again.addAll(List.of("--init-from", "auto"));
    }
    return again;
  }

  /// Whether a process died by a signal, but for those by which users end programs, or ended because another had failed. What a program says itself it would say again.
  static boolean isFailureOfARank(int status) {
    return status == Heartbeat.STATUS || status > SIGNALLED && status != SIGNALLED + SIGINT && status != SIGNALLED + SIGTERM;
  }
}
