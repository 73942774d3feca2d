package org.teenygrad.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.Launcher;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Settings;
import picocli.CommandLine.Option;

/// On how many devices a command runs: as one process each, which it starts where nobody has.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class Ranks {
  private static final String FAKE = "fake:";

  @Option(names = "--devices", paramLabel = "N|fake:N", defaultValue = "1",
      description = {"On how many devices at once, each with a part of every batch: as that many processes, which exchange data by NCCL on GPUs, by Open MPI on processors.",
        "fake:N runs nothing and says what an iteration would take of each of N GPUs: memory, traffic and time."})
  private String devices;

  /// The number of devices.
  /// @throws IllegalArgumentException if it is none
  private int count() {
    String number = isFake() ? devices.substring(FAKE.length()) : devices;
    try {
      int count = Integer.parseInt(number);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--devices " + devices + " is neither a number nor fake: and a number, such as fake:8192", e);
    }
    throw new IllegalArgumentException("--devices " + devices + "; there is at least one");
  }

  /// Whether the devices need not be there.
  boolean isFake() {
    return devices.startsWith(FAKE);
  }

  /// The world of devices that need not be there.
  /// @throws IllegalArgumentException if there is no device
  World fake() {
    return World.fake(count(), Cluster.H200);
  }

  /// What a command does as one of some ranks.
  interface Program {
    int run(World world);
  }

  /// Runs a program on all ranks: starts them, or is one of them.
  /// @param arguments the whole command line
  /// @return the exit status
  int call(List<String> arguments, Program program) throws IOException, InterruptedException {
    int count = count();
    if (count > 1 && !World.isLaunched()) {
      return launch(count, arguments);
    }
    World world = World.join();
    if (count > 1 && world.size() != count) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "--devices %d, but %d ranks were started", count, world.size()));
    }
    int status = program.run(world);
    world.close(); // a rank that fails does not come here, and ends the others
    return status;
  }

  /// Starts a command as several ranks on this machine, and waits for their end.
  /// @return the exit status
  static int launch(int ranks, List<String> arguments) throws IOException, InterruptedException {
    if (Devices.defaultDevice().name().startsWith("cuda")) {
      return Launcher.run(ranks, command(arguments));
    }
    int threads = Settings.THREADS.or(Math.max(1, Runtime.getRuntime().availableProcessors() / ranks));
    Settings.THREADS.set("--threads ", String.valueOf(threads));
    return mpirun(ranks, command(arguments));
  }

  private static int mpirun(int ranks, List<String> command) throws InterruptedException {
    // By way of env: into a command that begins with java, mpirun puts a class path of its own.
    List<String> whole = new ArrayList<>(List.of("mpirun", "--oversubscribe", "--bind-to", "none", "-n", String.valueOf(ranks), "env"));
    whole.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(whole).inheritIO();
    // In a container there is no user but root, which Open MPI does not run for unless told twice.
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT", "1");
    builder.environment().put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    try {
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new IllegalStateException("several devices need Open MPI's mpirun, which cannot be started (" + e.getMessage() + "): Debian's package is openmpi-bin", e);
    }
  }

  /// This program once more, with the same settings.
  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    Settings.all().forEach(setting -> command.addAll(setting.jvmOptions()));
    String modules = System.getProperty("jdk.module.path");
    command.addAll(modules == null ? List.of("-cp", System.getProperty("java.class.path"), Main.class.getName())
        : List.of("--module-path", modules, "-m", Main.class.getModule().getName() + "/" + Main.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
