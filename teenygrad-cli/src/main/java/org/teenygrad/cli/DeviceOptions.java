package org.teenygrad.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Settings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Where a command computes.
@SuppressWarnings("NullAway.Init") // picocli sets the spec
final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "Where to compute, such as cpu or interpreter; by default the best there is (see teenygrad devices).")
  private @Nullable String device;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the cpu device; by default one for each processor.")
  private @Nullable String threads;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Write a timeline of kernels, copies and the host's work, for ui.perfetto.dev. Kernels of some runs are then timed one by one.")
  private @Nullable Path trace;

  @Option(names = "--web", description = "Show in a browser of this machine what is computed, while it runs: timeline, kernels, passes of the compiler, trainings of the folder out. The address is printed.")
  private boolean web;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /// Makes the choice hold for this process, and opens the device; call it before anything is computed.
  /// @return the default device from here on
  Device choose() {
    if (device != null) {
      Devices.runtime(Device.of(device)); // says so if there is none
    }
    apply();
    Device chosen = Devices.defaultDevice();
    Devices.runtime(chosen);
    return chosen;
  }

  /// Makes the choice hold for this process and those that it starts.
  void apply() {
    if (threads != null) {
      try {
        Settings.THREADS.set("--threads ", threads);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage(), e);
      }
    }
    if (trace != null) {
      Path folder = trace.toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(trace)) {
        throw new ParameterException(spec.commandLine(), "--trace " + trace + (Files.isDirectory(trace) ? " is a folder; it takes a file" : ": there is no folder " + folder));
      }
      Settings.TRACE.set("--trace ", trace.toString());
    }
    if (web) {
      Settings.WEB.set("--web ", "1");
    }
    if (device != null) {
      Settings.DEVICE.set("--device ", device);
    }
  }
}
