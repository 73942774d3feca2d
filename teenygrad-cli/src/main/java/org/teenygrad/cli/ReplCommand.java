package org.teenygrad.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.teenygrad.engine.runtime.Settings;
import org.teenygrad.web.cells.CellProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `teenygrad repl`: JShell with teenygrad on its class path and imported.
@Command(
    name = "repl",
    description = {
      "Starts JShell with teenygrad imported. /exit ends it.",
      "Nothing is computed to be echoed: x.realize() and println(x) show a tensor's values."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ReplCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "0..*", description = "Snippets to run first, as for jshell.")
  private List<String> files = List.of();

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() throws IOException, InterruptedException {
    deviceOptions.choose();
    Path startup = Files.createTempFile("teenygrad", ".jsh");
    try {
      Files.writeString(startup, CellProcess.IMPORTS);
      List<String> command = new ArrayList<>(List.of(
          Path.of(System.getProperty("java.home"), "bin", "jshell").toString(),
          "--class-path", absoluteClassPath(),
          "--startup", startup.toString(),
          "-R--enable-native-access=ALL-UNNAMED"));
      Settings.all().forEach(setting -> setting.jvmOptions().forEach(option -> command.add("-R" + option)));
      command.addAll(files);
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("repl needs jshell, which comes with a JDK but not with the unpacked image; ./teenygrad of the sources finds one: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(startup);
    }
  }

  private static String absoluteClassPath() {
    String separator = System.getProperty("path.separator");
    return Stream.of(System.getProperty("java.class.path").split(separator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .reduce((a, b) -> a + separator + b)
        .orElse("");
  }
}
