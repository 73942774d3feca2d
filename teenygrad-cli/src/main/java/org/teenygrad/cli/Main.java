package org.teenygrad.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    return commandLine(interrupt, new String[0]);
  }

  /// A command line for one call. Reading what all commands and their options are takes a JVM a third of a second: only the one that is named is made.
  static CommandLine commandLine(Interrupt interrupt, String... args) {
    Main main = new Main(interrupt);
    CommandLine root = new CommandLine(main);
    Map<String, Supplier<CommandLine>> commands = commands();
    Optional<String> named = Arrays.stream(args).limit(1).filter(commands::containsKey).findFirst();
    commands.forEach((name, command) -> {
      if (named.isEmpty() || named.get().equals(name)) {
        root.addSubcommand(name, command.get());
      }
    });
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

  /// How each command is made, in the order of the help.
  private static Map<String, Supplier<CommandLine>> commands() {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("train", () -> with(
        new CommandLine(TrainCommand.class), "nanogpt", spec -> SettingOptions.addTo(spec, Preset.SHAKESPEARE_CHAR_CPU.settings())));
    commands.put("sample", () -> new CommandLine(SampleCommand.class));
    commands.put("chat", () -> new CommandLine(ChatCommand.class));
    commands.put("book", () -> {
      CommandLine book = new CommandLine(BookCommand.class);
      BookCommand.addTo(book);
      return book;
    });
    commands.put("web", () -> new CommandLine(WebCommand.class));
    commands.put("nanochat", () -> {
      CommandLine nanochat = with(new CommandLine(NanochatCommand.class), "base-train", spec -> SettingOptions.addTo(spec, BaseSettings.DEFAULT));
      with(nanochat, "sft", spec -> SettingOptions.addTo(spec, SftSettings.DEFAULT, SftSettings.INHERITED, "base-train's"));
      return with(nanochat, "rl", spec -> SettingOptions.addTo(spec, RlSettings.DEFAULT, RlSettings.INHERITED, "sft's"));
    });
    commands.put("serve", () -> {
      CommandLine serve = new CommandLine(ServeCommand.class);
      SettingOptions.addTo(serve.getCommandSpec(), ServeSettings.DEFAULT);
      return serve;
    });
    commands.put("devices", () -> new CommandLine(DevicesCommand.class));
    commands.put("run", () -> new CommandLine(RunCommand.class).setStopAtPositional(true)); // what follows is the program's
    commands.put("launch", () -> new CommandLine(LaunchCommand.class).setStopAtPositional(true));
    commands.put("repl", () -> new CommandLine(ReplCommand.class));
    commands.put("graph", () -> with(
        new CommandLine(GraphCommand.class), "nanogpt", spec -> SettingOptions.addTo(spec, Preset.SHAKESPEARE_CHAR_CPU.settings())));
    commands.put("export", () -> new CommandLine(ExportCommand.class));
    commands.put("onnx", () -> new CommandLine(OnnxCommand.class));
    commands.put("rehearse", () -> new CommandLine(RehearseCommand.class));
    commands.put("completion", () -> new CommandLine(CompletionCommand.class));
    commands.put("bench", () -> {
      CommandLine bench = org.teenygrad.bench.Main.command().addSubcommand(new BenchServe()).addSubcommand(new BenchWeb());
      return with(bench, "serve", spec -> SettingOptions.addTo(spec, LoadSettings.DEFAULT));
    });
    return commands;
  }

  /// A command, one of whose own has got more options.
  private static CommandLine with(CommandLine command, String own, Consumer<CommandSpec> options) {
    options.accept(Objects.requireNonNull(command.getSubcommands().get(own), own).getCommandSpec());
    return command;
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

  public static void main(String[] args) {
    int status = commandLine(new Interrupt(), args).execute(args);
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
