package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Profile;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;

/// What [Profile] shows, with the kernels' graphs. `TEENYGRAD_DEBUG` prints the same facts, see [Debug].
///
/// @param launches in the order in which they ran
/// @param schedules those that were made, none where all that ran had been seen before
/// @param memory for each schedule that was made, what lives in its workspace
public record Recording(List<Launched> launches, List<Profile.Making> schedules, List<List<Temporary>> memory) {
  private static volatile @Nullable Recording recording;

  /// A launch, and what ran.
  ///
  /// @param kernel the graph: a SINK of STOREs, or of tensor-level nodes on a device that does not fuse; where it runs over tensors of
  ///     different sizes, that of the first
  public record Launched(Profile.Launch facts, OpNode kernel) {}

  /// What lives only while a schedule runs: a part of its workspace, from the launch that writes it to the last that reads it.
  ///
  /// @param offset where in the workspace it begins, in bytes
  /// @param bytes how long it is
  /// @param first number of the launch in its schedule
  /// @param last number of the launch in its schedule
  public record Temporary(long offset, long bytes, int first, int last) {}

  /// Runs an action and records all that happens meanwhile, in any thread.
  public static synchronized Recording of(Runnable action) {
    Recording watched = new Recording(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    recording = watched;
    try {
      action.run();
    } finally {
      recording = null;
    }
    return new Recording(List.copyOf(watched.launches), List.copyOf(watched.schedules), List.copyOf(watched.memory));
  }

  static void made(Schedule schedule, long nanos) {
    Recording watched = recording;
    if (watched == null && !Debug.at(Debug.SCHEDULES)) {
      return;
    }
    int runs = schedule.items().stream().mapToInt(item -> item.arguments().size()).sum();
    Profile.Making making = new Profile.Making(schedule.items().size(), runs, schedule.kernels(), schedule.compilation().kernels(), schedule.workspaceBytes(), nanos, schedule.compilation().nanos());
    Debug.say(Debug.SCHEDULES, making::toString);
    if (watched != null) {
      watched.schedules.add(making);
      watched.memory.add(schedule.temporaries());
    }
  }

  /// Whether anybody wants to see launches one by one; else a schedule runs as a whole.
  static boolean watchesLaunches() {
    return recording != null || FlightRecording.wantsKernels() || Debug.at(Debug.LAUNCHES) || Debug.checksNan();
  }

  static void run(Runtime runtime, Schedule.ExecItem item, List<List<Buffer>> arguments) {
    KernelEvent event = FlightRecording.kernel();
    long nanos = item.kernel().time(arguments);
    if (event != null) {
      event.end();
    }
    Program program = item.program();
    int runs = arguments.size();
    double times = (double) runs / program.graphs().size();
    Profile.Launch launch = new Profile.Launch(program.name(), program.description(), runs, program.work().flops() * times, program.work().bytes() * times, nanos);
    if (event != null) {
      event.commit(runtime.device(), launch);
    }
    Debug.say(Debug.LAUNCHES, () -> Roofline.of(runtime).line(launch));
    Recording watched = recording;
    if (watched != null) {
      watched.launches.add(new Launched(launch, program.graph()));
    }
    if (Debug.checksNan()) {
      NanCheck.after(runtime, program, arguments);
    }
  }
}
