package org.teenygrad;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How far right classes are ahead of wrong ones.
final class MultiClassMargins {
  private MultiClassMargins() {}

  /// @param x (n, classes), (classes) or a scalar, which is one class
  static Tensor oneOfMany(Tensor x, Tensor target, int p, double margin, @Nullable Tensor weight, LossReduction reduction) {
    Tensor scores = rows(x);
    int classes = scores.size(1);
    if (!target.dtype().isInteger() || target.rank() > 1 || target.numel() != scores.size(0)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "multiMarginLoss: scores %s take one class for each row, integers, not %s %s",
          x.shape(), target.dtype(), target.shape()));
    }
    Classes right = Classes.of("multiMarginLoss", scores, target.reshape(scores.size(0)), Classes.IGNORED);
    Tensor wrong = Tensor.arange(classes, DType.INT64).ne(right.targets().unsqueeze(1));
    Tensor behind = scores.sub(right.pick(scores).unsqueeze(1)).add(margin).relu();
    Tensor terms = p == 1 ? behind : behind.square();
    if (weight != null) {
      if (!weight.shape().equals(Shape.of(classes))) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "multiMarginLoss: weight %s is not (%d,), one for each class", weight.shape(), classes));
      }
      terms = terms.mul(Positions.rows(weight.cast(x.dtype()), right.targets()).unsqueeze(1));
    }
    Tensor losses = wrong.where(terms, 0).mean(1);
    return reduction.of(target.rank() == 1 ? losses : losses.squeeze(0));
  }

  /// @param target right classes up to the first -1
  static Tensor someOfMany(Tensor x, Tensor target, LossReduction reduction) {
    Tensor scores = rows(x);
    Tensor classes = Positions.widen(rows(target));
    Tensor valid = classes.lt(0).cast(DType.INT32).cumsum(1).eq(0);
    IndexCheck.classes("multiLabelMarginLoss", classes, valid, scores.size(1));
    Tensor known = valid.where(classes, 0);
    Tensor right = Tensor.arange(scores.size(1)).eq(classes.unsqueeze(2)).and(valid.unsqueeze(2)).any(1); // (n, classes)
    Tensor own = Positions.gather(scores, 1, known);
    Tensor behind = scores.unsqueeze(1).sub(own.unsqueeze(2)).add(1).relu(); // (n, right, wrong)
    Tensor counted = valid.unsqueeze(2).and(right.logicalNot().unsqueeze(1));
    Tensor losses = counted.where(behind, 0).sum(1, 2).div(scores.size(1));
    return reduction.of(unbatched(losses, x));
  }

  private static Tensor rows(Tensor x) {
    return x.rank() == 2 ? x : x.reshape(1, Math.toIntExact(x.numel()));
  }

  private static Tensor unbatched(Tensor losses, Tensor x) {
    return x.rank() == 2 ? losses : losses.squeeze(0);
  }
}
