package org.teenygrad.train;

import java.nio.file.Path;

/// Where a training's checkpoints go: by default [CheckpointFolder].
public interface CheckpointStore {
  /// The file that a training goes on from.
  Path checkpoint();

  /// Copies all that a checkpoint needs, now: the training goes on while what is returned writes it, once and in another thread.
  /// @param best whether the model is better than any before, and to be kept by itself
  Runnable saving(TrainState state, boolean best);
}
