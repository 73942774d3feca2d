package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel.Past;
import org.teenygrad.models.inference.TokenSampler.Choice;

/// What the device knows of the rows: keys and values, the token each will read next, and the one it has read last. Each method is one
/// schedule, which is seen again for every call with the same sizes.
final class DeviceRows {
  /// A product of fewer rows is another kernel, which adds in another order.
  private static final int FEWEST_ROWS = 4;

  /// Texts are padded to at least this.
  private static final int SHORTEST_TEXT = 32;

  private final CausalModel model;
  private final KeyValueCache cache;

  /// The token to be read next (rows), int32.
  private Tensor next = Tensor.zeros(DType.INT32, 0);

  /// The token before it (rows), int32.
  private Tensor before = next;

  DeviceRows(CausalModel model) {
    this.model = model;
    cache = new KeyValueCache(model.keyValueShape());
  }

  int count() {
    return cache.rows();
  }

  /// Rows are doubled until there are as many as wanted, but for no more than `most`.
  static int rounded(int wanted, int most) {
    return Math.max(FEWEST_ROWS, Math.min(powerOfTwo(wanted), most));
  }

  private static int powerOfTwo(int atLeast) {
    return atLeast <= 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
  }

  /// The length that a text is padded to.
  static int padded(int length) {
    return Math.max(SHORTEST_TEXT, powerOfTwo(length));
  }

  /// Makes room, keeping what is there.
  void reserve(int rows, int places) {
    int more = rows - count();
    if (more > 0) {
      next = next.padAxis(0, 0, more).realize();
      before = before.padAxis(0, 0, more).realize();
    }
    cache.reserve(rows, places);
  }

  /// Forgets all rows.
  void clear() {
    cache.clear();
    next = Tensor.zeros(DType.INT32, 0);
    before = next;
  }

  /// Begins rows with texts, and chooses the token that follows each.
  /// @param texts of one [length][#padded]
  /// @param source for each row the number of its text, or -1 where it goes on as it was
  Choice begin(List<int[]> texts, int[] source, TokenSampler sampler) {
    int time = padded(texts.getFirst().length);
    int[] ids = new int[powerOfTwo(texts.size()) * time];
    for (int i = 0; i < texts.size(); i++) {
      System.arraycopy(texts.get(i), 0, ids, i * time, texts.get(i).length);
    }
    int[] lengths = IntStream.of(source).map(i -> i < 0 ? 1 : texts.get(i).length).toArray();
    int[] last = IntStream.range(0, source.length).map(row -> Math.max(source[row], 0) * time + lengths[row] - 1).toArray();
    Tensor sources = Tensor.of(source, source.length);
    Tensor tokens = Tensor.of(ids, ids.length / time, time);
    Tensor hidden = model.hidden(tokens, null, cache.beginning(sources));
    Tensor lasts = Tensor.of(last, last.length);
    Tensor scores = model.scores(hidden.reshape(ids.length, -1).embedding(lasts));
    Choice choice = sampler.choose(scores, Tensor.of(lengths, lengths.length, 1));
    Tensor begins = sources.ge(0);
    return computed(begins.where(choice.token(), next), begins.where(tokens.reshape(-1).index(lasts), before), choice);
  }

  /// Each row reads its token, and the one that follows is chosen.
  /// @param positions of the token that is read, by row; 0 for rows that nobody has
  /// @param due the token that is read instead of the one that was chosen before, or -1
  Choice append(int[] positions, int[] due, TokenSampler sampler) {
    Tensor position = Tensor.of(positions, positions.length, 1);
    Tensor forced = Tensor.of(due, due.length);
    Tensor read = forced.ge(0).where(forced, next);
    Tensor hidden = model.hidden(read.unsqueeze(1), new Past(before.unsqueeze(1), position), cache.appending(position));
    Tensor scores = model.scores(hidden.reshape(positions.length, -1));
    Choice choice = sampler.choose(scores, position.add(1));
    return computed(choice.token(), read, choice);
  }

  private Choice computed(Tensor newNext, Tensor newBefore, Choice choice) {
    next = newNext.contiguous();
    before = newBefore.contiguous();
    List<Tensor> results = new ArrayList<>(List.of(next, before, choice.logProbability()));
    results.addAll(cache.tensors());
    Tensor.realize(results);
    return new Choice(next, choice.logProbability());
  }
}
