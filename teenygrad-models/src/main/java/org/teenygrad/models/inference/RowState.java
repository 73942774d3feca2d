package org.teenygrad.models.inference;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// What one row's text makes of the row: whether it is complete, and which tokens come next whatever the model samples, such as those of a
/// tool that it has called. It is told every token in order.
public interface RowState {
  /// The next token where it is not the sampled one's turn.
  OptionalInt due();

  /// Takes the row's next token: the one that was due, or a sampled one.
  void accept(int token);

  /// Whether the row's last token was its end.
  boolean isCompleted();

  /// Rows that end with one of these tokens; none is ever due.
  static Supplier<RowState> endingWith(int... ends) {
    int[] sorted = ends.clone();
    Arrays.sort(sorted);
    return () -> new RowState() {
      private boolean completed;

      @Override
      public OptionalInt due() {
        return OptionalInt.empty();
      }

      @Override
      public void accept(int token) {
        completed = Arrays.binarySearch(sorted, token) >= 0;
      }

      @Override
      public boolean isCompleted() {
        return completed;
      }
    };
  }
}
