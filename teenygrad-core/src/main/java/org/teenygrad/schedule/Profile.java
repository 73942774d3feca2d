package org.teenygrad.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.ir.OpNode;
import org.teenygrad.runtime.Buffer;
import org.teenygrad.runtime.Debug;
import org.teenygrad.runtime.Program;
import org.teenygrad.runtime.Runtime;

/// What happened while somebody watched: every schedule that was made, and every launch with its time and an estimate of
/// its work. `TEENYGRAD_DEBUG` prints the same facts, see [Debug].
///
/// ```java
/// Profile profile = Profile.of(() -> loss.item());
/// profile.launches().forEach(System.out::println);
/// ```
///
/// @param launches in the order in which they ran
/// @param schedules those that were made, none where all that ran had been seen before
public record Profile(List<Launch> launches, List<Making> schedules) {
  private static volatile @Nullable Profile recording;

  /// One launch of a kernel.
  ///
  /// @param name what kind of kernel it is, and a number that tells it from others
  /// @param kernel its graph: a SINK of STOREs, or of tensor-level nodes on a device that does not fuse; where it runs over tensors of different
  ///     sizes, that of the first
  /// @param description what it fuses, in a line
  /// @param runs how many sets of arguments it ran over
  /// @param flops floating-point operations of all runs together, an estimate
  /// @param bytes tensor bytes read and written at least once, of all runs together
  /// @param nanos how long it took
  public record Launch(String name, OpNode kernel, String description, int runs, double flops, double bytes, long nanos) {
    public double flopsPerSecond() {
      return flops * 1e9 / nanos;
    }

    public double bytesPerSecond() {
      return bytes * 1e9 / nanos;
    }
  }

  /// The making of a schedule.
  ///
  /// @param launches how many there are at each run
  /// @param runs how many sets of arguments they run over; more than `launches` where independent ones share a launch
  /// @param kernels how many different ones there are
  /// @param compiled how many of those were not known before
  /// @param workspaceBytes memory for what lives only while the schedule runs
  /// @param nanos how long making it took
  /// @param compileNanos how much of that was code generation and compiling
  public record Making(int launches, int runs, int kernels, int compiled, long workspaceBytes, long nanos, long compileNanos) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "new schedule: %d launches (%d runs) of %d kernels, %d of them new; workspace %.1f MiB; made in %.1f ms, %.1f of them for code",
          launches, runs, kernels, compiled, workspaceBytes / 1048576.0, nanos / 1e6, compileNanos / 1e6);
    }
  }

  /// Runs an action and records all that happens meanwhile, in any thread.
  public static synchronized Profile of(Runnable action) {
    Profile profile = new Profile(new ArrayList<>(), new ArrayList<>());
    recording = profile;
    try {
      action.run();
    } finally {
      recording = null;
    }
    return new Profile(List.copyOf(profile.launches), List.copyOf(profile.schedules));
  }

  static void made(Schedule schedule, long nanos) {
    Profile profile = recording;
    if (profile == null && !Debug.at(Debug.SCHEDULES)) {
      return;
    }
    int runs = schedule.items().stream().mapToInt(item -> item.arguments().size()).sum();
    int kernels = (int) schedule.items().stream().map(Schedule.ExecItem::program).distinct().count();
    Making making = new Making(schedule.items().size(), runs, kernels, schedule.compilation().kernels(), schedule.workspaceBytes(), nanos, schedule.compilation().nanos());
    Debug.say(Debug.SCHEDULES, making::toString);
    if (profile != null) {
      profile.schedules.add(making);
    }
  }

  /// Whether anybody wants to see launches one by one; else a schedule runs as a whole.
  static boolean watchesLaunches() {
    return recording != null || Debug.at(Debug.LAUNCHES) || Debug.checksNan();
  }

  static void run(Runtime runtime, Schedule.ExecItem item, List<List<Buffer>> arguments) {
    long nanos = item.kernel().time(arguments);
    Program program = item.program();
    int runs = arguments.size();
    double times = (double) runs / program.graphs().size();
    Launch launch = new Launch(program.name(), program.graph(), program.description(), runs, program.work().flops() * times, program.work().bytes() * times, nanos);
    Debug.say(Debug.LAUNCHES, () -> Roofline.of(runtime).line(launch));
    Profile profile = recording;
    if (profile != null) {
      profile.launches.add(launch);
    }
    if (Debug.checksNan()) {
      NanCheck.after(runtime, program, arguments);
    }
  }
}
