package org.teenygrad.serve;

import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalInt;
import org.teenygrad.models.inference.RowState;

/// A row that tokens of the request's choice end, besides what ends it anyway.
final class AlsoEnding implements RowState {
  private final RowState state;
  private final int[] ends;
  private boolean completed;

  AlsoEnding(RowState state, int[] ends) {
    this.state = state;
    this.ends = ends;
  }

  @Override
  public OptionalInt due() {
    return state.due();
  }

  @Override
  public void accept(int token) {
    completed = state.due().isEmpty() && Arrays.stream(ends).anyMatch(end -> end == token);
    state.accept(token);
  }

  @Override
  public boolean isCompleted() {
    return completed || state.isCompleted();
  }

  @Override
  public boolean isConstrained() {
    return state.isConstrained();
  }

  @Override
  public BitSet allowed() {
    return state.allowed();
  }
}
