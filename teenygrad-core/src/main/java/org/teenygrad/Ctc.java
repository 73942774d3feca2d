package org.teenygrad;

import java.util.Locale;
import java.util.stream.LongStream;

/// Connectionist temporal classification: the forward variables of Graves et al., *Connectionist Temporal Classification*, 2006,
/// section 4.1, in the logarithm.
///
/// Between labels, before the first and after the last stands a blank. `alpha[s]` is how likely it is that the labels so far are those up
/// to place s; a step stays, goes one place on, or over a blank between two labels that differ.
final class Ctc {
  /// Stands for the logarithm of 0: sums of as many as there are time steps are finite, so that no derivative is infinity less infinity.
  private static final double NEVER = -1e30;

  private Ctc() {}

  static Tensor loss(
      Tensor x, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, LossReduction reduction, boolean zeroInfinity) {
    boolean single = x.rank() == 2;
    Tensor logs = single ? x.unsqueeze(1) : x;
    int batch = logs.size(1);
    if (blank < 0 || blank >= logs.size(2)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "ctcLoss: the blank is one of %d classes, not %d", logs.size(2), blank));
    }
    Tensor steps = lengths(inputLengths, batch);
    Tensor counts = lengths(targetLengths, batch);
    Tensor labels = Positions.widen(labels(targets, counts, batch));
    IndexCheck.classes("ctcLoss", labels, Tensor.arange(labels.size(1)).lt(counts.unsqueeze(1)), logs.size(2));
    Tensor losses = losses(logs, labels, steps, counts, blank, zeroInfinity);
    return switch (reduction) {
      case MEAN -> losses.div(counts.clampMin(1)).mean();
      case SUM -> losses.sum();
      case NONE -> single ? losses.squeeze(0) : losses;
    };
  }

  private static Tensor lengths(Tensor lengths, int batch) {
    if (!lengths.dtype().isInteger() || lengths.numel() != batch) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "ctcLoss: %d samples have as many lengths, integers, not %s %s",
          batch, lengths.dtype(), lengths.shape()));
    }
    return Positions.widen(lengths.reshape(batch));
  }

  /// (batch, longest); of one vector of all labels each sample's own.
  private static Tensor labels(Tensor targets, Tensor counts, int batch) {
    if (targets.rank() == 2) {
      if (targets.size(0) != batch) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "ctcLoss: labels %s are not those of %d samples", targets.shape(), batch));
      }
      return targets;
    }
    long[] each = counts.cast(DType.INT64).toLongArray();
    if (LongStream.of(each).sum() > targets.numel()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "ctcLoss: %d labels are fewer than the %d of all lengths",
          targets.numel(), LongStream.of(each).sum()));
    }
    int longest = Math.toIntExact(LongStream.of(each).max().orElse(0));
    if (targets.numel() == 0 || longest == 0) {
      return Tensor.zeros(targets.dtype(), batch, longest);
    }
    Tensor first = counts.cumsum(0).sub(counts).unsqueeze(1);
    Tensor places = first.add(Tensor.arange(longest, DType.INT64)).clampMax(targets.numel() - 1);
    return Positions.rows(targets.reshape(Math.toIntExact(targets.numel())), places);
  }

  private static Tensor losses(Tensor logs, Tensor labels, Tensor steps, Tensor counts, int blank, boolean zeroInfinity) {
    int time = logs.size(0);
    int batch = logs.size(1);
    int places = 2 * labels.size(1) + 1;
    Tensor odd = Tensor.arange(places).remainder(2).eq(1);
    Tensor extended = odd.where(doubled(labels), blank); // (batch, places)
    Tensor skips = odd.and(extended.ne(shifted(extended, 2, -1)));
    Tensor emitted = Positions.gather(logs.clampMin(NEVER), 2, extended.unsqueeze(0).expand(time, batch, places));
    Tensor start = Tensor.arange(places).eq(0).where(Tensor.zeros(logs.dtype(), batch, places), NEVER); // before the first step
    Tensor alpha = start;
    for (int step = 0; step < time; step++) {
      Tensor one = shifted(alpha, 1, NEVER);
      // From the start a first label is one step away, and place 0, a blank, is reached by staying.
      Tensor two = skips.where(shifted(alpha, 2, NEVER), NEVER);
      Tensor most = alpha.maximum(one).maximum(two).detach();
      Tensor sum = alpha.sub(most).exp().add(one.sub(most).exp()).add(two.sub(most).exp());
      alpha = steps.gt(step).unsqueeze(1).where(sum.log().add(most).add(emitted.select(0, step)), alpha);
    }
    Tensor last = counts.mul(2).unsqueeze(1);
    Tensor blanks = Positions.gather(alpha, 1, last).squeeze(1);
    Tensor ends = counts.gt(0).where(Positions.gather(alpha, 1, last.sub(1).clampMin(0)).squeeze(1), NEVER);
    Tensor loss = blanks.logaddexp(ends).neg();
    Tensor impossible = loss.ge(-NEVER / 2);
    // By the scores: adds each step's probabilities to the derivative, and 0 to the value.
    Tensor counted = Tensor.arange(time).unsqueeze(1).lt(steps).unsqueeze(2);
    Tensor total = counted.where(logs.exp(), 0).sum(0, 2);
    Tensor byScores = Likelihoods.surrogate(loss, loss.add(total));
    return impossible.where(Operations.constant(loss.dtype(), zeroInfinity ? 0 : Double.POSITIVE_INFINITY), byScores);
  }

  /// Each label behind one place that another value takes, and such a place at the end.
  private static Tensor doubled(Tensor labels) {
    return labels.repeatInterleave(2, 1).padAxis(1, 0, 1);
  }

  /// Each place's value some places before.
  private static Tensor shifted(Tensor x, int by, Number outside) {
    int[][] before = {{0, 0}, {by, 0}};
    return x.pad(before, outside).slice(1, 0, x.size(1));
  }
}
