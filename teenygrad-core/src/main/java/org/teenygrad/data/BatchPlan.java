package org.teenygrad.data;

import org.jspecify.annotations.Nullable;

/// Which examples make the next batch, and the next.
final class BatchPlan {
  private final Sampler sampler;
  private final int batchSize;
  private final boolean dropLast;
  private final long end;
  private long position;

  /// @param position examples drawn before
  /// @param end the first draw that belongs to this plan no more
  BatchPlan(Sampler sampler, int batchSize, boolean dropLast, long position, long end) {
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.position = position;
    this.end = end;
  }

  /// The examples of one batch.
  /// @param begin examples drawn before it
  /// @param after examples drawn with it, those that are left out behind it included
  @SuppressWarnings("ArrayRecordComponent") // not compared
  record Draw(long begin, int[] indices, long after) {}

  /// Null at the end.
  @Nullable Draw next() {
    if (position < end) {
      leaveOutLast(); // a resume may stand in what a smaller batch size had not left out
    }
    if (position >= end) {
      return null;
    }
    int count = (int) Math.min(batchSize, epochEnd() - position);
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      indices[i] = sampler.index(position + i);
    }
    long begin = position;
    position += count;
    leaveOutLast();
    return new Draw(begin, indices, position);
  }

  private void leaveOutLast() {
    if (dropLast && epochEnd() - position < batchSize) {
      position = epochEnd();
    }
  }

  private long epochEnd() {
    long epoch = sampler.epoch();
    return epoch == Long.MAX_VALUE ? epoch : (position / epoch + 1) * epoch;
  }
}
