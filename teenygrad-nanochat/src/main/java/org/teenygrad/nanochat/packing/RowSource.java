package org.teenygrad.nanochat.packing;

import java.util.function.Supplier;

/// Packed rows, one after the other without an end. Used by one thread at a time.
interface RowSource extends AutoCloseable {
  /// What a model is given and what it should answer, `sequenceLength` tokens each; -1 where there is no target.
  record Row(int[] inputs, int[] targets) {}

  /// A source between two rows.
  /// @param epoch times that the data has been begun
  /// @param consumed documents or conversations in all rows
  /// @param words all that it takes to go on there
  record Snapshot(int epoch, long consumed, Supplier<int[]> words) {}

  Row next();

  Snapshot snapshot();

  /// Goes on where another source stood. Comes before the first row.
  /// @throws IllegalArgumentException if the words are not those of a source like this
  void restore(int... words);

  @Override
  void close();
}
