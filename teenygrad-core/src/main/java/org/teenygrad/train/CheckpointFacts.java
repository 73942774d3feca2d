package org.teenygrad.train;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.state.FileException;
import org.teenygrad.state.SafetensorsFile;

/// What a checkpoint says beside its tensors: text by key, in the order in which it was put, in the header of one safetensors file,
/// so that facts and tensors cannot part.
///
/// ```java
/// var file = folder.resolve("checkpoint.safetensors");
/// var facts = Map.of("format", "digits.1", "iteration", 250);
/// CheckpointFacts.saving(file, facts, model.stateDict()).run();
/// try (var stored = SafetensorsFile.open(file)) {
///   CheckpointFacts.of(file, "a checkpoint of digits", "digits.1", stored.metadata()).value("iteration", Integer::valueOf);   // 250
/// }
/// ```
/// @param file where they were read
/// @param kind what the file should be, in messages: `a checkpoint of nanoGPT`
public record CheckpointFacts(Path file, String kind, Map<String, String> facts) {

  /// Facts of a file that says in its `format` that it is one of these.
  /// @throws FileException if it does not
  public static CheckpointFacts of(Path file, String kind, String format, Map<String, String> facts) {
    if (!format.equals(facts.get("format"))) {
      throw FileException.malformed(file, kind, "it says nothing of the training that wrote it");
    }
    return new CheckpointFacts(file, kind, facts);
  }

  /// Copies the tensors to the host now, distributed ones from all ranks, which all call this, and replaces the file by them and
  /// the facts when it is run, once and in whatever thread.
  /// @return throws a [FileException] if the file cannot be written; what was there before is then still there
  public static Runnable saving(Path file, Map<String, ?> facts, Map<String, Tensor> tensors) {
    Map<String, String> metadata = new LinkedHashMap<>();
    facts.forEach((key, value) -> metadata.put(key, value.toString()));
    Map<String, Tensor> whole = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> whole.put(name, tensor.gather()));
    Tensor.realize(whole.values());
    Arena arena = Arena.ofAuto();
    Map<String, SafetensorsFile.Entry> entries = new LinkedHashMap<>();
    whole.forEach((name, t) -> entries.put(name, SafetensorsFile.Entry.of(t.dtype(), t.shape(), t.toMemory(arena))));
    return () -> SafetensorsFile.write(file, entries, metadata);
  }

  /// Adds where a stream of random numbers stands to facts for [#saving].
  public static void putRandom(Map<String, Object> facts, String name, CounterRandom.State state) {
    facts.put(name + "_seed", state.seed());
    facts.put(name + "_drawn", state.counter());
  }

  /// Where the stream of that name stood.
  /// @throws FileException if it is missing or malformed
  public CounterRandom.State random(String name) {
    return new CounterRandom.State(value(name + "_seed", Long::valueOf), value(name + "_drawn", Long::valueOf));
  }

  /// The value of a fact.
  /// @param parse throws IllegalArgumentException for what is no such value
  /// @throws FileException if it is missing or malformed
  public <T> T value(String key, Function<String, T> parse) {
    String text = facts.get(key);
    if (text == null) {
      throw FileException.malformed(file, kind, "it has no " + key);
    }
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file, kind, "its " + key + " is '" + text + "'");
    }
  }
}
