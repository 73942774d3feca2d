package org.teenygrad.models.nanogpt;

import java.nio.file.Path;

/// Hears how a training goes on.
public interface Progress {
  /// Hears nothing.
  Progress SILENT = new Progress() {};

  /// One iteration is done.
  /// @param iteration how many are done now
  /// @param loss of its batch, before the weights changed
  default void iteration(int iteration, double loss, double millis) {}

  /// The model was evaluated.
  default void evaluated(Evaluation evaluation) {}

  /// Something is not as it should be, and the training goes on.
  default void warned(String sentence) {}

  /// A checkpoint is on the disk.
  default void saved(Path file, int iteration) {}
}
