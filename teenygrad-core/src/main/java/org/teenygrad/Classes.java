package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/// The right classes of samples, and where the classes stand in a tensor of scores.
///
/// @param axis the axis of the scores along which the classes are
/// @param targets one class for each sample
/// @param counted true where the target is not the ignored one
/// @param valid true where the target is a class
record Classes(int axis, Tensor targets, Tensor counted, Tensor valid) {
  /// What PyTorch ignores by default.
  static final long IGNORED = -100;

  static Classes of(String name, Tensor scores, Tensor targets, long ignoreIndex) {
    if (!targets.dtype().isInteger()) {
      throw new IllegalArgumentException(name + ": targets are classes, integers, not " + targets.dtype());
    }
    int axis = axis(name, scores.shape(), targets.shape());
    Tensor wide = Positions.widen(targets);
    Tensor counted = wide.ne(ignoreIndex);
    IndexCheck.classes(name, wide, counted, scores.size(axis));
    Tensor valid = wide.ge(0).and(wide.lt(scores.size(axis))).and(counted);
    return new Classes(axis, wide, counted, valid);
  }

  private static int axis(String name, Shape scores, Shape targets) {
    int last = scores.rank() - 1;
    boolean second = last > 1 && without(scores, 1).equals(targets);
    boolean trailing = last >= 0 && without(scores, last).equals(targets);
    if (second && trailing) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%s: in scores %s with targets %s, axis 1 or axis %d may be the classes; reshape to (n, classes) and (n)",
              name, scores, targets, last));
    }
    if (!second && !trailing) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%s: targets %s do not fit scores %s; the scores are (n, classes, ...) or (..., classes), and the "
                  + "targets the same without classes",
              name, targets, scores));
    }
    return second ? 1 : last;
  }

  private static Shape without(Shape shape, int axis) {
    int[] sizes = shape.toArray();
    return Shape.of(IntStream.range(0, sizes.length).filter(i -> i != axis).map(i -> sizes[i]).toArray());
  }

  /// For each sample the score of its class; 0 where the target is no class.
  Tensor pick(Tensor scores) {
    return Positions.gather(scores, axis, targets.unsqueeze(axis)).reshape(targets.shape().toArray());
  }

  /// The losses with 0 for ignored samples and NaN for targets that are no class, reduced.
  Tensor reduce(Tensor losses, LossReduction reduction) {
    Tensor checked = valid.where(losses, counted.where(Operations.constant(losses.dtype(), Double.NaN), 0));
    return reduction.of(checked, counted);
  }

  @Override
  public String toString() {
    return "classes on axis " + axis + " for " + Arrays.toString(targets.shape().toArray());
  }
}
