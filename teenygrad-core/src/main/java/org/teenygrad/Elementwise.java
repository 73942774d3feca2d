package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Arithmetic on each element.
///
/// Two tensors broadcast as in NumPy and promote as in PyTorch; where they cannot, the exception names the operation
/// and both shapes. A Java number takes the tensor's type, unless it is `2.5` and the tensor holds integers: then both
/// become float32.
sealed interface Elementwise permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The sum; logical or of bools. PyTorch's `add`.
  /// ```java
  /// Tensor.of(1f, 2f).add(Tensor.of(10f, 20f));   // [11. 22.]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor add(Tensor other) {
    return Operations.binary("add", OpCode.ADD, self(), other);
  }

  /// Each element plus a number: `Tensor.of(1, 2).add(2.5)` is `[3.5 4.5]` in float32.
  default Tensor add(Number other) {
    return Operations.binary("add", OpCode.ADD, self(), other);
  }

  /// The difference. PyTorch's `sub`; not for bools.
  /// ```java
  /// Tensor.of(3f, 5f).sub(Tensor.of(1f, 7f));   // [ 2. -2.]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or both are bools
  default Tensor sub(Tensor other) {
    return Operations.arithmetic("sub", OpCode.SUB, self(), other);
  }

  /// Each element minus a number.
  default Tensor sub(Number other) {
    return Operations.arithmetic("sub", OpCode.SUB, self(), other);
  }

  /// A number minus each element: `x.rsub(1)` is `1 - x`.
  /// ```java
  /// Tensor.of(3f, 5f).rsub(1);   // [-2. -4.]
  /// ```
  default Tensor rsub(Number other) {
    DType type = Broadcasting.type(self().dtype(), other);
    return Operations.arithmetic("sub", OpCode.SUB, Operations.constant(type, other), self());
  }

  /// The product; logical and of bools. PyTorch's `mul`.
  /// ```java
  /// Tensor.of(1, 2).mul(Tensor.of(3, 4).unsqueeze(1));   // [[3 6]
  ///                                                      //  [4 8]]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor mul(Tensor other) {
    return Operations.binary("mul", OpCode.MUL, self(), other);
  }

  /// Each element times a number.
  default Tensor mul(Number other) {
    return Operations.binary("mul", OpCode.MUL, self(), other);
  }

  /// The quotient, correctly rounded; of integers in float32. PyTorch's `div`.
  /// ```java
  /// Tensor.of(1, 2).div(Tensor.of(2, 0));   // [0.5 inf]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor div(Tensor other) {
    return Operations.floating("div", OpCode.DIV, self(), other);
  }

  /// Each element divided by a number.
  default Tensor div(Number other) {
    return Operations.floating("div", OpCode.DIV, self(), other);
  }

  /// A number divided by each element: `x.rdiv(1)` is `1 / x`.
  /// ```java
  /// Tensor.of(2f, 4f).rdiv(1);   // [0.5  0.25]
  /// ```
  default Tensor rdiv(Number other) {
    Tensor x = Operations.toFloating(self());
    return Operations.floating("div", OpCode.DIV, Operations.constant(x.dtype(), other), x);
  }

  /// The quotient rounded towards minus infinity, as Python's `//` and PyTorch's `floor_divide`. The type is the
  /// promoted one; an integer divided by 0 gives 0.
  /// ```java
  /// Tensor.of(-7, 7).floorDiv(2);   // [-4  3]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or both are bools
  default Tensor floorDiv(Tensor other) {
    return Division.floor(self(), other);
  }

  /// [#floorDiv(Tensor)] by a number.
  default Tensor floorDiv(Number other) {
    return Division.floor(self(), Operations.constant(Broadcasting.type(self().dtype(), other), other));
  }

  /// The quotient rounded towards zero, as PyTorch's `div(.., rounding_mode="trunc")` and Java's `/` on integers.
  /// ```java
  /// Tensor.of(-7, 7).truncDiv(2);   // [-3  3]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or both are bools
  default Tensor truncDiv(Tensor other) {
    return Division.truncated(self(), other);
  }

  /// [#truncDiv(Tensor)] by a number.
  default Tensor truncDiv(Number other) {
    return Division.truncated(self(), Operations.constant(Broadcasting.type(self().dtype(), other), other));
  }

  /// What [#floorDiv(Tensor)] leaves, with the sign of the divisor, as Python's `%` and PyTorch's `remainder`.
  /// ```java
  /// Tensor.of(-7, 7).remainder(3);   // [2 1]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or both are bools
  default Tensor remainder(Tensor other) {
    return Division.remainder(self(), other);
  }

  /// [#remainder(Tensor)] by a number.
  default Tensor remainder(Number other) {
    return Division.remainder(self(), Operations.constant(Broadcasting.type(self().dtype(), other), other));
  }

  /// What [#truncDiv(Tensor)] leaves, with the sign of the dividend, as C's and PyTorch's `fmod`.
  /// ```java
  /// Tensor.of(-7, 7).fmod(3);   // [-1  1]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or both are bools
  default Tensor fmod(Tensor other) {
    return Operations.arithmetic("fmod", OpCode.MOD, self(), other);
  }

  /// [#fmod(Tensor)] by a number.
  default Tensor fmod(Number other) {
    return Operations.arithmetic("fmod", OpCode.MOD, self(), other);
  }

  /// Each element with the other sign; not for bools.
  /// ```java
  /// Tensor.of(1f, -2f).neg();   // [-1.  2.]
  /// ```
  default Tensor neg() {
    return Operations.numeric("neg", OpCode.NEG, self());
  }

  /// Each element without its sign; not for bools.
  /// ```java
  /// Tensor.of(1f, -2f).abs();   // [1. 2.]
  /// ```
  default Tensor abs() {
    return Operations.numeric("abs", OpCode.ABS, self());
  }

  /// -1, 0 or 1, in the tensor's type; 0 for NaN. The derivative is 0 everywhere. PyTorch's `sign`.
  /// ```java
  /// Tensor.of(-3f, 0f, 5f).sign();   // [-1.  0.  1.]
  /// ```
  default Tensor sign() {
    Tensor x = self();
    if (!x.dtype().isFloating()) {
      return x.gt(0).cast(x.dtype()).sub(x.lt(0).cast(x.dtype()));
    }
    Tensor one = x.abs().clampMax(1).ceil(); // not a constant: the result depends on x for the chain rule, too
    return x.gt(0).where(one, x.lt(0).where(one.neg(), 0));
  }

  /// Each element times itself.
  /// ```java
  /// Tensor.of(-3f, 2f).square();   // [9. 4.]
  /// ```
  default Tensor square() {
    return mul(self());
  }

  /// The largest integer that is not larger; integers stay as they are. PyTorch's `floor`.
  /// ```java
  /// Tensor.of(-1.5f, 1.5f).floor();   // [-2.  1.]
  /// ```
  default Tensor floor() {
    return rounded(OpCode.FLOOR);
  }

  /// The smallest integer that is not smaller; integers stay as they are. PyTorch's `ceil`.
  /// ```java
  /// Tensor.of(-1.5f, 1.5f).ceil();   // [-1.  2.]
  /// ```
  default Tensor ceil() {
    return rounded(OpCode.CEIL);
  }

  /// Each element without its fraction; integers stay as they are. PyTorch's `trunc`.
  /// ```java
  /// Tensor.of(-1.5f, 1.5f).trunc();   // [-1.  1.]
  /// ```
  default Tensor trunc() {
    return rounded(OpCode.TRUNC);
  }

  /// The nearest integer, halves to even: 2.5 gives 2; integers stay as they are. PyTorch's `round`.
  /// ```java
  /// Tensor.of(0.5f, 1.5f, 2.5f).round();   // [0. 2. 2.]
  /// ```
  default Tensor round() {
    return rounded(OpCode.ROUND);
  }

  private Tensor rounded(OpCode op) {
    return self().dtype().isFloating() ? Tensor.apply(op, self()) : self().alias();
  }

  /// The larger of both; NaN if either is. PyTorch's `maximum`.
  /// ```java
  /// Tensor.of(1f, 5f).maximum(Tensor.of(3f, 2f));   // [3. 5.]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor maximum(Tensor other) {
    return Operations.binary("maximum", OpCode.MAX, self(), other);
  }

  /// The larger of each element and a number.
  default Tensor maximum(Number other) {
    return Operations.binary("maximum", OpCode.MAX, self(), other);
  }

  /// The smaller of both; NaN if either is. PyTorch's `minimum`.
  /// ```java
  /// Tensor.of(1f, 5f).minimum(Tensor.of(3f, 2f));   // [1. 2.]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor minimum(Tensor other) {
    return Operations.binary("minimum", OpCode.MIN, self(), other);
  }

  /// The smaller of each element and a number.
  default Tensor minimum(Number other) {
    return Operations.binary("minimum", OpCode.MIN, self(), other);
  }

  /// Each element moved into `low..high`; NaN stays. The gradient passes where nothing was cut, borders included.
  /// PyTorch's `clamp`.
  /// ```java
  /// Tensor.of(-2f, 0.5f, 3f).clamp(-1, 1);   // [-1.   0.5  1. ]
  /// ```
  default Tensor clamp(Number low, Number high) {
    return clampMin(low).clampMax(high);
  }

  /// Each element, or `low` where it is smaller. PyTorch's `clamp(min=low)`.
  /// ```java
  /// Tensor.of(-1f, 2f).clampMin(0);   // [0. 2.]
  /// ```
  default Tensor clampMin(Number low) {
    return self().lt(low).where(low, self());
  }

  /// Each element, or `high` where it is larger. PyTorch's `clamp(max=high)`.
  /// ```java
  /// Tensor.of(-1f, 2f).clampMax(0);   // [-1.  0.]
  /// ```
  default Tensor clampMax(Number high) {
    return self().gt(high).where(high, self());
  }

  /// Each element moved into `low..high`, which broadcast.
  default Tensor clamp(Tensor low, Tensor high) {
    return maximum(low).minimum(high);
  }

  /// The point at `weight` of the way to `end`: `x + weight * (end - x)`. PyTorch's `lerp`.
  /// ```java
  /// Tensor.of(0f, 10f).lerp(Tensor.of(4f, 20f), 0.25);   // [ 1.  12.5]
  /// ```
  default Tensor lerp(Tensor end, Number weight) {
    return add(end.sub(self()).mul(weight));
  }

  /// [#lerp(Tensor, Number)] with a weight for each element.
  default Tensor lerp(Tensor end, Tensor weight) {
    return add(end.sub(self()).mul(weight));
  }

  /// This tensor with 0 for NaN and the type's largest and smallest numbers for infinities. PyTorch's `nan_to_num`.
  /// ```java
  /// Tensor.of(1f, Float.NaN).nanToNum();   // [1. 0.]
  /// ```
  default Tensor nanToNum() {
    double largest = (self().dtype().isFloating() ? self().dtype() : DType.FLOAT32).largest();
    return nanToNum(0, largest, -largest);
  }

  /// This tensor with one number for NaN, one for infinity, and one for minus infinity.
  default Tensor nanToNum(double nan, double infinity, double minusInfinity) {
    Tensor x = self();
    if (!x.dtype().isFloating()) {
      return x.alias();
    }
    Tensor finite = x.isInf().where(x.gt(0).where(infinity, Operations.constant(x.dtype(), minusInfinity)), x);
    return x.isNan().where(nan, finite);
  }
}
