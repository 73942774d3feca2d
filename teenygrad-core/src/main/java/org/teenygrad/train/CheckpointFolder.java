package org.teenygrad.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.state.FileException;
import org.teenygrad.state.SafetensorsFile;
import org.teenygrad.state.State;

/// A folder with the checkpoints of a training.
///
/// | file | what |
/// | --- | --- |
/// | `checkpoint.safetensors` | all that it takes to go on: weights, optimizer, where the loader and random numbers stand |
/// | `model.safetensors` | the best weights so far; `model.loadStateDict(State.load(file))` reads them |
///
/// Each is replaced as a whole: a process that is killed leaves the old file or the new one.
record CheckpointFolder(Path folder, Module model, Optimizer optimizer) implements CheckpointStore {
  private static final String KIND = "a checkpoint of a training";
  private static final String FORMAT = "teenygrad.train.1";
  private static final String MODEL = "model.";
  private static final String OPTIMIZER = "optimizer.";

  /// @throws FileException if the folder is not there and cannot be made
  void create() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileException.cannotWrite(folder, e);
    }
  }

  @Override
  public Path checkpoint() {
    return folder.resolve("checkpoint.safetensors");
  }

  private Path bestModel() {
    return folder.resolve("model.safetensors");
  }

  @Override
  public Runnable saving(TrainState state, boolean best) {
    Runnable model = best ? saving(bestModel(), model().stateDict(), Map.of()) : () -> {};
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    model().stateDict().forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
    optimizer.stateDict().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
    Runnable checkpoint = saving(checkpoint(), tensors, facts(state));
    return () -> {
      model.run(); // before the checkpoint that says how good it is
      checkpoint.run();
    };
  }

  private static Runnable saving(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    Tensor.realize(tensors.values());
    Arena arena = Arena.ofAuto();
    Map<String, SafetensorsFile.Entry> entries = new LinkedHashMap<>();
    tensors.forEach((name, t) -> entries.put(name, SafetensorsFile.Entry.of(t.dtype(), t.shape(), t.toMemory(arena))));
    return () -> SafetensorsFile.write(file, entries, metadata);
  }

  private static Map<String, String> facts(TrainState state) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("format", FORMAT);
    facts.put("iteration", Long.toString(state.iteration()));
    facts.put("best_loss", Double.toString(state.bestLoss()));
    facts.put("batches_seed", Long.toString(state.batches().seed()));
    facts.put("batches_drawn", Long.toString(state.batches().counter()));
    facts.put("random_seed", Long.toString(state.random().seed()));
    facts.put("random_drawn", Long.toString(state.random().counter()));
    return facts;
  }

  /// Gives model and optimizer the checkpoint's tensors.
  /// @throws FileException if it cannot be read, is none, or is that of another model or optimizer
  TrainState load() {
    Path file = checkpoint();
    TrainState state;
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      state = new Facts(file, stored.metadata()).state();
    }
    Map<String, Tensor> tensors = State.load(file);
    try {
      model.loadStateDict(below(MODEL, tensors));
      optimizer.loadStateDict(below(OPTIMIZER, tensors));
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file, KIND, "it belongs to another model or optimizer: " + e.getMessage());
    }
    return state;
  }

  private static Map<String, Tensor> below(String prefix, Map<String, Tensor> tensors) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      if (name.startsWith(prefix)) {
        part.put(name.substring(prefix.length()), tensor);
      }
    });
    return part;
  }

  private record Facts(Path file, Map<String, String> metadata) {
    TrainState state() {
      if (!FORMAT.equals(metadata.get("format"))) {
        throw FileException.malformed(file, KIND, "it says nothing of the training that wrote it");
      }
      return new TrainState(fact("iteration", Long::valueOf), fact("best_loss", Double::valueOf), random("batches"), random("random"));
    }

    private CounterRandom.State random(String name) {
      return new CounterRandom.State(fact(name + "_seed", Long::valueOf), fact(name + "_drawn", Long::valueOf));
    }

    private <T> T fact(String key, Function<String, T> parse) {
      String text = metadata.get(key);
      if (text == null) {
        throw FileException.malformed(file, KIND, "it has no " + key);
      }
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw FileException.malformed(file, KIND, "its " + key + " is '" + text + "'");
      }
    }
  }
}
