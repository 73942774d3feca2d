package org.teenygrad.nanochat.training;

import org.teenygrad.Tensor;
import org.teenygrad.data.BatchSource;
import org.teenygrad.data.CounterRandom;

/// The batches of a stage. Where they stand is told by the number of batches that were taken, and by a tensor beside it.
public interface StageBatches extends BatchSource, AutoCloseable {
  /// What [#restore] needs beside the state that was asked for last: an int32 vector.
  Tensor position();

  /// Lets [#restore] go on at a position.
  void mark(CounterRandom.State at, Tensor where);

  @Override
  void close();
}
