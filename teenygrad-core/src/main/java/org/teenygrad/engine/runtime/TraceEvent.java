package org.teenygrad.engine.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// An event of Chrome's trace format, see [ChromeTrace]. Its text is made when somebody asks for it: a program that is watched
/// makes facts, no JSON.
///
/// @param phase what kind of event it is
/// @param name what is shown of it
/// @param category such as `kernel`; empty for none
/// @param process number of the device, or of the host
/// @param track in the process
/// @param start in nanoseconds from the beginning of the trace
/// @param nanos how long it took
/// @param arguments what else is known: numbers and texts
public record TraceEvent(Phase phase, String name, String category, int process, long track, long start, long nanos, Supplier<Map<String, ?>> arguments) {
  private static final JsonFactory FACTORY = new JsonFactory();

  /// Kinds of events, with the letter of the format.
  public enum Phase {
    /// Something that took a while.
    SPAN("X"),
    /// A number that has changed.
    COUNTER("C"),
    /// The name of a process or a track, told before its events.
    NAME("M");

    private final String letter;

    Phase(String letter) {
      this.letter = letter;
    }
  }

  /// The event as a JSON object, times in microseconds.
  public String json() {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("ph", phase.letter);
      json.writeStringField("name", name);
      if (!category.isEmpty()) {
        json.writeStringField("cat", category);
      }
      json.writeNumberField("pid", process);
      json.writeNumberField("tid", track);
      json.writeNumberField("ts", start / 1e3);
      if (phase == Phase.SPAN) {
        json.writeNumberField("dur", nanos / 1e3);
      }
      json.writeObjectFieldStart("args");
      for (Map.Entry<String, ?> argument : new TreeMap<>(arguments.get()).entrySet()) {
        json.writeObjectField(argument.getKey(), argument.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    return text.toString();
  }
}
