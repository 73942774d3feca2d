package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;

/// What [Profile] shows, with the kernels' graphs. `TEENYGRAD_DEBUG` prints the same facts, see [Debug].
///
/// @param launches in the order in which they ran
/// @param schedules those that were made, none where all that ran had been seen before
/// @param memory for each schedule that was made, what lives in its workspace
public record Recording(List<Launched> launches, List<Profile.Making> schedules, List<List<Activity.Temporary>> memory) {
  /// A launch, and what ran.
  ///
  /// @param kernel the graph: a SINK of STOREs, or of tensor-level nodes on a device that does not fuse; where it runs over tensors of
  ///     different sizes, that of the first
  public record Launched(Profile.Launch facts, OpNode kernel) {}

  /// Runs an action and records all that happens meanwhile, in any thread.
  public static Recording of(Runnable action) {
    List<Launched> launches = Collections.synchronizedList(new ArrayList<>());
    List<Profile.Making> schedules = Collections.synchronizedList(new ArrayList<>());
    List<List<Activity.Temporary>> memory = Collections.synchronizedList(new ArrayList<>());
    try (Activity.Watching _ = Activity.watch(event -> {
      if (event instanceof Activity.Launched launched) {
        launches.add(new Launched(launched.facts(), launched.program().graph()));
      } else if (event instanceof Activity.Scheduled scheduled && scheduled.made() != null) {
        schedules.add(scheduled.made());
        memory.add(scheduled.memory());
      }
    })) {
      action.run();
    }
    return new Recording(List.copyOf(launches), List.copyOf(schedules), List.copyOf(memory));
  }

  static void made(Device device, Schedule schedule, long start) {
    long nanos = System.nanoTime() - start;
    if (!Activity.isWatched() && !Debug.at(Debug.SCHEDULES)) {
      return;
    }
    int runs = schedule.items().stream().mapToInt(item -> item.arguments().size()).sum();
    Profile.Making making = new Profile.Making(schedule.items().size(), runs, schedule.kernels(), schedule.compilation().kernels(), schedule.workspaceBytes(), nanos, schedule.compilation().nanos());
    Debug.say(Debug.SCHEDULES, making::toString);
    Activity.tell(new Activity.Scheduled(device, schedule.number(), making, schedule.temporaries(), start, nanos));
  }

  /// Whether anybody wants to see launches one by one; else a schedule runs as a whole.
  static boolean watchesLaunches() {
    return Activity.isWatched() || FlightRecording.wantsKernels() || Debug.at(Debug.LAUNCHES) || Debug.checksNan();
  }

  /// Runs a launch of a schedule, and tells of it.
  /// @param memory what is at each slot
  static void run(Runtime runtime, Schedule schedule, int number, List<List<Buffer>> arguments, List<Buffer> memory) {
    Schedule.ExecItem item = schedule.items().get(number);
    KernelEvent event = FlightRecording.kernel();
    long nanos = item.kernel().time(arguments);
    long ended = System.nanoTime();
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
    if (Activity.isWatched()) {
      Activity.tell(new Activity.Launched(runtime.device(), program, launch, ended - nanos, runtime.allocator().liveBytes(), new Activity.Place(schedule.number(), number, memory)));
    }
    if (Debug.checksNan()) {
      NanCheck.after(runtime, program, arguments);
    }
  }
}
