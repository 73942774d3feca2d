package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Sharding;

/// The cross-entropy of `x weightᵀ` some rows at a time, so that scores of those rows alone are in memory.
///
/// The derivative of a row's loss by its scores is known as soon as they are: `softmax(scores) - onehot(target)`. So a chunk of
/// rows is gone through once: scores, losses, and what it adds to the derivatives by x and the weight; then its scores are
/// forgotten. That the loss is a sum, which all rows share one factor of, is what lets the derivatives be made before anybody asks
/// for them (Hsu et al., *Liger Kernel*, 2024; Wijmans et al., *Cut your losses in large-vocabulary language models*, 2025, do the
/// scores twice instead).
///
/// Of rows that are cut over ranks, which have equal parts, a chunk is some of each rank's. In shapes, parts is 1 elsewhere.
///
/// @param x (rows, dim)
/// @param weight (classes, dim)
/// @param targets (rows)
/// @param chunk how many rows of each part at once
record LinearCrossEntropy(Tensor x, Tensor weight, Tensor targets, long ignoreIndex, @Nullable Double softCap, int chunk) {
  /// How many scores are made at once, 256 MiB of float32: products of that size keep a GPU busy, and what is added to the weight's
  /// derivative for each chunk, which goes through memory, is little beside them.
  private static final long SCORES = 1 << 26;

  /// Chunks are a multiple of this, the tile of products.
  private static final int ROWS = 128;

  static Tensor of(Tensor x, Tensor weight, Tensor targets, long ignoreIndex, @Nullable Double softCap, LossReduction reduction) {
    require(x, weight, targets, softCap);
    Tensor rows = x.reshape(-1, x.size(-1));
    int chunk = parts(rows) == 1 && isCut(rows) ? Math.max(1, rows.size(0)) : chunk(rows.size(0) / parts(rows), weight.size(0));
    var all = new LinearCrossEntropy(rows, weight, targets.reshape(-1), ignoreIndex, softCap, chunk);
    Tensor loss = all.of(reduction);
    return reduction == LossReduction.NONE ? loss.reshape(targets.shape().toArray()) : loss;
  }

  /// (rows), or a scalar.
  Tensor of(LossReduction reduction) {
    return reduction == LossReduction.NONE ? losses() : reduced(reduction);
  }

  private static void require(Tensor x, Tensor weight, Tensor targets, @Nullable Double softCap) {
    boolean fit = x.rank() == targets.rank() + 1 && weight.rank() == 2 && weight.size(1) == x.size(-1)
        && x.shape().with(x.rank() - 1, 1).equals(targets.unsqueeze(-1).shape());
    if (!fit) {
      throw new IllegalArgumentException(
          "linearCrossEntropy: x is (..., dim), the weight (classes, dim) and the targets are (...), not " + x.shape() + ", " + weight.shape()
              + " and " + targets.shape());
    }
    if (softCap != null && !(softCap > 0)) {
      throw new IllegalArgumentException("linearCrossEntropy: scores cannot be kept below " + softCap + "; softCap is positive");
    }
  }

  /// A number of rows that divides all of them if one near the best does, so that all chunks are one kernel.
  static int chunk(int rows, int classes) {
    int most = (int) Math.max(ROWS, SCORES / Math.max(1, classes) / ROWS * ROWS);
    int count = Math.max(1, Math.ceilDiv(rows, most));
    for (int even = count; even < 2 * count; even++) {
      if (rows % even == 0) {
        return Math.max(1, rows / even);
      }
    }
    return most;
  }

  private static boolean isCut(Tensor rows) {
    return rows.placements().stream().anyMatch(Placement.Shard.class::isInstance);
  }

  /// In how many parts the ranks have rows; 1 where these are not of equal length, or are parts of something else than rows.
  private static int parts(Tensor rows) {
    Sharding sharding = rows.node().sharding();
    boolean isOther = rows.placements().stream().anyMatch(placement -> !placement.equals(Placement.shard(0)) && !placement.equals(Placement.replicate()));
    int parts = sharding == null || isOther ? 1 : sharding.parts(0);
    return rows.size(0) % parts == 0 ? parts : 1;
  }

  private int parts() {
    return parts(x);
  }

  private int rowsOfPart() {
    return x.size(0) / parts();
  }

