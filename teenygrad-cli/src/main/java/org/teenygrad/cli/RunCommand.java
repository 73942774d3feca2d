package org.teenygrad.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.teenygrad.engine.runtime.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `teenygrad run`: a program in source, compiled and run as `java File.java` does, with teenygrad on its class path.
@Command(
    name = "run",
    description = {"Compiles and runs a Java source file, and those that it needs beside it, with teenygrad on the class path."},
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RunCommand implements Callable<Integer> {
  private static final int CTRL_C = 130;

  @Parameters(index = "0", paramLabel = "FILE", description = "The source, such as Program.java.")
  private Path file;

  @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = "For the program: all that follows FILE.")
  private List<String> arguments = List.of();

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!Files.isRegularFile(file) || !file.toString().endsWith(".java")) {
      throw new IllegalArgumentException(file + " is no file to run: run takes a Java source, such as Program.java");
    }
    if (ModuleFinder.ofSystem().find("jdk.compiler").isEmpty()) {
      throw new IllegalStateException("run needs a Java compiler, which comes with a JDK but not with the unpacked image; ./teenygrad of the sources finds one");
    }
    deviceOptions.apply();
    Process program = new ProcessBuilder(command()).inheritIO().start();
    Interrupt interrupt = ((Main) spec.root().userObject()).interrupt();
    // A terminal's Ctrl-C goes to the program, too; what is sent to this process alone is passed on.
    try (Interrupt.Listening _ = interrupt.listen(() -> {
      if (interrupt.status() != CTRL_C) {
        program.destroy();
      }
    })) {
      return program.waitFor();
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    Settings.all().forEach(setting -> command.addAll(setting.jvmOptions())); // those of this command's options
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), file.toString()));
    command.addAll(arguments);
    return command;
  }
}
