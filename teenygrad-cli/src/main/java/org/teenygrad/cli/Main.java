package org.teenygrad.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The root of the command line: `teenygrad`, without a subcommand, prints its help.
@Command(
    name = "teenygrad",
    description = "Trains and runs language models on tensors that compile themselves.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main implements Runnable {
  private Main() {}

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
