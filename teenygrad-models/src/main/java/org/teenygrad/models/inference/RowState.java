package org.teenygrad.models.inference;

import java.util.Arrays;
import java.util.BitSet;
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

  /// Whether [#allowed] is asked before each token: the device then waits for the host at each step. The same for a row's whole life.
  default boolean isConstrained() {
    return false;
  }

  /// Which tokens may come next, where not all may: a grammar's, such as JSON's. Asked of [constrained][#isConstrained] rows after every
  /// token before has been accepted; at least one must be there.
  default BitSet allowed() {
    throw new IllegalStateException("a row state that is constrained says which tokens are allowed: " + getClass().getName());
  }

  /// The same rows, which end only with their [length][Completion.Reason#LENGTH]: `ignore_eos`, for measurements.
  static Supplier<RowState> withoutEnd(Supplier<RowState> states) {
    return () -> {
      RowState state = states.get();
      return new RowState() {
        @Override
        public OptionalInt due() {
          return state.due();
        }

        @Override
        public void accept(int token) {
          state.accept(token);
        }

        @Override
        public boolean isCompleted() {
          return false;
        }

        @Override
        public boolean isConstrained() {
          return state.isConstrained();
        }

        @Override
        public BitSet allowed() {
          return state.allowed();
        }
      };
    };
  }

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
