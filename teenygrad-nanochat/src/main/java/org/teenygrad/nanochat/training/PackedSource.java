package org.teenygrad.nanochat.training;

import java.util.Iterator;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.nanochat.packing.PackedBatches;

/// Packed documents or conversations as the batches of a training. What it takes to go on, the position in the data and the buffer, is kept
/// for the state that was asked for last.
public final class PackedSource implements StageBatches {
  private final Supplier<PackedBatches> opening;
  private @Nullable PackedBatches open;
  private long taken;
  private long marked;
  private @Nullable Tensor position;

  /// @param opening makes the batches from the beginning of the data
  public PackedSource(Supplier<PackedBatches> opening) {
    this.opening = opening;
  }

  @Override
  public long batches() {
    return Long.MAX_VALUE;
  }

  @Override
  public Iterator<Batch> endless() {
    close();
    PackedBatches packed = opening.get();
    if (taken > 0) {
      packed.restore(Objects.requireNonNull(position));
    }
    open = packed;
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public Batch next() {
        Batch batch = packed.next();
        taken++;
        return batch;
      }
    };
  }

  @Override
  public CounterRandom.State state() {
    if (open != null && (position == null || marked != taken)) {
      position = open.state();
      marked = taken;
    }
    return new CounterRandom.State(0, taken);
  }

  @Override
  public Tensor position() {
    return position == null ? Tensor.zeros(0).toInt() : position;
  }

  @Override
  public void mark(CounterRandom.State at, Tensor where) {
    marked = at.counter();
    position = where;
  }

  @Override
  public void restore(CounterRandom.State state) {
    if (state.counter() != 0 && state.counter() != marked) {
      throw new IllegalArgumentException("the position after " + state.counter() + " batches is not known, only that after " + marked);
    }
    taken = state.counter();
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