  /// (rows)
  Tensor losses() {
    List<Tensor> chunks = new ArrayList<>();
    Tensor before = null;
    for (int first = 0; first == 0 || first < rowsOfPart(); first += chunk) {
      Tensor losses = losses(after(before, rows(x, first)), weight, first);
      before = first + chunk < rowsOfPart() ? losses.narrow(1, 0, 1).unsqueeze(2) : null;
      chunks.add(losses);
    }
    return Tensor.cat(chunks, 1).reshape(-1);
  }

  Tensor reduced(LossReduction reduction) {
    Tensor sum = chunk < rowsOfPart() && isTracked() ? sum() : losses().sum();
    if (reduction == LossReduction.SUM) {
      return sum;
    }
    Tensor count = targets.ne(ignoreIndex).cast(sum.dtype()).sum().gather();
    return count.eq(0).where(Operations.constant(sum.dtype(), Double.NaN), sum.gather().div(count.clampMin(1))); // with gradient 0 where none counts
  }

  private boolean isTracked() {
    return !NoGrad.isAround() && (Leaves.isTracked(x.node()) || Leaves.isTracked(weight.node()));
  }

  /// The sum of all losses, to the chain rule `sum(x dx) + sum(weight dweight)` with derivatives that are made on the way.
  private Tensor sum() {
    Tensor sums = null; // (parts)
    Tensor byWeight = null;
    List<Tensor> byX = new ArrayList<>();
    Tensor before = null;
    Tensor factors = weights();
    for (int first = 0; first == 0 || first < rowsOfPart(); first += chunk) {
      Tensor part = after(before, rows(x.detach(), first));
      Tensor losses = losses(part, factors, first).sum(1);
      List<Tensor> derivatives = Gradient.vjp(losses, Tensor.full(losses.shape(), 1, losses.dtype()), List.of(part, factors));
      sums = sums == null ? losses : sums.add(losses);
      byX.add(derivatives.getFirst());
      Tensor more = Precision.widen(derivatives.getLast());
      byWeight = byWeight == null ? more : byWeight.add(more);
      before = sums.reshape(parts(), 1, 1).add(corner(byX.getLast())).add(corner(byWeight)); // all that reads these scores
    }
    Tensor whole = Objects.requireNonNull(sums).sum();
    Tensor along = dot(x.reshape(parts(), rowsOfPart(), x.size(1)), Tensor.cat(byX, 1)).add(dot(weight, Objects.requireNonNull(byWeight)));
    return Tensor.apply(OpCode.SURROGATE, whole, along.cast(whole.dtype()));
  }

  /// The weight once for each part, (parts, classes, dim), so that each rank adds up derivatives by its own.
  private Tensor weights() {
    Tensor copies = weight.detach().expand(parts(), weight.size(0), weight.size(1));
    Placement[] placements = x.placements().toArray(Placement[]::new);
    return parts() == 1 ? copies : copies.mesh() == null ? copies.shard(Objects.requireNonNull(x.mesh()), placements) : copies.redistribute(placements);
  }

  /// One number of each part's matrix.
  private static Tensor corner(Tensor matrices) {
    return matrices.narrow(1, 0, 1).narrow(2, 0, 1);
  }

  private static Tensor dot(Tensor x, Tensor derivative) {
    return Precision.widen(x).mul(Precision.widen(derivative).detach()).sum();
  }

  /// (parts, rows, ...)
  private Tensor rows(Tensor of, int first) {
    Tensor parted = of.rank() == 1 ? of.reshape(parts(), rowsOfPart()) : of.reshape(parts(), rowsOfPart(), of.size(1));
    return parted.narrow(1, first, Math.min(chunk, rowsOfPart() - first));
  }

  /// (parts, rows), 0 where the target is ignored
  private Tensor losses(Tensor part, Tensor factor, int first) {
    Tensor scores = Precision.widen(part.matmul(factor.transpose(-1, -2)));
    Tensor capped = softCap == null ? scores : scores.div(softCap).tanh().mul(softCap);
    Tensor losses = capped.reshape(-1, weight.size(0)).crossEntropy(rows(targets, first).reshape(-1), ignoreIndex, LossReduction.NONE, 0);
    return losses.reshape(part.size(0), part.size(1));
  }

  /// The same rows, once a number of each part is computed: no number is below -infinity, but a scheduler cannot know that. Without
  /// this, all chunks might be computed side by side.
  /// @param computed (parts, 1, 1)
  private static Tensor after(@Nullable Tensor computed, Tensor rows) {
    return computed == null ? rows : computed.lt(Double.NEGATIVE_INFINITY).where(0, rows).contiguous();
  }
}
