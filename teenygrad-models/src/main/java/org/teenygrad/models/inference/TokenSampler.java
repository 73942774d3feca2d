package org.teenygrad.models.inference;

import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.LossReduction;
import org.teenygrad.RandomState;
import org.teenygrad.Tensor;

/// Chooses each row's next token on the device.
///
/// A draw is a race: token i finishes after a time of rate `e^(score / temperature)`, and the first wins. Its random bits are Threefry's of
/// the row's position and the token under the row's seed, so that a row's draws depend on nobody else.
///
/// @param temperature 1 for greedy rows (rows, 1), float32
/// @param draws whether a row is not greedy (rows, 1), bool
/// @param topK (rows, 1), float32; `vocab` for all
/// @param topP (rows, 1), float32
/// @param keys (rows, 1), int64
/// @param isDrawing whether any row is not greedy: what no row needs is not computed
/// @param hasTopK whether any row that draws leaves out tokens by rank
/// @param hasTopP whether any does by probability
record TokenSampler(
    Tensor temperature, Tensor draws, Tensor topK, Tensor topP, Tensor keys, boolean isDrawing, boolean hasTopK, boolean hasTopP) {
  /// The position stands in a counter's high bits, the token in its low ones.
  private static final int POSITION_BITS = 32;

  /// A time of 0 would win against any other.
  private static final double SHORTEST = 0x1p-54;

  /// @param rows by row
  static TokenSampler of(List<Sampling> rows, int vocabSize) {
    int count = rows.size();
    float[] temperature = new float[count];
    boolean[] draws = new boolean[count];
    float[] topK = new float[count];
    float[] topP = new float[count];
    long[] keys = new long[count];
    for (int row = 0; row < count; row++) {
      Sampling sampling = rows.get(row);
      draws[row] = !sampling.isGreedy();
      temperature[row] = draws[row] ? (float) sampling.temperature() : 1;
      topK[row] = sampling.topK() == 0 ? vocabSize : Math.min(sampling.topK(), vocabSize);
      topP[row] = (float) sampling.topP();
      keys[row] = sampling.seed();
    }
    return new TokenSampler(
        Tensor.of(temperature, count, 1),
        Tensor.of(draws).reshape(count, 1),
        Tensor.of(topK, count, 1),
        Tensor.of(topP, count, 1),
        Tensor.of(keys, count, 1),
        rows.stream().anyMatch(sampling -> !sampling.isGreedy()),
        rows.stream().anyMatch(sampling -> !sampling.isGreedy() && sampling.topK() > 0 && sampling.topK() < vocabSize),
        rows.stream().anyMatch(sampling -> !sampling.isGreedy() && sampling.topP() < 1));
  }

  /// A token for each row, and its log-probability by the scores as they are.
  /// @param token (rows), int32
  /// @param logProbability (rows), float32
  record Choice(Tensor token, Tensor logProbability) {}

  /// @param scores (rows, vocab), float32
  /// @param positions where the chosen tokens will stand (rows, 1)
  Choice choose(Tensor scores, Tensor positions) {
    Tensor token = (isDrawing ? raced(scores, positions) : scores).argmax(-1).cast(DType.INT32);
    return new Choice(token, scores.crossEntropy(token, LossReduction.NONE).neg());
  }

  /// The scores of rows that draw become such that the winner has the highest.
  private Tensor raced(Tensor scores, Tensor positions) {
    Tensor scaled = scores.div(temperature);
    Tensor counters = positions.cast(DType.INT64).shiftLeft(POSITION_BITS).add(Tensor.arange(scores.size(1)));
    Tensor bits = RandomState.words(counters, keys).shiftRight(11).and((1L << 53) - 1);
    Tensor fraction = bits.cast(DType.FLOAT32).mul(0x1p-53);
    Tensor time = fraction.neg().log1p().neg().maximum(SHORTEST); // exponential, of rate 1
    Tensor speed = draws.where(scaled.sub(time.log()), scaled);
    return hasTopK || hasTopP ? inQuestion(scores, scaled).where(speed, Double.NEGATIVE_INFINITY) : speed;
  }

  /// Whether a token may be drawn (rows, vocab).
  private Tensor inQuestion(Tensor scores, Tensor scaled) {
    ScoreOrder order = ScoreOrder.of(scores);
    Tensor kept = hasTopK ? order.top(at -> at.cast(DType.FLOAT32).sum(-1, true).ge(topK)) : scores.eq(scores);
    if (!hasTopP) {
      return kept;
    }
    Tensor weights = kept.where(scaled.sub(scaled.max(-1, true)).exp(), 0).contiguous();
    Tensor wanted = weights.sum(-1, true).mul(topP);
    Tensor nucleus = order.top(at -> at.where(weights, 0).sum(-1, true).ge(wanted)).or(topP.ge(1));
    return kept.and(nucleus);
  }
}
