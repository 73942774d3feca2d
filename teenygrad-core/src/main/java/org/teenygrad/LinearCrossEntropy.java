package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;

/// The cross-entropy of `x weightᵀ` some rows at a time, so that scores of those rows alone are in memory.
///
/// The derivative of a row's loss by its scores is known as soon as they are: `softmax(scores) - onehot(target)`. So a chunk of rows is gone
/// through once: scores, losses, and what it adds to the derivatives by x and the weight; then its scores are forgotten. That the loss is a sum,
/// which all rows share one factor of, is what lets the derivatives be made before anybody asks for them (Hsu et al., *Liger Kernel*, 2024;
/// Wijmans et al., *Cut your losses in large-vocabulary language models*, 2025, do the scores twice instead).
///
/// @param x (rows, dim)
/// @param weight (classes, dim)
/// @param targets (rows)
/// @param chunk how many rows at once
record LinearCrossEntropy(Tensor x, Tensor weight, Tensor targets, long ignoreIndex, @Nullable Double softCap, int chunk) {
  /// How many scores are made at once, 256 MiB of float32: products of that size keep a GPU busy, and what is added to the weight's derivative
  /// for each chunk, which goes through memory, is little beside them.
  private static final long SCORES = 1 << 26;

  /// Chunks are a multiple of this, the tile of products.
  private static final int ROWS = 128;

  static Tensor of(Tensor x, Tensor weight, Tensor targets, long ignoreIndex, @Nullable Double softCap, LossReduction reduction) {
    require(x, weight, targets, softCap);
    Tensor rows = x.reshape(-1, x.size(-1));
    int chunk = rows.mesh() == null ? chunk(rows.size(0), weight.size(0)) : rows.size(0); // of rows that are cut each rank has few, and no slice of them all
    var all = new LinearCrossEntropy(rows, weight, targets.reshape(-1), ignoreIndex, softCap, chunk);
    return reduction == LossReduction.NONE ? all.losses().reshape(targets.shape().toArray()) : all.reduced(reduction);
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

  /// (rows)
  Tensor losses() {
    List<Tensor> parts = new ArrayList<>();
    Tensor before = null;
    for (int first = 0; first == 0 || first < x.size(0); first += chunk) {
      Tensor part = losses(after(before, rows(x, first)), weight, first);
      before = first + chunk < x.size(0) ? part.narrow(0, 0, 1) : null;
      parts.add(part);
    }
    return Tensor.cat(parts, 0);
  }

  Tensor reduced(LossReduction reduction) {
    Tensor sum = chunk < x.size(0) && isTracked() ? sum() : losses().sum();
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
    Tensor sum = null;
    Tensor byWeight = null;
    List<Tensor> byX = new ArrayList<>();
    Tensor before = null;
    Tensor constant = weight.detach();
    for (int first = 0; first == 0 || first < x.size(0); first += chunk) {
      Tensor part = after(before, rows(x.detach(), first));
      Tensor loss = losses(part, constant, first).sum();
      List<Tensor> derivatives = Gradient.of(loss, List.of(part, constant));
      sum = sum == null ? loss : sum.add(loss);
      byX.add(derivatives.getFirst());
      Tensor more = Precision.widen(derivatives.getLast());
      byWeight = byWeight == null ? more : byWeight.add(more);
      before = sum.add(corner(byX.getLast())).add(corner(byWeight)); // all that reads these scores
    }
    Tensor whole = Objects.requireNonNull(sum);
    Tensor along = dot(x, Tensor.cat(byX, 0)).add(dot(weight, Objects.requireNonNull(byWeight)));
    return Tensor.apply(OpCode.SURROGATE, whole, along.cast(whole.dtype()));
  }

  /// One number of a matrix.
  private static Tensor corner(Tensor matrix) {
    return matrix.narrow(0, 0, 1).narrow(1, 0, 1).reshape();
  }

  private static Tensor dot(Tensor x, Tensor derivative) {
    return Precision.widen(x).mul(Precision.widen(derivative).detach()).sum();
  }

  private Tensor rows(Tensor of, int first) {
    return of.narrow(0, first, Math.min(chunk, x.size(0) - first));
  }

  /// (chunk), 0 where the target is ignored
  private Tensor losses(Tensor part, Tensor factor, int first) {
    Tensor scores = Precision.widen(part.linear(factor));
    Tensor capped = softCap == null ? scores : scores.div(softCap).tanh().mul(softCap);
    return capped.crossEntropy(rows(targets, first), ignoreIndex, LossReduction.NONE, 0);
  }

  /// The same rows, once a number is computed: no number is below -infinity, but a scheduler cannot know that. Without this, all chunks might
  /// be computed side by side.
  private static Tensor after(@Nullable Tensor computed, Tensor rows) {
    return computed == null ? rows : computed.reshape(1, 1).lt(Double.NEGATIVE_INFINITY).where(0, rows).contiguous();
  }
}
