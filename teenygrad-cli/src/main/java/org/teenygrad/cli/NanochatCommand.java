package org.teenygrad.cli;

import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat`: its stages are subcommands.
@Command(
    name = "nanochat",
    description = "From raw text to a model that chats, a stage a command.",
    mixinStandardHelpOptions = true,
    subcommands = {NanochatDataset.class, NanochatTokTrain.class, NanochatTokEval.class, NanochatBaseTrain.class, NanochatBaseEval.class, NanochatSft.class, NanochatRl.class, NanochatEval.class, NanochatChat.class, NanochatReport.class, NanochatSpeedrun.class})
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class NanochatCommand implements Runnable {
  /// The reader of Parquet tells of its vector instructions, which is nothing for the screen. A logger that nobody holds would be forgotten,
  /// and its level.
  private static final Logger PARQUET = Logger.getLogger("dev.hardwood");

  static {
    PARQUET.setLevel(Level.WARNING);
  }

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "which stage? There are dataset, tok-train, tok-eval, base-train, base-eval, sft, rl, eval, chat, export, report and speedrun");
  }
}
