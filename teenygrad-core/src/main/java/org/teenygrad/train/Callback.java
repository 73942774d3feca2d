package org.teenygrad.train;

import java.io.PrintStream;
import java.nio.file.Path;

/// Hears how a training goes on, in the thread that trains.
public interface Callback {
  /// An iteration is done. Losses are looked at some times a second, so that a GPU need not wait for the host: by then later
  /// iterations may have changed the weights.
  default void step(Step step) {}

  /// The model was evaluated.
  default void evaluated(Evaluation evaluation) {}

  /// Something is not as it should be, and the training goes on.
  default void warned(String sentence) {}

  /// A checkpoint is on the disk.
  /// @param iteration how many were done when its content was copied
  default void saved(Path file, long iteration) {}

  /// Prints a line every so many iterations and for each evaluation.
  /// @throws IllegalArgumentException if `every` is below 1
  static Callback printing(PrintStream out, int every) {
    return new ProgressLines(out, every);
  }
}
