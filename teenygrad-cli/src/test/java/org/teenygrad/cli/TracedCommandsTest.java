package org.teenygrad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TracedCommandsTest {
  @Test
  void everyCommandThatComputesWritesATrace() {
    List<String> without = new ArrayList<>();
    collect(Main.commandLine(new Interrupt()), without);
    assertThat(without).containsExactlyInAnyOrder("teenygrad completion", "teenygrad devices", "teenygrad rehearse", "teenygrad web", "teenygrad bench web", "teenygrad nanochat dataset", "teenygrad nanochat tok-train",
        "teenygrad nanochat tok-eval", "teenygrad onnx show");
  }

  /// The commands without subcommands, but help, that have no such option.
  private static void collect(CommandLine command, List<String> without) {
    boolean isLeaf = command.getSubcommands().isEmpty() || command.getCommandName().equals("bench");
    if (isLeaf && !command.isUsageHelpRequested() && !command.getCommandName().equals("help") && command.getCommandSpec().findOption("--trace") == null) {
      without.add(command.getCommandSpec().qualifiedName());
    }
    command.getSubcommands().values().stream().distinct().forEach(each -> collect(each, without));
  }
}
