package org.teenygrad.engine.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.engine.ir.OpNode;

/// What the engine does, told to watchers as it happens: schedules, compiled kernels, launches, copies, waiting. A [Profile], a trace file
/// ([Settings#TRACE]) and the Run view in a browser are watchers.
///
/// ```java
/// try (Activity.Watching _ = Activity.watch(System.out::println)) {
///   Tensor.of(1, 2).exp().realize();
/// }
/// ```
/// A [Launched] takes a kernel that is waited for, as under `TEENYGRAD_DEBUG=2`. Where a device runs a schedule faster as a whole
/// ([Sequence#isHandedInWhole]: GPUs and processors), a watcher says for each run whether it needs the launches ([Watcher#wantsLaunches]);
/// if none does, it is told of one [Ran]. While nobody watches, all this costs a look at one field.
public final class Activity {
  private static volatile List<Watcher> watchers = ofSettings();

  private Activity() {}

  /// Something that has ended.
  public sealed interface Event {
    /// Where it happened, or for which device.
    Device device();

    /// When it began, by [System#nanoTime].
    long start();

    /// How long it took.
    long nanos();
  }

  /// A kernel ran.
  ///
  /// @param facts its work, and the time that the device needed
  /// @param liveBytes what buffers of the device hold, 0 where nobody counts
  /// @param place which launch of which schedule it was
  public record Launched(Device device, Program program, Profile.Launch facts, long start, long liveBytes, Place place) implements Event {
    @Override
    public long nanos() {
      return facts.nanos();
    }
  }

  /// A launch of a schedule that has just run.
  ///
  /// @param schedule its number ([Scheduled])
  /// @param launch number in the schedule
  /// @param memory what is at each slot of the schedule, to be read while this is told: the next launch may overwrite it
  public record Place(long schedule, int launch, List<Buffer> memory) {}

  /// A schedule ran as a whole: nobody knows when which of its kernels ran.
  ///
  /// @param schedule its number ([Scheduled])
  /// @param launches how many there are
  /// @param flops of all of them
  /// @param bytes that all of them read and write
  /// @param liveBytes what buffers of the device held when it was handed in, 0 where nobody counts
  public record Ran(Device device, long schedule, int launches, double flops, double bytes, long liveBytes, long start, long nanos) implements Event {}

  /// The schedule of a graph was made, or found among those that are known.
  ///
  /// @param schedule its number, the same at each of its runs
  /// @param made null where it was found
  /// @param memory what lives in the workspace of one that was made
  /// @param inputs what modules call the data that one that was made reads, by slot; empty where it has no name
  public record Scheduled(Device device, long schedule, Profile.@Nullable Making made, List<Temporary> memory, List<String> inputs, long start, long nanos) implements Event {}

  /// What lives only while a schedule runs: a part of its workspace, from the launch that writes it to the last that reads it.
  ///
  /// @param offset where in the workspace it begins, in bytes
  /// @param bytes how long it is
  /// @param first number of the launch in its schedule
  /// @param last number of the launch in its schedule
  public record Temporary(long offset, long bytes, int first, int last) {}

  /// A pass over a graph, on the way to a schedule.
  ///
  /// @param before what was wanted, and `after` what the pass made of it: nodes that are in both are the same
  /// @param fired the rules that were applied, in order
  public record Passed(Device device, String pass, List<OpNode> before, List<OpNode> after, List<Fired> fired, long start, long nanos) implements Event {}

  /// A rule that was applied to a node.
  public record Fired(String rule, OpNode before, OpNode after) {}

  /// A graph became kernels.
  ///
  /// @param graph what was wanted, after all passes
  /// @param launches in the order in which they run
  public record Fused(Device device, List<OpNode> graph, List<Launch> launches, long start, long nanos) implements Event {}

  /// A launch of a schedule, and what it computes.
  ///
  /// @param runs how many sets of arguments it runs over
  /// @param parts for each buffer that its runs write what is computed on the way
  public record Launch(Program program, int runs, List<Part> parts) {}

  /// What a kernel computes to write one buffer.
  ///
  /// @param root what is in the buffer
  /// @param slot number of the buffer in the schedule
  /// @param reason why that has memory, in words
  /// @param operations about how many vector instructions an element takes from what is in memory
  /// @param largeReads how many buffers at least a quarter of its size are read for it
  /// @param nodes of the graph that are computed on the way, the root among them
  public record Part(OpNode root, int slot, String reason, int operations, int largeReads, List<OpNode> nodes) {}

