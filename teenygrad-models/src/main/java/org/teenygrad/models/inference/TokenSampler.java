package org.teenygrad.models.inference;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.RandomState;
import org.teenygrad.Sorted;
import org.teenygrad.Tensor;

/// Chooses each row's next token on the device.
///
/// A draw is a race: token i finishes after a time of rate `e^(score / temperature)`, and the first wins. Its random bits are Threefry's of
/// the row's position and the token under the row's seed, so that a row's draws depend on nobody else.
///
/// What no row needs is not computed. What is computed for others too leaves a row's choice as it is: where the expressions differ
/// they compare and count, which is exact, and where sums of probabilities decide, all is computed.
///
/// @param temperature 1 for greedy rows (rows, 1), float32
/// @param draws whether a row is not greedy (rows, 1), bool
/// @param topK (rows, 1), float32; `vocab` for all
/// @param topP (rows, 1), float32
/// @param minP the logarithm of it (rows, 1), float32
/// @param keys (rows, 1), int64
/// @param bias what scores get before they are compared
/// @param needs what of all that any row needs
record TokenSampler(
    Tensor temperature, Tensor draws, Tensor topK, Tensor topP, Tensor minP, Tensor keys, ScoreBias bias, Needs needs) {
  /// The position stands in a counter's high bits, the token in its low ones.
  private static final int POSITION_BITS = 32;

  /// A time of 0 would win against any other.
  private static final double SHORTEST = 0x1p-54;

  /// @param drawing whether any row is not greedy
  /// @param rank whether tokens are left out by rank
  /// @param nucleus whether they are by probability
  /// @param share whether they are for being less likely than the likeliest
  /// @param alternatives how many of the likeliest tokens somebody wants to know
  record Needs(boolean drawing, boolean rank, boolean nucleus, boolean share, int alternatives) {
    static Needs of(List<Sampling> rows, int vocabSize, int alternatives) {
      List<Sampling> drawing = rows.stream().filter(sampling -> !sampling.isGreedy()).toList();
      boolean nucleus = drawing.stream().anyMatch(sampling -> sampling.topP() < 1);
      return new Needs(
          !drawing.isEmpty(),
          nucleus || drawing.stream().anyMatch(sampling -> sampling.topK() > 0 && sampling.topK() < vocabSize),
          nucleus,
          nucleus || drawing.stream().anyMatch(sampling -> sampling.minP() > 0),
          alternatives);
    }
  }

  /// @param rows by row
  /// @param alternatives how many of the likeliest tokens are wanted at most
  static TokenSampler of(List<Sampling> rows, int vocabSize, int alternatives) {
    int count = rows.size();
    float[] temperature = new float[count];
    boolean[] draws = new boolean[count];
    float[] topK = new float[count];
    float[] topP = new float[count];
    float[] minP = new float[count];
    long[] keys = new long[count];
    for (int row = 0; row < count; row++) {
      Sampling sampling = rows.get(row);
      draws[row] = !sampling.isGreedy();
      temperature[row] = draws[row] ? (float) sampling.temperature() : 1;
      topK[row] = sampling.topK() == 0 ? vocabSize : Math.min(sampling.topK(), vocabSize);
      topP[row] = (float) sampling.topP();
      minP[row] = (float) StrictMath.log(sampling.minP());
      keys[row] = sampling.seed();
    }
    return new TokenSampler(
        Tensor.of(temperature, count, 1),
        Tensor.of(draws).reshape(count, 1),
        Tensor.of(topK, count, 1),
        Tensor.of(topP, count, 1),
        Tensor.of(minP, count, 1),
        Tensor.of(keys, count, 1),
        ScoreBias.of(rows, vocabSize),
        Needs.of(rows, vocabSize, Math.min(alternatives, vocabSize)));
  }

  /// Scores of the tokens that may come. They are computed before anything is chosen by them, so that their bits do not depend on how.
  ///
  /// @param scores (rows, vocab), float32
  /// @param normalizer the logarithm of the sum of their exponentials (rows, 1), float32
  record Scores(Tensor scores, Tensor normalizer) {
    static Scores of(Tensor scores) {
      return new Scores(scores, scores.logsumexp(-1).unsqueeze(1));
    }

    List<Tensor> tensors() {
      return List.of(scores, normalizer);
    }
  }

  /// A token for each row, and log-probabilities by the scores as they are.
  /// @param token (rows), int32
  /// @param logProbability (rows), float32
  /// @param alternatives the likeliest tokens, by falling probability (rows, count), int64; null if nobody wants any
  /// @param alternativeLogProbabilities (rows, count), float32
  record Choice(Tensor token, Tensor logProbability, @Nullable Tensor alternatives, @Nullable Tensor alternativeLogProbabilities) {
    /// @param tensors as of [#tensors]
    static Choice of(List<Tensor> tensors) {
      return tensors.size() == 2 ? new Choice(tensors.get(0), tensors.get(1), null, null) : new Choice(tensors.get(0), tensors.get(1), tensors.get(2), tensors.get(3));
    }

    List<Tensor> tensors() {
      return Stream.of(token, logProbability, alternatives, alternativeLogProbabilities).filter(Objects::nonNull).toList();
    }
  }

  /// @param found what the model says of the tokens that may come
  /// @param positions where the chosen tokens will stand (rows, 1)
  /// @param counts of tokens in prompts and answers, as [ScoreBias#on] has it
  /// @param allowed as there
  Choice choose(Scores found, Tensor positions, @Nullable Tensor counts, @Nullable Tensor allowed) {
    Tensor biased = bias.on(found.scores, counts, allowed);
    Tensor token = (needs.drawing ? raced(biased, positions) : biased).argmax(-1).cast(DType.INT32);
    Tensor logProbability = found.scores.gather(-1, token.unsqueeze(1)).sub(found.normalizer).squeeze(1);
    if (needs.alternatives == 0) {
      return new Choice(token, logProbability, null, null);
    }
    Sorted top = found.scores.topk(needs.alternatives, -1);
    return new Choice(token, logProbability, top.indices(), top.values().sub(found.normalizer));
  }

  /// The scores of rows that draw become such that the winner has the highest.
  private Tensor raced(Tensor scores, Tensor positions) {
    Tensor distance = scores.sub(scores.max(-1, true)).div(temperature).contiguous(); // below the likeliest token
    Tensor counters = positions.cast(DType.INT64).shiftLeft(POSITION_BITS).add(Tensor.arange(scores.size(1)));
    Tensor bits = RandomState.words(counters, keys).shiftRight(11).and((1L << 53) - 1);
    Tensor fraction = bits.cast(DType.FLOAT32).mul(0x1p-53);
    Tensor time = fraction.neg().log1p().neg().maximum(SHORTEST); // exponential, of rate 1
    Tensor speed = draws.where(distance.sub(time.log()), distance);
    return needs.rank || needs.share ? inQuestion(scores, distance).where(speed, Double.NEGATIVE_INFINITY) : speed;
  }

  /// Whether a token may be drawn (rows, vocab).
  private Tensor inQuestion(Tensor scores, Tensor distance) {
    Tensor kept = needs.share ? distance.ge(minP) : scores.eq(scores);
    ScoreOrder order = ScoreOrder.of(scores);
    if (needs.rank) {
      kept = kept.and(order.top(at -> at.cast(DType.FLOAT32).sum(-1, true).ge(topK)));
    }
    if (!needs.nucleus) {
      return kept;
    }
    Tensor weights = kept.where(distance.exp(), 0).contiguous();
    Tensor wanted = weights.sum(-1, true).mul(topP);
    return kept.and(order.top(at -> at.where(weights, 0).sum(-1, true).ge(wanted)).or(topP.ge(1)));
  }
}
