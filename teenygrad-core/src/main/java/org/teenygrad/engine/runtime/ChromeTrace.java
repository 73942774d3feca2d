package org.teenygrad.engine.runtime;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.teenygrad.Device;
import org.teenygrad.Profile;

/// [Activity] in Chrome's trace format ("Trace Event Format" of the Chromium project), which ui.perfetto.dev and the Run view show.
///
/// Each device is a process with a track of kernels and one of copies; the host is one with a track for each of its threads. Times
/// begin when this was made. On GPUs and processors, the launches of a schedule are wanted in its first two runs and then in one of
/// 16; the other runs are a span each. So what a kernel costs is seen throughout a training, while a step is slowed down by less
/// than a per cent: kernels that are timed one by one cost GPT-2's step on a GPU 7 to 11 %.
///
/// A [TraceEvent] keeps facts alone: neither the graph nor the code of a kernel.
public final class ChromeTrace implements Activity.Watcher {
  private static final int HOST = 1;
  private static final int KERNELS = 1;
  private static final int COPIES = 2;

  private static final int FIRST_RUNS = 2;
  private static final int ONE_IN = 16;

  private final Consumer<TraceEvent> events;
  private final Map<Long, Integer> runs = new HashMap<>();
  private final long origin = System.nanoTime();
  private final Map<Device, Integer> devices = new HashMap<>();
  private final Map<Device, Long> memory = new HashMap<>();
  private final Set<Long> threads = new HashSet<>();

  /// @param events takes one after the other
  public ChromeTrace(Consumer<TraceEvent> events) {
    this.events = events;
  }

  /// In the first two runs of a schedule, and in one of 16.
  @Override
  public synchronized boolean wantsLaunches(long schedule) {
    int run = runs.merge(schedule, 1, Integer::sum);
    return run <= FIRST_RUNS || run % ONE_IN == 0;
  }

  @Override
  public synchronized void happened(Activity.Event event) {
    int device = process(event.device());
    switch (event) {
      case Activity.Launched launched -> {
        Profile.Launch facts = launched.facts();
        span("kernel", facts.description(), device, KERNELS, event, () -> Map.of("kernel", facts.name(), "runs", facts.runs(), "flops", facts.flops(), "bytes", facts.bytes()));
        count(launched, launched.liveBytes(), device);
      }
      case Activity.Ran ran -> {
        String name = "schedule " + ran.schedule() + " as a whole: " + ran.launches() + " launches";
        span("run", name, device, KERNELS, event, () -> Map.of("schedule", ran.schedule(), "launches", ran.launches(), "flops", ran.flops(), "bytes", ran.bytes()));
        count(ran, ran.liveBytes(), device);
      }
      case Activity.Copied copied -> {
        long bytes = copied.bytes();
        span("copy", name(copied.way()), device, COPIES, event, () -> Map.of("bytes", bytes));
      }
      case Activity.Compiled compiled -> {
        String kernel = compiled.program().name();
        span("compile", "compile " + compiled.program().description(), HOST, thread(), event, () -> Map.of("kernel", kernel));
      }
      case Activity.Scheduled scheduled -> schedule(scheduled);
      case Activity.Passed passed -> {
        int rules = passed.fired().size();
        span("pass", passed.pass(), HOST, thread(), event, () -> Map.of("rules", rules));
      }
      case Activity.Fused fused -> {
        int launches = fused.launches().size();
        span("pass", "form kernels", HOST, thread(), event, () -> Map.of("launches", launches));
      }
      case Activity.Waited _ -> span("wait", "wait for " + event.device(), HOST, thread(), event, Map::of);
    }
  }

  private static String name(Activity.Way way) {
    return switch (way) {
      case TO_DEVICE -> "to device";
      case TO_HOST -> "to host";
      case BETWEEN_DEVICES -> "between devices";
    };
  }

  private void schedule(Activity.Scheduled scheduled) {
    Profile.Making made = scheduled.made();
    if (made == null) {
      span("schedule", "find schedule", HOST, thread(), scheduled, Map::of);
    } else {
      span("schedule", "make schedule", HOST, thread(), scheduled, () -> Map.of("launches", made.launches(), "kernels", made.kernels(), "compiled", made.compiled(), "workspaceBytes", made.workspaceBytes()));
    }
  }

  /// The number of a device's process, whose tracks are named when it is first met.
  private int process(Device device) {
    Integer known = devices.get(device);
    if (known != null) {
      return known;
    }
    if (devices.isEmpty()) {
      name("process_name", HOST, 0, "host");
    }
    int process = HOST + 1 + devices.size();
    devices.put(device, process);
    name("process_name", process, 0, "device " + device);
    name("thread_name", process, KERNELS, "kernels");
    name("thread_name", process, COPIES, "copies");
    return process;
  }

  private long thread() {
    Thread thread = Thread.currentThread();
    if (threads.add(thread.threadId())) {
      name("thread_name", HOST, thread.threadId(), thread.getName());
    }
    return thread.threadId();
  }

  private void count(Activity.Event event, long bytes, int device) {
    Long before = memory.put(event.device(), bytes);
    if (before == null || before != bytes) {
      tell(TraceEvent.Phase.COUNTER, "memory", "", device, KERNELS, event.start(), 0, () -> Map.of("bytes", bytes));
    }
  }

  private void span(String category, String name, int process, long track, Activity.Event event, Supplier<Map<String, ?>> arguments) {
    tell(TraceEvent.Phase.SPAN, name, category, process, track, event.start(), event.nanos(), arguments);
  }

  private void name(String what, int process, long track, String name) {
    tell(TraceEvent.Phase.NAME, what, "", process, track, origin, 0, () -> Map.of("name", name));
  }

  private void tell(TraceEvent.Phase phase, String name, String category, int process, long track, long start, long nanos, Supplier<Map<String, ?>> arguments) {
    events.accept(new TraceEvent(phase, name, category, process, track, Math.max(0, start - origin), nanos, arguments));
  }
}
