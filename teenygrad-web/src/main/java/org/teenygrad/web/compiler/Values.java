package org.teenygrad.web.compiler;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.host.HostArray;

/// What tensors with memory held while a schedule ran: of all of them the beginning, as of its first run, and of one that a reader asks for more, as of the next. Results of launches are read when the launch
/// has run, inputs at the end of the run. A run that nobody asks about costs a look into a map for each launch.
final class Values {
  /// Numbers of a tensor that are kept of the first run, and those that are read when somebody asks.
  private static final int FEW = 1024;
  private static final int MANY = 1 << 18;

  /// Bytes that are kept of the first run of a schedule.
  private static final int MOST_BYTES = 1 << 20;

  /// How long somebody who asks waits for the next run.
  private static final long PATIENCE_MILLIS = 1500;

  private final int mostSchedules;
  private final Map<Long, Followed> schedules = new LinkedHashMap<>();
  private volatile @Nullable Asked asked;

  /// @param mostSchedules of which the values are kept, the latest
  Values(int mostSchedules) {
    this.mostSchedules = mostSchedules;
  }

  /// Where a tensor's values are.
  ///
  /// @param launch after which they are read; the last one for inputs
  private record Spot(int launch, int slot, OpNode node) {}

  /// A schedule, and what its tensors held in its first run.
  private static final class Followed {
    private final Map<OpNode, Spot> spots = new HashMap<>();
    private final Map<Integer, List<Spot>> byLaunch = new HashMap<>();
    private final Map<OpNode, Read> first = new HashMap<>();
    private final int launches;
    private int bytes;
    private long runs;

    Followed(Activity.Fused fused, List<OpNode> inputs) {
      launches = fused.launches().size();
      for (int launch = 0; launch < launches; launch++) {
        for (Activity.Part part : fused.launches().get(launch).parts()) {
          spots.put(part.root(), new Spot(launch, part.slot(), part.root()));
        }
      }
      inputs.forEach(input -> spots.put(input, new Spot(launches - 1, input.payload(Param.class).slot(), input)));
      spots.values().forEach(spot -> byLaunch.computeIfAbsent(spot.launch, _ -> new ArrayList<>()).add(spot));
    }
  }

  private record Asked(long schedule, Spot spot, CompletableFuture<Read> answer) {}

  /// What was read of a tensor.
  ///
  /// @param first its first numbers
  /// @param run of the schedule in which it was, from 1
  record Read(OpNode node, byte[] first, long run) {
    DType dtype() {
      return node.dtype();
    }

    Shape shape() {
      return node.shape();
    }

    /// Whether these are all numbers.
    boolean isWhole() {
      return first.length == shape().elements() * dtype().bytes();
    }

    HostArray array() {
      return new HostArray(MemorySegment.ofArray(first), dtype(), isWhole() ? shape() : Shape.of(first.length / dtype().bytes()));
    }
  }

  /// A schedule was made, and is about to run.
  /// @param graph what it computes
  synchronized void made(long schedule, Activity.Fused fused, List<OpNode> graph) {
    if (isImaginary(fused.device())) {
      return;
    }
    schedules.put(schedule, new Followed(fused, graph.stream().filter(node -> node.is(OpCode.PARAM)).toList()));
    if (schedules.size() > mostSchedules) {
      schedules.remove(schedules.keySet().iterator().next());
    }
  }

  /// Devices that plan and do not compute have no values.
  private static boolean isImaginary(Device device) {
    return device.name().startsWith("null");
  }

  synchronized void clear() {
    schedules.clear();
  }

  private synchronized @Nullable Followed followed(long schedule) {
    return schedules.get(schedule);
  }

  /// Whether values are read in the next run of a schedule: in its first, and where a reader has asked.
  boolean wantsLaunches(long schedule) {
    Asked wanted = asked;
    if (wanted != null && wanted.schedule == schedule) {
      return true;
    }
    Followed followed = followed(schedule);
    if (followed == null) {
      return false;
    }
    synchronized (followed) {
      return followed.runs == 0;
    }
  }

  /// A whole run has ended.
  void ran(Activity.Ran ran) {
    Followed followed = followed(ran.schedule());
    if (followed != null) {
      synchronized (followed) {
        followed.runs++;
      }
    }
  }

  /// A launch has run.
  void launched(Activity.Launched launched) {
    Activity.Place place = launched.place();
    Followed schedule = followed(place.schedule());
    if (schedule == null) {
      return;
    }
    synchronized (schedule) {
      if (schedule.runs == 0) {
        for (Spot spot : schedule.byLaunch.getOrDefault(place.launch(), List.of())) {
          if (schedule.bytes < MOST_BYTES) {
            Read read = read(launched.device(), place.memory().get(spot.slot), spot, FEW, 1);
            schedule.bytes += read.first.length;
            schedule.first.put(spot.node, read);
          }
        }
      }
      Asked wanted = asked;
      if (wanted != null && wanted.schedule == place.schedule() && wanted.spot.launch == place.launch()) {
        asked = null;
        wanted.answer.complete(read(launched.device(), place.memory().get(wanted.spot.slot), wanted.spot, MANY, schedule.runs + 1));
      }
      schedule.runs += place.launch() == schedule.launches - 1 ? 1 : 0;
    }
  }

  private static Read read(Device device, Buffer memory, Spot spot, int most, long run) {
    int size = spot.node.dtype().bytes();
    int bytes = (int) Math.min(Math.min(spot.node.shape().elements(), most) * size, memory.bytes());
    byte[] values = new byte[bytes];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copied = arena.allocate(Math.max(1, bytes), 64).asSlice(0, bytes);
      Devices.runtime(device).allocator().copyOut(memory, copied);
      MemorySegment.copy(copied, ValueLayout.JAVA_BYTE, 0, values, 0, bytes);
    }
    return new Read(spot.node, values, run);
  }

  /// The values of a tensor: as of the next run where the schedule runs again and again, else as of the first. Nothing of a tensor without memory.
  Optional<Read> of(long schedule, OpNode node) {
    Followed followed = followed(schedule);
    if (followed == null) {
      return Optional.empty();
    }
    Spot spot;
    Read first;
    boolean isRepeated;
    synchronized (followed) {
      spot = followed.spots.get(node);
      first = followed.first.get(node);
      isRepeated = followed.runs > 1;
    }
    if (spot == null) {
      return Optional.empty();
    }
    return isRepeated || first == null ? Optional.ofNullable(next(schedule, spot, first)) : Optional.of(first);
  }

  /// Whether a node has memory of its own, as far as the schedule is followed.
  boolean hasMemory(long schedule, OpNode node) {
    Followed followed = followed(schedule);
    return followed != null && followed.spots.containsKey(node);
  }

  /// Why there are no values of a node.
  String why(long schedule, OpNode node) {
    Followed followed = followed(schedule);
    return followed == null ? "This device plans and does not compute, or the schedule is no longer followed." : followed.spots.containsKey(node)
        ? "Its values were not kept; they are read when the program computes it again." : "It has no memory of its own: kernels compute it on the way.";
  }

  private @Nullable Read next(long schedule, Spot spot, @Nullable Read otherwise) {
    CompletableFuture<Read> answer = new CompletableFuture<>();
    Asked mine = new Asked(schedule, spot, answer);
    asked = mine;
    try {
      return answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return otherwise; // it runs no more, or somebody else has asked since
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise;
    } finally {
      if (asked == mine) {
        asked = null;
      }
    }
  }
}
