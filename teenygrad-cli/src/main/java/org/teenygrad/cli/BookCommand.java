package org.teenygrad.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.book.Claim;
import org.teenygrad.book.Contents;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.exchange.onnx.Onnx;
import org.teenygrad.exchange.onnx.OnnxInput;
import org.teenygrad.models.settings.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad book`: the programs of the book; each is a subcommand.
@Command(
    name = "book",
    description = "Runs a program of the book; without a name, lists them.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class BookCommand implements Runnable {
  @Spec private CommandSpec spec;

  /// Adds a subcommand for each program.
  static void addTo(CommandLine book) {
    for (Program program : Contents.programs()) {
      CommandLine command = new CommandLine(new Reading(program));
      SettingOptions.addTo(command.getCommandSpec(), (Record) program);
      Section section = program.section();
      command.getCommandSpec().usageMessage().description(section.number() + " " + section.title() + ".",
          section.data().isEmpty() ? "Its data are its own." : "--data takes " + section.data() + ".");
      book.addSubcommand(section.name(), command);
    }
  }

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    int widest = Contents.programs().stream().mapToInt(program -> program.section().name().length()).max().orElseThrow();
    for (Program program : Contents.programs()) {
      Section section = program.section();
      out.println(String.format(Locale.ROOT, "%-6s %-" + widest + "s  %s", section.number(), section.name(), section.title()));
    }
    out.println();
    out.println("To run one: teenygrad book " + Contents.programs().getFirst().section().name() + "; its settings: add --help.");
    out.flush();
  }

  /// One program.
  @Command(mixinStandardHelpOptions = true)
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  static final class Reading implements Callable<Integer> {
    @Option(names = "--data", paramLabel = "PATH", description = "Data to use in place of the program's own.")
    private @Nullable Path data;

    @Option(names = "--out", paramLabel = "FOLDER", description = "Where the picture goes (default: ${DEFAULT-VALUE}).",
        defaultValue = "out/book")
    private Path out;

    @Option(names = "--onnx", paramLabel = "FILE", description = "Write the model that was trained in the ONNX format (lenet and bert).")
    private @Nullable Path onnx;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of all random numbers (default: ${DEFAULT-VALUE}).",
        defaultValue = "1337")
    private long seed;

    @Mixin private DeviceOptions deviceOptions;
    @Spec private CommandSpec spec;

    private final Program program;

    Reading(Program program) {
      this.program = program;
    }

    /// The program with the settings that were given.
    Program chosen() {
      Record settings = (Record) program;
      Program chosen = (Program) Setting.changed(settings, SettingOptions.given(spec, settings.getClass()));
      if (data != null && chosen.section().data().isEmpty()) {
        throw new CommandLine.ParameterException(spec.commandLine(), chosen.section().name() + " has data of its own and takes no --data");
      }
      return chosen;
    }

    /// @return 0 if all claims hold
    @Override
    public Integer call() {
      Program chosen = chosen();
      deviceOptions.choose();
      Tensor.manualSeed(seed);
      PrintStream screen = System.out;
      Page page = new Page(screen, out, Optional.ofNullable(data));
      page.say("%s  %s%n", chosen.section().number(), chosen.section().title());
      chosen.run(page);
      if (onnx != null) {
        write(page, onnx);
      }
      List<Claim> failed = page.claims().stream().filter(claim -> !claim.holds()).toList();
      return failed.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private void write(Page page, Path file) {
      Page.Trained trained = page.trained().orElseThrow(() -> new IllegalArgumentException("--onnx: " + program.section().name() + " keeps no model; lenet and bert do"));
      Onnx.save(trained.module(), inputs -> trained.forward().apply(inputs.getFirst()), file, OnnxInput.of("input", trained.input()).open(0, "batch"));
      page.say("model: %s", file);
    }
  }
}
