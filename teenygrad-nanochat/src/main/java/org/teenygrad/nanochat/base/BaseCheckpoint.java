package org.teenygrad.nanochat.base;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.state.FileException;
import org.teenygrad.state.SafetensorsFile;
import org.teenygrad.train.CheckpointFacts;
import org.teenygrad.train.TrainState;

/// What a base training knows besides its tensors; and how both are kept in one file: the facts in the safetensors header, so that they
/// always belong together.
///
/// @param vocabSize tokens of the tokenizer
public record BaseCheckpoint(BaseSettings settings, int vocabSize, TrainState state) {
  private static final String KIND = "a checkpoint of nanochat's base training";
  private static final String FORMAT = "teenygrad.nanochat.base.1";

  /// What names of tensors begin with in a checkpoint; files of weights alone have nanochat's names.
  private static final String MODEL = "model.";

  private static final String OPTIMIZER = "optimizer.";

  /// The position in the data.
  private static final String POSITION = "batches.position";

  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("format", FORMAT);
    facts.put("iteration", state.iteration());
    facts.put("best_val_loss", state.bestLoss());
    facts.putAll(Setting.values(settings));
    facts.put("vocab_size", vocabSize);
    facts.put("batches_taken", state.batches().counter());
    CheckpointFacts.putRandom(facts, "random", state.random());
    return facts;
  }

  /// Copies the weights now, and replaces `file` by them when it is run.
  Runnable savingModel(Path file, Gpt model) {
    return CheckpointFacts.saving(file, facts(), model.stateDict());
  }

  /// As [#savingModel] with all that it takes to go on.
  Runnable saving(Path file, Gpt model, MuonAdamW optimizer, Tensor position) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    model.stateDict().forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
    optimizer.both().stateDict().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
    tensors.put(POSITION, position);
    return CheckpointFacts.saving(file, facts(), tensors);
  }

  /// A model that has been trained.
  public record Trained(Gpt model, BaseSettings settings, long iteration) {}

  /// Facts and tensors of a file, the latter copied to the default device.
  record Content(Path file, BaseCheckpoint facts, Map<String, Tensor> tensors) {
    Trained model() {
      Gpt model = BaseTrainer.model(TrainingPlan.of(facts.settings, facts.vocabSize));
      restore(model);
      return new Trained(model, facts.settings, facts.state.iteration());
    }

    void restore(Gpt model) {
      try {
        model.loadStateDict(tensors.containsKey(POSITION) ? below(MODEL) : tensors);
      } catch (IllegalArgumentException e) {
        throw misfit(e);
      }
    }

    /// @throws FileException if these are weights alone, or those of another model
    void restore(Gpt model, MuonAdamW optimizer, DocumentBatches batches) {
      Tensor position = tensors.get(POSITION);
      if (position == null) {
        throw FileException.malformed(file, KIND, "it has weights only");
      }
      restore(model);
      try {
        optimizer.both().loadStateDict(below(OPTIMIZER));
      } catch (IllegalArgumentException e) {
        throw misfit(e);
      }
      batches.mark(facts.state.batches(), position);
    }

    private Map<String, Tensor> below(String prefix) {
      Map<String, Tensor> part = new LinkedHashMap<>();
      tensors.forEach((name, tensor) -> {
        if (name.startsWith(prefix)) {
          part.put(name.substring(prefix.length()), tensor);
        }
      });
      return part;
    }

    private FileException misfit(IllegalArgumentException cause) {
      return FileException.malformed(file, KIND, "its tensors are not those of its settings: " + cause.getMessage());
    }
  }

  /// @throws FileException if there is no such file, or it is no checkpoint
  static Content open(Path file) {
    if (!Files.exists(file)) {
      Path folder = file.getParent();
      throw FileException.lacking(
          folder == null ? Path.of(".") : folder, "a file " + file.getFileName() + ": name the --out folder of a base training");
    }
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      BaseCheckpoint facts = of(CheckpointFacts.of(file, KIND, FORMAT, stored.metadata()));
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      stored.entries().keySet().forEach(name -> tensors.put(name, stored.tensor(name)));
      return new Content(file, facts, tensors);
    }
  }

  private static BaseCheckpoint of(CheckpointFacts facts) {
    Map<String, Object> settings = new HashMap<>();
    Setting.of(BaseSettings.class).forEach(setting -> settings.put(setting.name(), facts.value(setting.key(), setting::parse)));
    try {
      return new BaseCheckpoint(
          BaseSettings.DEFAULT.with(settings),
          facts.value("vocab_size", Integer::valueOf),
          new TrainState(
              facts.value("iteration", Long::valueOf),
              facts.value("best_val_loss", Double::valueOf),
              new CounterRandom.State(0, facts.value("batches_taken", Long::valueOf)),
              facts.random("random")));
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(facts.file(), KIND, String.valueOf(e.getMessage()));
    }
  }
}
