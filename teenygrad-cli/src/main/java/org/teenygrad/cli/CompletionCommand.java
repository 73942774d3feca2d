package org.teenygrad.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `teenygrad completion`: what a shell needs to complete commands and options.
@Command(
    name = "completion",
    description = {
      "Prints a script that lets bash or zsh complete commands and options.",
      "For this shell: source <(teenygrad completion)",
      "For all shells: add that line to .bashrc or .zshrc."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(AutoComplete.bash("teenygrad", Main.commandLine(new Interrupt())));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
