package org.teenygrad.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.teenygrad.Tensor;
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
    Runnable model = best ? CheckpointFacts.saving(bestModel(), Map.of(), model().stateDict()) : () -> {};
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    model().stateDict().forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
    optimizer.stateDict().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
    Runnable checkpoint = CheckpointFacts.saving(checkpoint(), facts(state), tensors);
    return () -> {
      model.run(); // before the checkpoint that says how good it is
      checkpoint.run();
    };
  }

  private static Map<String, Object> facts(TrainState state) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("format", FORMAT);
    facts.put("iteration", state.iteration());
    facts.put("best_loss", state.bestLoss());
    CheckpointFacts.putRandom(facts, "batches", state.batches());
    CheckpointFacts.putRandom(facts, "random", state.random());
    return facts;
  }

  /// Gives model and optimizer the checkpoint's tensors.
  /// @throws FileException if it cannot be read, is none, or is that of another model or optimizer
  TrainState load() {
    Path file = checkpoint();
    TrainState state;
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      CheckpointFacts facts = CheckpointFacts.of(file, KIND, FORMAT, stored.metadata());
      state = new TrainState(
          facts.value("iteration", Long::valueOf), facts.value("best_loss", Double::valueOf), facts.random("batches"),
          facts.random("random"));
    }
    Map<String, Tensor> tensors = State.load(file);
    try {
      model.loadStateDict(State.below(MODEL, tensors));
      optimizer.loadStateDict(State.below(OPTIMIZER, tensors));
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file, KIND, "it belongs to another model or optimizer: " + e.getMessage());
    }
    return state;
  }
}
