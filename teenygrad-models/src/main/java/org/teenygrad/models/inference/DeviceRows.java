package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.CausalModel.Past;
import org.teenygrad.models.inference.TokenSampler.Choice;
import org.teenygrad.models.inference.TokenSampler.Scores;

/// What the device knows of the rows: keys and values, the token each will read next, and the one it has read last. A step is two
/// schedules, which are seen again for every call with the same sizes.
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

  /// How often each token is in a row's answer, and whether it is in its prompt (rows, vocab), as [ScoreBias] has it; null while nobody
  /// needs it.
  private @Nullable Tensor counts;

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

  static int powerOfTwo(int atLeast) {
    return atLeast <= 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
  }

  /// The length that a text is padded to.
  int padded(int length) {
    return Math.min(model.maxPositions(), Math.max(SHORTEST_TEXT, powerOfTwo(length)));
  }

  /// Makes room, keeping what is there.
  void reserve(int rows, int places) {
    int more = rows - count();
    if (more > 0) {
      next = next.padAxis(0, 0, more).realize();
      before = before.padAxis(0, 0, more).realize();
      Tensor counted = counts;
      counts = counted == null ? null : counted.padAxis(0, 0, more).realize();
    }
    cache.reserve(rows, places);
  }

  /// Forgets all rows.
  void clear() {
    cache.clear();
    next = Tensor.zeros(DType.INT32, 0);
    before = next;
    counts = null;
  }

  /// Begins rows with texts, and chooses the token that follows each.
  /// @param texts of one [length][#padded]
  /// @param source for each row the number of its text, or -1 where it goes on as it was
  /// @param allowed what may follow, as [ScoreBias#packed] has it; null where all may
  Choice begin(List<int[]> texts, int[] source, TokenSampler sampler, @Nullable Tensor allowed) {
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
    Scores scores = Scores.of(model.scores(hidden.reshape(ids.length, -1).embedding(lasts)));
    Tensor begins = sources.ge(0);
    Tensor read = begins.where(tokens.reshape(-1).index(lasts), before).contiguous();
    compute(scores, read);
    counts = sampler.bias().penalties() == null
        ? null : begins.unsqueeze(1).where(promptCounts(texts, source), counts(source.length)).contiguous();
    Choice choice = sampler.choose(scores, Tensor.of(lengths, lengths.length, 1), counts, allowed);
    return chosen(begins.where(choice.token(), next), read, choice);
  }

  /// Each row reads its token, and the one that follows is chosen.
  /// @param positions of the token that is read, by row; 0 for rows that nobody has
  /// @param tokens what is read instead of the token that was chosen before, or -1
  /// @param allowed as for [#begin]
  Choice append(int[] positions, int[] tokens, TokenSampler sampler, @Nullable Tensor allowed) {
    Tensor position = Tensor.of(positions, positions.length, 1);
    Tensor forced = Tensor.of(tokens, tokens.length);
    Tensor read = forced.ge(0).where(forced, next).contiguous();
    Tensor hidden = model.hidden(read.unsqueeze(1), new Past(before.unsqueeze(1), position), cache.appending(position));
    Scores scores = Scores.of(model.scores(hidden.reshape(positions.length, -1)));
    compute(scores, read);
    Tensor isRead = Tensor.arange(model.vocabSize(), DType.INT32).eq(read.unsqueeze(1));
    counts = sampler.bias().penalties() == null ? null : counts(positions.length).add(isRead.cast(DType.INT32)).contiguous();
    Choice choice = sampler.choose(scores, position.add(1), counts, allowed);
    return chosen(choice.token(), read, choice);
  }

  /// The first of a step's two schedules: what the model makes of tokens.
  private void compute(Scores scores, Tensor read) {
    List<Tensor> results = new ArrayList<>(scores.tensors());
    results.add(read);
    results.addAll(cache.tensors());
    Tensor.realize(results);
  }

  /// The second: what is chosen. It has the same expression for all lengths of texts and caches.
  private Choice chosen(Tensor newNext, Tensor read, Choice choice) {
    next = newNext.contiguous();
    before = read;
    List<Tensor> results = new ArrayList<>(choice.tensors());
    results.add(next);
    if (counts != null) {
      results.add(counts);
    }
    Tensor.realize(results);
    return choice;
  }

  private Tensor counts(int rows) {
    return counts == null ? Tensor.zeros(DType.INT32, rows, model.vocabSize()) : counts;
  }

  /// Of the texts that rows begin with (rows, vocab).
  private Tensor promptCounts(List<int[]> texts, int[] source) {
    int vocabSize = model.vocabSize();
    int[] all = new int[source.length * vocabSize];
    for (int row = 0; row < source.length; row++) {
      for (int token : source[row] < 0 ? new int[0] : texts.get(source[row])) {
        all[row * vocabSize + token] = ScoreBias.IN_PROMPT;
      }
    }
    return Tensor.of(all, source.length, vocabSize);
  }
}
