package org.teenygrad;

import java.util.List;

/// Complex numbers as pairs along the last axis.
final class Pairs {
  private Pairs() {}

  static void require(String name, Tensor x) {
    if (x.rank() == 0 || x.size(-1) != 2 || !x.dtype().isFloating()) {
      throw new IllegalArgumentException(
          name + ": takes complex numbers, floating with parts along a last axis of two, not " + x.dtype() + " " + x.shape());
    }
  }

  static Tensor of(Tensor real, Tensor imaginary) {
    return Tensor.stack(List.of(real, imaginary), -1);
  }

  static Tensor conjugate(Tensor x) {
    return x.mul(Tensor.of(new double[] {1, -1}, Shape.of(2), x.device()).cast(x.dtype()));
  }

  static Tensor product(Tensor x, Tensor y) {
    Tensor a = x.select(-1, 0);
    Tensor b = x.select(-1, 1);
    Tensor c = y.select(-1, 0);
    Tensor d = y.select(-1, 1);
    return of(a.mul(c).sub(b.mul(d)), a.mul(d).add(b.mul(c)));
  }
}
