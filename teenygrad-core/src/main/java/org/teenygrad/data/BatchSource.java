package org.teenygrad.data;

import java.util.Iterator;

/// Where the batches of a training come from, one after the other without an end. [DataLoader] is one; another keeps
/// what its own state needs beside the number of examples, such as a position in files.
public interface BatchSource {
  /// The batches of an epoch; [Long#MAX_VALUE] where there are no epochs.
  long batches();

  /// Batches without an end, from where this stands.
  /// @throws IllegalArgumentException if there are no data
  Iterator<Batch> endless();

  /// Where it stands: behind the last batch that was handed out.
  CounterRandom.State state();

  /// Goes on where a source of the same data stood.
  /// @throws IllegalArgumentException if the state is not that of such a source
  void restore(CounterRandom.State state);
}
