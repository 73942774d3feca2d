package org.teenygrad.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.ir.OpNode;
import org.teenygrad.runtime.Buffer;

/// What ran while somebody watched: every launch with its time and an estimate of its work.
///
/// ```java
/// Profile profile = Profile.of(() -> loss.item());
/// profile.launches().forEach(System.out::println);
/// ```
///
/// @param launches in the order in which they ran
public record Profile(List<Launch> launches) {
  private static volatile @Nullable List<Launch> recording;

  /// One launch of a kernel.
  ///
  /// @param name what kind of kernel it is, and a number that tells it from others
  /// @param kernel its graph: a SINK of STOREs, or of tensor-level nodes on a device that does not fuse
  /// @param runs how many sets of arguments it ran over
  /// @param flops floating-point operations of all runs together, an estimate
  /// @param bytes tensor bytes read and written at least once, of all runs together
  /// @param nanos how long it took
  public record Launch(String name, OpNode kernel, int runs, double flops, double bytes, long nanos) {}

  /// Runs an action and records all that is launched meanwhile, by any thread.
  public static synchronized Profile of(Runnable action) {
    List<Launch> launches = new ArrayList<>();
    recording = launches;
    try {
      action.run();
    } finally {
      recording = null;
    }
    return new Profile(List.copyOf(launches));
  }

  static void run(Schedule.ExecItem item, List<List<Buffer>> arguments) {
    List<Launch> list = recording;
    if (list == null) {
      item.kernel().run(arguments);
      return;
    }
    long start = System.nanoTime();
    item.kernel().run(arguments);
    long nanos = System.nanoTime() - start;
    int runs = arguments.size();
    list.add(new Launch(item.program().name(), item.program().graph(), runs, item.program().work().flops() * runs, item.program().work().bytes() * runs, nanos));
  }
}
