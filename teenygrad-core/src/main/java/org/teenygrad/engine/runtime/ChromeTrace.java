package org.teenygrad.engine.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Profile;

/// [Activity] in Chrome's trace format ("Trace Event Format" of the Chromium project), which ui.perfetto.dev and the Run view show: a JSON object an event.
///
/// Each device is a process with a track of kernels and one of copies; the host is one with a track for each of its threads. Times are in microseconds
/// from when this was made.
public final class ChromeTrace implements Activity.Watcher {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int HOST = 1;
  private static final int KERNELS = 1;
  private static final int COPIES = 2;

  private final Consumer<String> events;
  private final long origin = System.nanoTime();
  private final Map<Device, Integer> devices = new HashMap<>();
  private final Map<Device, Long> memory = new HashMap<>();
  private final Set<Long> threads = new HashSet<>();

  /// @param events takes one after the other
  public ChromeTrace(Consumer<String> events) {
    this.events = events;
  }

  @Override
  public synchronized void happened(Activity.Event event) {
    int device = process(event.device());
    switch (event) {
      case Activity.Launched launched -> {
        span("kernel", launched.facts().description(), device, KERNELS, event, json -> write(json, launched.facts()));
        count(launched, device);
      }
      case Activity.Copied copied -> span("copy", copied.way().name().toLowerCase(Locale.ROOT).replace('_', ' '), device, COPIES, event, json -> json.writeNumberField("bytes", copied.bytes()));
      case Activity.Compiled compiled -> span("compile", "compile " + compiled.program().description(), HOST, thread(), event, json -> json.writeStringField("kernel", compiled.program().name()));
      case Activity.Scheduled scheduled -> schedule(scheduled);
      case Activity.Passed passed -> span("pass", passed.pass(), HOST, thread(), event, json -> json.writeNumberField("rules", passed.fired().size()));
      case Activity.Fused fused -> span("pass", "form kernels", HOST, thread(), event, json -> json.writeNumberField("launches", fused.launches().size()));
      case Activity.Waited _ -> span("wait", "wait for " + event.device(), HOST, thread(), event, _ -> {});
    }
  }

  private static void write(JsonGenerator json, Profile.Launch facts) throws IOException {
    json.writeStringField("kernel", facts.name());
    json.writeNumberField("runs", facts.runs());
    json.writeNumberField("flops", facts.flops());
    json.writeNumberField("bytes", facts.bytes());
  }

  private void schedule(Activity.Scheduled scheduled) {
    Profile.Making made = scheduled.made();
    if (made == null) {
      span("schedule", "find schedule", HOST, thread(), scheduled, _ -> {});
    } else {
      span("schedule", "make schedule", HOST, thread(), scheduled, json -> {
        json.writeNumberField("launches", made.launches());
        json.writeNumberField("kernels", made.kernels());
        json.writeNumberField("compiled", made.compiled());
        json.writeNumberField("workspaceBytes", made.workspaceBytes());
      });
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

  private void count(Activity.Launched launched, int device) {
    Long before = memory.put(launched.device(), launched.liveBytes());
    if (before == null || before != launched.liveBytes()) {
      write("C", "memory", null, device, KERNELS, launched.start(), json -> {
        json.writeObjectFieldStart("args");
        json.writeNumberField("bytes", launched.liveBytes());
        json.writeEndObject();
      });
    }
  }

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private void span(String category, String name, int process, long track, Activity.Event event, Fields arguments) {
    write("X", name, category, process, track, event.start(), json -> {
      json.writeNumberField("dur", event.nanos() / 1e3);
      json.writeObjectFieldStart("args");
      arguments.write(json);
      json.writeEndObject();
    });
  }

  private void name(String what, int process, long track, String name) {
    write("M", what, null, process, track, origin, json -> {
      json.writeObjectFieldStart("args");
      json.writeStringField("name", name);
      json.writeEndObject();
    });
  }

  private void write(String phase, String name, @Nullable String category, int process, long track, long nanos, Fields more) {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("ph", phase);
      json.writeStringField("name", name);
      if (category != null) {
        json.writeStringField("cat", category);
      }
      json.writeNumberField("pid", process);
      json.writeNumberField("tid", track);
      json.writeNumberField("ts", Math.max(0, nanos - origin) / 1e3);
      more.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    events.accept(text.toString());
  }
}
