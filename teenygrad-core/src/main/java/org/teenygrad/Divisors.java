package org.teenygrad;

/// Euclid's algorithm on every element: as many steps as the largest numbers of the type can need, neighbours in Fibonacci's sequence.
final class Divisors {
  private static final double STEPS_PER_BIT = 1.45;

  private Divisors() {}

  static Tensor gcd(String name, Tensor a, Tensor b) {
    DType type = Broadcasting.type(a, b);
    if (!type.isInteger()) {
      throw new IllegalArgumentException(name + ": is for integers, not " + a.dtype() + " and " + b.dtype());
    }
    Shape shape = Broadcasting.shape(name, a.shape(), b.shape());
    Tensor x = a.cast(type).broadcastTo(shape);
    Tensor y = b.cast(type).broadcastTo(shape);
    int steps = (int) Math.ceil(STEPS_PER_BIT * 8 * type.bytes());
    for (int i = 0; i < steps; i++) {
      Tensor rest = x.fmod(y.eq(0).where(1, y)); // 0 where y is 0 already
      x = y.eq(0).where(x, y);
      y = rest;
    }
    return type == DType.UINT8 ? x : x.abs();
  }
}
