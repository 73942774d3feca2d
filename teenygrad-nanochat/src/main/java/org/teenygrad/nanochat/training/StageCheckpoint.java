package org.teenygrad.nanochat.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.state.FileException;
import org.teenygrad.state.SafetensorsFile;
import org.teenygrad.state.State;
import org.teenygrad.train.CheckpointFacts;
import org.teenygrad.train.ComputeType;
import org.teenygrad.train.TrainState;

/// A file of a training: what it knows besides its tensors is in the safetensors header, so that both always belong together.
///
/// @param tensors of the file, on the default device
public record StageCheckpoint(CheckpointFacts facts, Map<String, Tensor> tensors) {
  private static final String KIND = "a checkpoint of nanochat";
  private static final String FORMAT = "teenygrad.nanochat.2";

  /// What names of tensors begin with in a checkpoint; files of weights alone have nanochat's names.
  private static final String MODEL = "model.";

  private static final String OPTIMIZER = "optimizer.";

  /// The position in the data.
  private static final String POSITION = "batches.position";

  private static final String WTE = "transformer.wte.weight";

  /// What a training knows of itself.
  record Facts(Stage stage, GptConfig config, StageSettings settings, TrainState state) {
    Map<String, Object> toMap() {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("format", FORMAT);
      facts.put("stage", stage);
      facts.put("iteration", state.iteration());
      facts.put("best_val_bpb", state.bestLoss());
      facts.putAll(Setting.values((Record) settings));
      facts.put("sequence_len", config.sequenceLen());
      facts.put("vocab_size", config.vocabSize());
      facts.put("n_layer", config.nLayer());
      facts.put("n_head", config.nHead());
      facts.put("n_kv_head", config.nKvHead());
      facts.put("n_embd", config.nEmbd());
      facts.put("window_pattern", config.windowPattern());
      facts.put("batches_taken", state.batches().counter());
      CheckpointFacts.putRandom(facts, "random", state.random());
      return facts;
    }

    /// Copies the weights now, and replaces `file` by them when it is run.
    Runnable savingModel(Path file, Gpt model) {
      return CheckpointFacts.saving(file, toMap(), model.stateDict());
    }

    /// As [#savingModel] with all that it takes to go on.
    Runnable saving(Path file, Gpt model, Optimizer optimizer, Tensor position) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      model.stateDict().forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
      optimizer.stateDict().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
      tensors.put(POSITION, position);
      return CheckpointFacts.saving(file, toMap(), tensors);
    }
  }

  /// @throws FileException if there is no such file, or it is no checkpoint
  public static StageCheckpoint open(Path file) {
    if (!Files.exists(file)) {
      Path folder = file.getParent();
      throw FileException.lacking(
          folder == null ? Path.of(".") : folder, "a file " + file.getFileName() + ": name the --out folder of a training that has this stage; base-train comes first, then sft, then rl");
    }
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      stored.entries().keySet().forEach(name -> tensors.put(name, stored.tensor(name)));
      return new StageCheckpoint(CheckpointFacts.of(file, KIND, FORMAT, stored.metadata()), tensors);
    }
  }

  private Path file() {
    return facts.file();
  }

  public Stage stage() {
    return facts.value("stage", text -> Stage.valueOf(text.toUpperCase(Locale.ROOT)));
  }

  /// The settings of the stage.
  /// @param defaults of that stage
  /// @throws FileException if it has others
  public <S extends Record> S settings(S defaults) {
    Map<String, Object> settings = new HashMap<>();
    Setting.of(defaults.getClass()).forEach(setting -> settings.put(setting.name(), facts.value(setting.key(), setting::parse)));
    return guarded(() -> Setting.changed(defaults, settings));
  }

  /// The model's shape.
  public GptConfig config() {
    return guarded(() -> new GptConfig(number("sequence_len"), number("vocab_size"), number("n_layer"), number("n_head"), number("n_kv_head"),
        number("n_embd"), facts.value("window_pattern", text -> text)));
  }

  private int number(String key) {
    return facts.value(key, Integer::valueOf);
  }

  /// Where the training stood.
  public TrainState state() {
    return new TrainState(
        facts.value("iteration", Long::valueOf),
        facts.value("best_val_bpb", Double::valueOf),
        new CounterRandom.State(0, facts.value("batches_taken", Long::valueOf)),
        facts.random("random"));
  }

  /// A model with these weights.
  /// @throws FileException if they are not those of the shape that the file says
  public TrainedModel trained() {
    Map<String, Tensor> weights = weights();
    Tensor embedding = weights.get(WTE);
    if (embedding == null) {
      throw misfit("there is no " + WTE);
    }
    Gpt model = Gpt.of(config(), embedding.dtype());
    restore(model);
    ComputeType dtype = facts.value("dtype", text -> ComputeType.valueOf(text.toUpperCase(Locale.ROOT)));
    return new TrainedModel(model, stage(), dtype, state().iteration());
  }

  private Map<String, Tensor> weights() {
    return isWhole() ? State.below(MODEL, tensors) : tensors;
  }

  /// Whether it takes no more than this to go on: files of weights alone have no optimizer.
  private boolean isWhole() {
    return tensors.containsKey(POSITION);
  }

  private void restore(Gpt model) {
    guarded(() -> {
      model.loadStateDict(weights());
      return model;
    });
  }

  /// Gives an optimizer of the same model the state of the saved one: momentum, but no rates.
  /// @throws FileException if there is none, or it is that of another model
  public void restore(Optimizer optimizer) {
    requireWhole();
    guarded(() -> {
      optimizer.loadStateDict(State.below(OPTIMIZER, tensors));
      return optimizer;
    });
  }

  /// @throws FileException if these are weights alone, or those of another model
  void restore(Gpt model, Optimizer optimizer, StageBatches batches) {
    requireWhole();
    restore(model);
    restore(optimizer);
    batches.mark(state().batches(), Objects.requireNonNull(tensors.get(POSITION)));
  }

  private void requireWhole() {
    if (!isWhole()) {
      throw FileException.malformed(file(), KIND, "it has weights only");
    }
  }

  private <T> T guarded(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw misfit(String.valueOf(e.getMessage()));
    }
  }

  private FileException misfit(String why) {
    return FileException.malformed(file(), KIND, "its tensors are not those of its settings: " + why);
  }
}
