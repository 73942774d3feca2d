package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// The texts that are being continued: which has which row of the device, in which order they came, and how their next tokens are chosen.
final class Batch {
  private final int vocabSize;

  /// Who has which row of the device.
  private @Nullable Sequence[] rows = new @Nullable Sequence[0];

  /// Sequences in the order in which they got their rows.
  private final List<Sequence> running = new ArrayList<>();

  /// Of all rows; null when these have changed.
  private @Nullable TokenSampler sampler;

  Batch(int vocabSize) {
    this.vocabSize = vocabSize;
  }

  /// How many rows the device computes.
  int rows() {
    return rows.length;
  }

  @Nullable Sequence at(int row) {
    return rows[row];
  }

  int row(Sequence sequence) {
    return IntStream.range(0, rows.length).filter(row -> rows[row] == sequence).findFirst().orElseThrow();
  }

  boolean isEmpty() {
    return running.isEmpty();
  }

  int size() {
    return running.size();
  }

  boolean has(Sequence sequence) {
    return running.contains(sequence);
  }

  /// Those who have a row now, in the order in which they got it; whatever happens to them later.
  List<Sequence> running() {
    return List.copyOf(running);
  }

  /// Who gives its blocks up where none is left: the one that came last of those that have any.
  /// @param sequence who needs a block; itself where it came last
  Sequence loser(Sequence sequence) {
    Sequence last = running.stream().filter(each -> !each.blocks().isEmpty()).reduce(sequence, (one, other) -> other);
    return running.indexOf(last) > running.indexOf(sequence) ? last : sequence;
  }

  void clear() {
    rows = new @Nullable Sequence[0];
    sampler = null;
  }

  /// There are at least so many rows from now on.
  void widen(int wanted) {
    if (wanted > rows.length) {
      rows = Arrays.copyOf(rows, wanted);
      sampler = null;
    }
  }

  /// There are only so many rows from now on, as many as somebody has at least.
  /// @return for each row the one that it was before; 0 for those that nobody has
  int[] narrow(int wanted) {
    @Nullable Sequence[] kept = new @Nullable Sequence[wanted];
    int[] from = new int[wanted];
    int at = 0;
    for (int row = 0; row < rows.length; row++) {
      if (rows[row] != null) {
        kept[at] = rows[row];
        from[at++] = row;
      }
    }
    rows = kept;
    sampler = null;
    return from;
  }

  void put(int row, Sequence sequence) {
    rows[row] = sequence;
    running.add(sequence);
    sampler = null;
  }

  /// A row is free again, and so are its text's blocks.
  void release(Sequence sequence) {
    sequence.release();
    running.remove(sequence);
    rows[row(sequence)] = null;
    sampler = null;
  }

  /// Of all rows.
  TokenSampler sampler() {
    TokenSampler known = sampler;
    if (known == null) {
      known = sampler(rows);
      sampler = known;
    }
    return known;
  }

  TokenSampler sampler(@Nullable Sequence[] sequences) {
    // Few different numbers of alternatives, as each is a schedule.
    int alternatives = Stream.of(sequences).filter(Objects::nonNull).mapToInt(each -> each.generation().request().alternatives()).max().orElse(0);
    return TokenSampler.of(
        Stream.of(sequences).map(each -> each == null ? Sampling.GREEDY : each.generation().request().sampling()).toList(),
        vocabSize,
        alternatives == 0 ? 0 : DeviceRows.powerOfTwo(alternatives));
  }

  /// The tokens that may come; null if all may.
  @Nullable Tensor allowed(@Nullable Sequence[] concerned) {
    List<@Nullable BitSet> allowed = new ArrayList<>();
    for (Sequence sequence : concerned) {
      allowed.add(sequence != null && sequence.generation().isConstrained() ? sequence.generation().allowed() : null);
    }
    return allowed.stream().allMatch(Objects::isNull) ? null : ScoreBias.packed(allowed, vocabSize);
  }
}
