package org.teenygrad.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Settings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `--trace` of commands that measure.
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class TraceOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--trace", paramLabel = "FILE",
      description = "Write a timeline of kernels, copies and the host's work, for the Run view of teenygrad web; that of each process that is started has a number behind its name. Kernels of some runs are then timed one by one, which figures show.")
  private @Nullable Path file;

  /// Makes the choice hold for this process and those that it starts.
  void apply() {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw new ParameterException(spec.commandLine(), "--trace " + file + (Files.isDirectory(file) ? " is a folder; it takes a file" : ": there is no folder " + folder));
    }
    Settings.TRACE.set("--trace ", file.toString());
  }
}
