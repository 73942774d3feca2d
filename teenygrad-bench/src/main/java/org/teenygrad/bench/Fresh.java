package org.teenygrad.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.teenygrad.Profile;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target;

/// What a first step costs, in a JVM and with a cache of its own.
final class Fresh {
  /// When this JVM was started, by itself: what the system says of a process can be a second off.
  private static final long START_MILLIS = ManagementFactory.getRuntimeMXBean().getStartTime();

  private static final Path LINUX_STATUS = Path.of("/proc/self/status");

  /// Until a schedule is replayed.
  private static final int MEMORY_STEPS = 5;

  private Fresh() {}

  /// GPT-2's training step on the device that runs nothing: what remains is scheduling and code generation.
  static List<Figure> compile() {
    Runnable step = GptStep.GPT2.prepare(1);
    long start = System.nanoTime();
    Profile profile = Profile.of(step);
    double seconds = (System.nanoTime() - start) / 1e9;
    Profile.Making making = profile.schedules().stream().max((a, b) -> Integer.compare(a.launches(), b.launches())).orElseThrow();
    return List.of(
        figure("compile_gpt2_first_step", "s", seconds),
        figure("compile_gpt2_schedule", "s", making.nanos() / 1e9),
        figure("compile_gpt2_of_which_code", "s", making.compileNanos() / 1e9),
        figure("compile_gpt2_launches", "", making.launches()),
        figure("compile_gpt2_runs", "", making.runs()),
        figure("compile_gpt2_kernels", "", making.kernels()),
        figure("compile_gpt2_since_jvm_start", "s", sinceStart()));
  }

  /// A model's first training step, from the start of the JVM to the loss: on a GPU, if there is one, with as much as is trained on there.
  static List<Figure> startup(String config) {
    GptStep step = GptStep.of(config);
    boolean gpu = Devices.runtime(Devices.defaultDevice()).target() instanceof Target.Gpu;
    (gpu ? step.onGpu() : step).prepare(1).run();
    return List.of(figure("startup_" + config + "_first_step", "s", sinceStart()));
  }

  /// The most memory that this process has held when a model has been trained for some steps.
  /// @throws IllegalStateException where the system does not tell
  static List<Figure> memory(String config) {
    Runnable step = GptStep.of(config).prepare(1);
    for (int i = 0; i < MEMORY_STEPS; i++) {
      step.run();
    }
    try (Stream<String> status = Files.lines(LINUX_STATUS)) {
      String most = status.filter(line -> line.startsWith("VmHWM:")).findFirst().orElseThrow();
      return List.of(figure("memory_" + config, "B", 1024 * Double.parseDouble(most.replaceAll("\\D", ""))));
    } catch (IOException e) {
      throw new IllegalStateException(LINUX_STATUS + " does not say how much memory this process has held: " + e, e);
    }
  }

  /// Seconds since this JVM was started.
  static double sinceStart() {
    return (System.currentTimeMillis() - START_MILLIS) / 1e3;
  }

  /// One that was measured once.
  static Figure figure(String name, String unit, double value) {
    return new Figure(name, unit, value, value, value, Double.NaN);
  }
}
