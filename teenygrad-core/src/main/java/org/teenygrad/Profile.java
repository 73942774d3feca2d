package org.teenygrad;

import java.util.List;
import java.util.Locale;
import org.teenygrad.engine.schedule.Recording;

/// What happened while somebody watched: every schedule that was made, and every launch with its time and an estimate of
/// its work. `TEENYGRAD_DEBUG` prints the same facts.
///
/// ```java
/// Profile profile = Profile.of(() -> x.mul(2).sum().item());
/// profile.launches().size();   // 1
/// ```
///
/// @param launches in the order in which they ran
/// @param schedules those that were made, none where all that ran had been seen before
public record Profile(List<Launch> launches, List<Making> schedules) {
  /// One launch of a kernel.
  ///
  /// @param name what kind of kernel it is, and a number that tells it from others
  /// @param description what it fuses, in a line
  /// @param runs how many sets of arguments it ran over
  /// @param flops floating-point operations of all runs together, an estimate
  /// @param bytes tensor bytes read and written at least once, of all runs together
  /// @param nanos how long it took
  public record Launch(String name, String description, int runs, double flops, double bytes, long nanos) {
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
  /// @param workspaceBytes memory for what lives only while the schedule runs, and for sums that the blocks of a GPU's kernels exchange
  /// @param nanos how long making it took
  /// @param compileNanos how much of that was code generation and compiling
  public record Making(int launches, int runs, int kernels, int compiled, long workspaceBytes, long nanos, long compileNanos) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT,
          "new schedule: %d launches (%d runs) of %d kernels, %d of them new; workspace %.1f MiB; made in %.1f ms, %.1f of them for code",
          launches, runs, kernels, compiled, workspaceBytes / 1048576.0, nanos / 1e6, compileNanos / 1e6);
    }
  }

  /// Runs an action and records all that happens meanwhile, in any thread.
  public static Profile of(Runnable action) {
    Recording recording = Recording.of(action);
    return new Profile(recording.launches().stream().map(Recording.Launched::facts).toList(), recording.schedules());
  }
}
