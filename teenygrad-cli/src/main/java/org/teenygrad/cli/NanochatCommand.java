package org.teenygrad.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat`: its stages are subcommands.
@Command(
    name = "nanochat",
    description = "From raw text to a model that chats, a stage a command.",
    mixinStandardHelpOptions = true,
    subcommands = {NanochatDataset.class, NanochatTokTrain.class, NanochatTokEval.class, NanochatBaseTrain.class, NanochatBaseEval.class})
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class NanochatCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "which stage? There are dataset, tok-train, tok-eval, base-train and base-eval");
  }
}
