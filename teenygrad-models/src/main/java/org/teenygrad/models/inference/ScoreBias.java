package org.teenygrad.models.inference;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// What a row's sampling makes of its scores before any is compared: bias, penalties, and tokens that may not come. What no row
/// needs is not computed; what is computed for others leaves a row's scores as they are, to the last bit.
///
/// @param bias (rows, vocab), float32; null if no row has any
/// @param penalties (3, rows, 1), float32: repetition, presence and frequency; null if no row has any
record ScoreBias(@Nullable Tensor bias, @Nullable Tensor penalties) {
  /// Set in a row's counts for tokens of its prompt; the bits below count the token in the answer.
  static final int IN_PROMPT = 1 << 30;

  private static final int WORD = 32;

  static ScoreBias of(List<Sampling> rows, int vocabSize) {
    boolean hasBias = rows.stream().anyMatch(sampling -> !sampling.logitBias().isEmpty());
    boolean hasPenalties = rows.stream().anyMatch(Sampling::hasPenalties);
    return new ScoreBias(hasBias ? bias(rows, vocabSize) : null, hasPenalties ? penalties(rows) : null);
  }

  private static Tensor bias(List<Sampling> rows, int vocabSize) {
    float[] all = new float[rows.size() * vocabSize];
    for (int row = 0; row < rows.size(); row++) {
      int first = row * vocabSize;
      rows.get(row).logitBias().forEach((token, bias) -> all[first + token] = bias.floatValue());
    }
    return Tensor.of(all, rows.size(), vocabSize);
  }

  private static Tensor penalties(List<Sampling> rows) {
    int count = rows.size();
    float[] all = new float[3 * count];
    for (int row = 0; row < count; row++) {
      Penalties penalties = rows.get(row).penalties();
      all[row] = (float) penalties.repetition();
      all[count + row] = (float) penalties.presence();
      all[2 * count + row] = (float) penalties.frequency();
    }
    return Tensor.of(all, 3, count, 1);
  }

  /// @param scores (rows, vocab), float32
  /// @param counts of tokens in prompts and answers (rows, vocab), int32; needed where there are penalties
  /// @param allowed of [#packed]; null where all tokens may come
  Tensor on(Tensor scores, @Nullable Tensor counts, @Nullable Tensor allowed) {
    Tensor biased = bias == null ? scores : scores.add(bias);
    if (penalties != null && counts != null) {
      Tensor repetition = penalties.select(0, 0);
      Tensor often = counts.and(IN_PROMPT - 1).cast(DType.FLOAT32);
      Tensor repeated = biased.gt(0).where(biased.div(repetition), biased.mul(repetition));
      biased = counts.ne(0).where(repeated, biased)
          .sub(often.minimum(1).mul(penalties.select(0, 1)))
          .sub(often.mul(penalties.select(0, 2)));
    }
    return allowed == null ? biased : unpacked(allowed, scores.size(1)).where(biased, Double.NEGATIVE_INFINITY);
  }

  /// Bits of the tokens that may come, 32 in a number (rows, ceil(vocab / 32)), int32.
  /// @param rows null for all tokens
  static Tensor packed(List<@Nullable BitSet> rows, int vocabSize) {
    int words = Math.ceilDiv(vocabSize, WORD);
    int[] all = new int[rows.size() * words];
    for (int row = 0; row < rows.size(); row++) {
      BitSet allowed = rows.get(row);
      if (allowed == null) {
        Arrays.fill(all, row * words, (row + 1) * words, -1);
      } else {
        long[] pairs = allowed.toLongArray();
        for (int word = 0; word < Math.min(words, 2 * pairs.length); word++) {
          all[row * words + word] = (int) (pairs[word / 2] >>> WORD * (word % 2));
        }
      }
    }
    return Tensor.of(all, rows.size(), words);
  }

  private static Tensor unpacked(Tensor packed, int vocabSize) {
    Tensor bits = packed.unsqueeze(2).shiftRight(Tensor.arange(WORD, DType.INT32)).and(1);
    return bits.reshape(packed.size(0), packed.size(1) * WORD).narrow(1, 0, vocabSize).ne(0);
  }
}
