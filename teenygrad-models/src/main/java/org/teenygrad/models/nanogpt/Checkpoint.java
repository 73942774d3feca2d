package org.teenygrad.models.nanogpt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.state.FileException;
import org.teenygrad.state.SafetensorsFile;
import org.teenygrad.state.State;
import org.teenygrad.train.CheckpointFacts;

/// What a training knows besides its tensors; and how both are kept in one file.
///
/// The facts stand in the safetensors header, as JSON, beside the tensors. One file is replaced as a whole, so facts and
/// tensors always belong together, whenever the process is killed.
///
/// @param vocabulary every character of the text, in the order of their tokens
/// @param source see [Corpus#source]
/// @param checksum see [Corpus#checksum]
/// @param iteration how many iterations are done
/// @param bestValLoss the lowest validation loss so far; infinite before the first evaluation
/// @param batches where the drawing of batches stands: the position in the data
/// @param random where the shared random numbers stand, which dropout draws from
record Checkpoint(
    TrainSettings settings,
    String vocabulary,
    String source,
    long checksum,
    int iteration,
    double bestValLoss,
    CounterRandom.State batches,
    CounterRandom.State random) {

  private static final String KIND = "a checkpoint of nanoGPT";
  private static final String FORMAT = "teenygrad.nanogpt.1";

  /// @throws IllegalArgumentException if no training can stand there
  Checkpoint {
    if (iteration < 0 || Double.isNaN(bestValLoss)) {
      throw new IllegalArgumentException("its iteration is " + iteration + ", and its best_val_loss " + bestValLoss);
    }
  }

  /// Every fact by its key.
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("format", FORMAT);
    facts.put("iteration", iteration);
    facts.put("best_val_loss", bestValLoss);
    facts.putAll(Setting.values(settings));
    facts.put("vocab_size", vocabulary.codePointCount(0, vocabulary.length()));
    facts.put("vocabulary", vocabulary);
    facts.put("data", source);
    facts.put("data_checksum", checksum);
    CheckpointFacts.putRandom(facts, "batches", batches);
    CheckpointFacts.putRandom(facts, "random", random);
    return facts;
  }

  /// Replaces `file` by these facts and tensors.
  /// @throws FileException if it cannot be written; what was there before is then still there
  void save(Path file, Map<String, Tensor> tensors) {
    saving(file, tensors).run();
  }

  /// As [#save] in two parts: copies the tensors to the host now, and writes when it is run, once and in whatever thread.
  Runnable saving(Path file, Map<String, Tensor> tensors) {
    return CheckpointFacts.saving(file, facts(), tensors);
  }

  /// Facts and tensors of a file, the latter copied to the default device.
  record Content(Path file, Checkpoint facts, Map<String, Tensor> tensors) {
    /// An error of these tensors not being those of these facts.
    FileException misfit(IllegalArgumentException cause) {
      return Checkpoint.misfit(file, cause);
    }
  }

  /// @throws FileException if there is no such file, or it is no checkpoint
  static Content open(Path file) {
    if (!Files.exists(file)) {
      Path folder = file.getParent();
      throw FileException.lacking(
          folder == null ? Path.of(".") : folder, "a file " + file.getFileName() + ": name the --out folder of a training");
    }
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      Checkpoint facts = of(CheckpointFacts.of(file, KIND, FORMAT, stored.metadata()));
      facts.requireSizes(file, stored);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      stored.entries().keySet().forEach(name -> tensors.put(name, stored.tensor(name)));
      return new Content(file, facts, tensors);
    }
  }

  /// Settings that do not fit the tensors beside them are refused before anything is built from them.
  private void requireSizes(Path file, SafetensorsFile stored) {
    Map<String, Shape> shapes = new HashMap<>();
    try {
      State.below(Trainer.MODEL, stored.entries()).forEach((name, entry) -> shapes.put(name, entry.tensorShape()));
      StateSizes.require(settings.model(vocabulary.codePointCount(0, vocabulary.length())), shapes);
    } catch (IllegalArgumentException e) {
      throw misfit(file, e);
    }
  }

  private static FileException misfit(Path file, IllegalArgumentException cause) {
    return FileException.malformed(file, KIND, "its tensors are not those of its settings: " + cause.getMessage());
  }

  private static Checkpoint of(CheckpointFacts facts) {
    Map<String, Object> settings = new HashMap<>();
    Setting.of(TrainSettings.class).forEach(setting -> settings.put(setting.name(), facts.value(setting.key(), setting::parse)));
    try {
      return new Checkpoint(
          Preset.SHAKESPEARE_CHAR_CPU.settings().with(settings),
          facts.value("vocabulary", text -> text),
          facts.value("data", text -> text),
          facts.value("data_checksum", Long::valueOf),
          facts.value("iteration", Integer::valueOf),
          facts.value("best_val_loss", Double::valueOf),
          facts.random("batches"),
          facts.random("random"));
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(facts.file(), KIND, String.valueOf(e.getMessage()));
    }
  }
}
