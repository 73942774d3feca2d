package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
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

  /// @param inputs what modules call the data that it reads, by slot
  static void made(Device device, Schedule schedule, Supplier<List<String>> inputs, long start) {
    long nanos = System.nanoTime() - start;
    if (!Activity.isWatched() && !Debug.at(Debug.SCHEDULES)) {
      return;
    }
    int runs = schedule.items().stream().mapToInt(item -> item.arguments().size()).sum();
    Profile.Making making = new Profile.Making(schedule.items().size(), runs, schedule.kernels(),
        schedule.compilation().kernels(), schedule.memoryBytes(), nanos, schedule.compilation().nanos());
    Debug.say(Debug.SCHEDULES, making::toString);
    if (Activity.isWatched()) {
      Activity.tell(new Activity.Scheduled(device, schedule.number(), making, schedule.temporaries(), inputs.get(), start, nanos));
    }
  }

  /// Runs a schedule: launch by launch if anybody needs that, else as a whole.
  /// @param arguments of each launch
  /// @param memory what is at each slot
  static void run(Runtime runtime, Schedule schedule, List<List<List<Buffer>>> arguments, List<Buffer> memory) {
    if (wantsLaunches(schedule)) {
      for (int i = 0; i < arguments.size(); i++) {
        launch(runtime, schedule, i, arguments.get(i), memory);
      }
    } else if (Activity.isWatched()) {
      timeWhole(runtime, schedule, arguments);
    } else {
      schedule.sequence().run(arguments);
    }
  }

  private static boolean wantsLaunches(Schedule schedule) {
    boolean isWatched = Activity.isWatched() && (Activity.wantsLaunches(schedule.number()) || !schedule.sequence().isHandedInWhole());
    return isWatched || FlightRecording.wantsKernels() || Debug.at(Debug.LAUNCHES) || Debug.checksNan();
  }

  private static void timeWhole(Runtime runtime, Schedule schedule, List<List<List<Buffer>>> arguments) {
    double flops = 0;
    double bytes = 0;
    for (Schedule.ExecItem item : schedule.items()) {
      Program program = item.program();
      double times = times(program, item.arguments().size());
      flops += program.work().flops() * times;
      bytes += program.work().bytes() * times;
    }
    double allFlops = flops;
    double allBytes = bytes;
    long liveBytes = runtime.allocator().liveBytes();
    schedule.sequence().time(arguments, (start, nanos) -> Activity.tell(
        new Activity.Ran(runtime.device(), schedule.number(), arguments.size(), allFlops, allBytes, liveBytes, start, nanos)));
  }

  /// How often a program's work is done in so many runs.
  private static double times(Program program, int runs) {
    return (double) runs / program.graphs().size();
  }

  /// Runs a launch of a schedule, and tells of it.
  private static void launch(Runtime runtime, Schedule schedule, int number, List<List<Buffer>> arguments, List<Buffer> memory) {
    Schedule.ExecItem item = schedule.items().get(number);
    KernelEvent event = FlightRecording.kernel();
    long nanos = item.kernel().time(arguments);
    long ended = System.nanoTime();
    if (event != null) {
      event.end();
    }
    Program program = item.program();
    int runs = arguments.size();
    double times = times(program, runs);
    Profile.Launch launch = new Profile.Launch(program.name(), program.description(),
        runs, program.work().flops() * times, program.work().bytes() * times, nanos);
    if (event != null) {
      event.commit(runtime.device(), launch);
    }
    Debug.say(Debug.LAUNCHES, () -> Roofline.of(runtime).line(launch));
    if (Activity.isWatched()) {
      Activity.tell(new Activity.Launched(runtime.device(), program, launch, ended - nanos,
          runtime.allocator().liveBytes(), new Activity.Place(schedule.number(), number, memory)));
    }
    if (Debug.checksNan()) {
      NanCheck.after(runtime, program, arguments);
    }
  }
}