  /// A kernel was compiled, or its code was found in the cache of kernels.
  public record Compiled(Device device, Program program, long start, long nanos) implements Event {}

  /// Data was copied. A copy to the host waits for the kernels that compute what is copied.
  public record Copied(Device device, Way way, long bytes, long start, long nanos) implements Event {}

  /// From where to where data is copied.
  public enum Way {
    TO_DEVICE,
    TO_HOST,
    BETWEEN_DEVICES
  }

  /// A thread waited until another had computed on the device.
  public record Waited(Device device, long start, long nanos) implements Event {}

  /// Who is told.
  @FunctionalInterface
  public interface Watcher {
    /// Called by the thread that did it, which goes on afterwards.
    void happened(Event event);

    /// Whether this one needs to be told of each launch of a run that is about to begin, on a device that would run it faster as a
    /// whole. Asked once for each run.
    /// @param schedule its number ([Scheduled])
    default boolean wantsLaunches(long schedule) {
      return true;
    }
  }

  /// Shows what a program computes, where [Settings#WEB] asks for it: a service ([ServiceLoader]).
  public interface Viewer {
    /// Begins to show.
    /// @return whom to tell
    Watcher open();
  }

  /// Ends watching when it is closed.
  public interface Watching extends AutoCloseable {
    @Override
    void close();
  }

  /// Tells a watcher of all that happens from now on, in any thread.
  public static synchronized Watching watch(Watcher watcher) {
    List<Watcher> more = new ArrayList<>(watchers);
    more.add(watcher);
    watchers = List.copyOf(more);
    return () -> end(watcher);
  }

  private static synchronized void end(Watcher watcher) {
    watchers = watchers.stream().filter(other -> other != watcher).toList();
  }

  /// Whether anybody watches.
  public static boolean isWatched() {
    return !watchers.isEmpty();
  }

  /// Whether a watcher needs the launches of a run that is about to begin. All are asked, as some count.
  public static boolean wantsLaunches(long schedule) {
    boolean isWanted = false;
    for (Watcher watcher : watchers) {
      isWanted |= watcher.wantsLaunches(schedule);
    }
    return isWanted;
  }

  /// When something begins, for [#copied] and its kin: [System#nanoTime], or 0 while nobody watches.
  public static long begin() {
    return isWatched() ? System.nanoTime() : 0;
  }

  /// Tells all watchers.
  public static void tell(Event event) {
    watchers.forEach(watcher -> watcher.happened(event));
  }

  /// Tells of a copy that is done.
  /// @param start what [#begin] returned before it
  public static void copied(Device device, Way way, long bytes, long start) {
    if (start != 0) {
      tell(new Copied(device, way, bytes, start, System.nanoTime() - start));
    }
  }

  /// Tells of code that is there.
  /// @param start what [#begin] returned before it was made
  public static void compiled(Device device, Program program, long start) {
    if (start != 0) {
      tell(new Compiled(device, program, start, System.nanoTime() - start));
    }
  }

  /// Tells of a schedule that was known.
  /// @param start what [#begin] returned before it was looked for
  public static void found(Device device, long schedule, long start) {
    if (start != 0) {
      tell(new Scheduled(device, schedule, null, List.of(), List.of(), start, System.nanoTime() - start));
    }
  }

  /// Tells of a wait that is over.
  /// @param start what [#begin] returned before it
  public static void waited(Device device, long start) {
    if (start != 0) {
      tell(new Waited(device, start, System.nanoTime() - start));
    }
  }

  private static List<Watcher> ofSettings() {
    List<Watcher> asked = new ArrayList<>();
    try {
      Path file = Settings.TRACE.value();
      if (file != null) {
        asked.add(TraceFile.open(file));
      }
    } catch (IOException e) {
      Debug.warn("no trace is written: " + e);
    }
    try {
      if (Settings.WEB.or(false)) {
        asked.add(ServiceLoader.load(Viewer.class).findFirst().orElseThrow(() -> new IllegalArgumentException(Settings.WEB.variable() + "=1 needs teenygrad-web, which is not on the class path")).open());
      }
    } catch (IllegalArgumentException e) {
      Debug.warn(String.valueOf(e.getMessage()));
    }
    return List.copyOf(asked);
  }
}
