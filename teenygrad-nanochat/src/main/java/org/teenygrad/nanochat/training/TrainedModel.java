package org.teenygrad.nanochat.training;

import java.nio.file.Path;
import java.util.Locale;
import org.teenygrad.DType;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nn.Module;
import org.teenygrad.state.FileException;
import org.teenygrad.train.ComputeType;

/// A model that has been trained.
///
/// @param model with its weights as they are stored
/// @param dtype what it was computed in
/// @param iteration how many updates of the weights its stage had
public record TrainedModel(Gpt model, Stage stage, ComputeType dtype, long iteration) {
  /// Reads `model.safetensors` or `checkpoint.safetensors` of any stage, to the default device.
  /// @throws FileException if there is no such file, or it is no model of nanochat's
  public static TrainedModel read(Path file) {
    return StageCheckpoint.open(file).trained();
  }

  /// The model in the type to compute in, cast once.
  public Gpt computing() {
    return dtype.dtype() == DType.FLOAT32 ? model : Module.computed(model.in(dtype.dtype()));
  }

  /// @throws IllegalArgumentException if the tokenizer is not the model's
  public TrainedModel requireTokenizer(NanochatTokenizer tokenizer) {
    if (model.config().vocabSize() != tokenizer.vocabularySize()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "the model was trained with a tokenizer of %d tokens, and this one has %d",
          model.config().vocabSize(), tokenizer.vocabularySize()));
    }
    return this;
  }
}
