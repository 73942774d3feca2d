package org.teenygrad.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.runtime.Heartbeat;
import org.teenygrad.engine.runtime.Settings;
import org.teenygrad.models.nanogpt.Preset;
import org.teenygrad.nanochat.base.BaseSettings;
import org.teenygrad.nanochat.rl.RlSettings;
import org.teenygrad.nanochat.sft.SftSettings;
import org.teenygrad.serve.ServeSettings;
import org.teenygrad.serve.load.LoadSettings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The root of the command line: `teenygrad`, without a subcommand, prints its help.
@Command(
    name = "teenygrad",
    description = "Trains and runs language models on tensors that compile themselves.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      TrainCommand.class,
      SampleCommand.class,
      ChatCommand.class,
      BookCommand.class,
      WebCommand.class,
      NanochatCommand.class,
      ServeCommand.class,
      DevicesCommand.class,
      RunCommand.class,
      LaunchCommand.class,
      ReplCommand.class,
      GraphCommand.class,
      ExportCommand.class,
      OnnxCommand.class,
      RehearseCommand.class,
      CompletionCommand.class
    },
    footer = {"", "To begin: teenygrad train nanogpt, then teenygrad sample."})
public final class Main implements Runnable {
  @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where an error comes from.")
  private boolean debug;

  @Spec private CommandSpec spec;

  private final Interrupt interrupt;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  private Main(Interrupt interrupt) {
    this.interrupt = interrupt;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /// What Ctrl-C means while a command runs.
  Interrupt interrupt() {
    return interrupt;
  }

  boolean isDebugging() {
    return debug;
  }

  /// The whole command line, for one call.
  static CommandLine commandLine(Interrupt interrupt) {
    Main main = new Main(interrupt);
    CommandLine root = new CommandLine(main);
    SettingOptions.addTo(subcommand(subcommand(root, "train"), "nanogpt").getCommandSpec(), Preset.SHAKESPEARE_CHAR_CPU.settings());
    SettingOptions.addTo(subcommand(subcommand(root, "graph"), "nanogpt").getCommandSpec(), Preset.SHAKESPEARE_CHAR_CPU.settings());
    CommandLine nanochat = subcommand(root, "nanochat");
    SettingOptions.addTo(subcommand(nanochat, "base-train").getCommandSpec(), BaseSettings.DEFAULT);
    SettingOptions.addTo(subcommand(nanochat, "sft").getCommandSpec(), SftSettings.DEFAULT, SftSettings.INHERITED, "base-train's");
    SettingOptions.addTo(subcommand(nanochat, "rl").getCommandSpec(), RlSettings.DEFAULT, RlSettings.INHERITED, "sft's");
    SettingOptions.addTo(subcommand(root, "serve").getCommandSpec(), ServeSettings.DEFAULT);
    subcommand(root, "run").setStopAtPositional(true); // what follows is the program's
    subcommand(root, "launch").setStopAtPositional(true);
    BookCommand.addTo(subcommand(root, "book"));
    root.addSubcommand("bench", org.teenygrad.bench.Main.command().addSubcommand(new BenchServe()).addSubcommand(new BenchWeb()));
    SettingOptions.addTo(subcommand(subcommand(root, "bench"), "serve").getCommandSpec(), LoadSettings.DEFAULT);
    layOut(root);
    root.getCommandSpec().usageMessage().exitCodeListHeading("%nEnvironment variables; options take precedence:%n")
        .exitCodeList(environment());
    Failures failures = new Failures(main);
    return root
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOverwrittenOptionsAllowed(true) // the last one counts
        .setUsageHelpAutoWidth(true)
        .setExecutionStrategy(Main::run)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }

  /// One layout for the help of all commands; only the whole program has a version.
  private static void layOut(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.usageMessage().abbreviateSynopsis(true).parameterListHeading("%n").optionListHeading("%n").commandListHeading("%nCommands:%n");
    if (spec.parent() != null) {
      spec.remove(spec.findOption("--version"));
    }
    command.getSubcommands().values().forEach(Main::layOut);
  }

  private static Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Settings.Setting<?> setting : Settings.all()) {
      String text = setting.meaning() + " (default: " + setting.byDefault() + ")";
      environment.put(setting.variable(), text.replace("`", "").replace("%", "%%"));
    }
    return environment;
  }

  /// What the environment gets wrong is said before anything begins, but not instead of help.
  private static int run(CommandLine.ParseResult parsed) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    try {
      Settings.check();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(parsed.commandSpec().commandLine(), e.getMessage(), e);
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static CommandLine subcommand(CommandLine command, String name) {
    return Objects.requireNonNull(command.getSubcommands().get(name), name);
  }

  public static void main(String[] args) {
    int status = commandLine(new Interrupt()).execute(args);
    if (System.out.checkError()) {
      System.err.println("teenygrad: not all output could be written: standard output is full or closed");
      status = Math.max(status, CommandLine.ExitCode.SOFTWARE);
    }
    if (status == Heartbeat.STATUS) {
      Heartbeat.endProcess();
    }
    System.exit(status);
  }
}
