package org.teenygrad;

/// The middle of what is in order.
final class Medians {
  private Medians() {}

  /// NaN stand last in the order: the first of them is where the numbers end.
  static Sorted of(String name, Tensor x, int axis, boolean skipsNan) {
    if (x.rank() == 0) {
      Sorted one = of(name, x.unsqueeze(0), axis, skipsNan);
      return new Sorted(one.values(), one.indices());
    }
    int at = x.shape().axis(axis);
    int n = x.size(at);
    if (n == 0) {
      throw new IllegalArgumentException(name + ": axis " + at + " of " + x.shape() + " has no elements");
    }
    Tensor order = x.sort(at, false).indices();
    Tensor middle = Tensor.full(Shape.SCALAR, (n - 1) / 2, DType.INT64);
    Tensor index;
    if (x.dtype().isFloating()) {
      Tensor numbers = x.isNan().logicalNot().sum(at, true);
      Tensor place = skipsNan ? numbers.sub(1).clampMin(0).truncDiv(2) : numbers.lt(n).where(numbers, middle);
      index = order.gather(at, place);
    } else {
      index = order.narrow(at, (n - 1) / 2, 1);
    }
    return new Sorted(x.gather(at, index).squeeze(at), index.squeeze(at));
  }
}
