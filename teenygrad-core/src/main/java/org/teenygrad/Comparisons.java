package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Questions about each element, logic on the answers, and choosing by them; also the operations on bits.
sealed interface Comparisons permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// Where both are equal, as bool; false for NaN. PyTorch's `eq`.
  /// ```java
  /// Tensor.of(1, 2).eq(Tensor.of(1, 3));   // [ True False]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor eq(Tensor other) {
    return Operations.binary("eq", OpCode.EQ, self(), other);
  }

  /// Where the elements equal a number.
  default Tensor eq(Number other) {
    return Operations.binary("eq", OpCode.EQ, self(), other);
  }

  /// Where both differ, as bool; true for NaN. PyTorch's `ne`.
  /// ```java
  /// Tensor.of(1, 2).ne(Tensor.of(1, 3));   // [False  True]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor ne(Tensor other) {
    return Operations.binary("ne", OpCode.NE, self(), other);
  }

  /// Where the elements differ from a number.
  default Tensor ne(Number other) {
    return Operations.binary("ne", OpCode.NE, self(), other);
  }

  /// Where this is less, as bool; false for NaN. PyTorch's `lt`.
  /// ```java
  /// Tensor.of(1, 2).lt(Tensor.of(2, 2));   // [ True False]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor lt(Tensor other) {
    return Operations.binary("lt", OpCode.LT, self(), other);
  }

  /// Where the elements are less than a number.
  default Tensor lt(Number other) {
    return Operations.binary("lt", OpCode.LT, self(), other);
  }

  /// Where this is less or equal, as bool; false for NaN. PyTorch's `le`.
  /// ```java
  /// Tensor.of(1, 2).le(Tensor.of(2, 1));   // [ True False]
  /// ```
  default Tensor le(Tensor other) {
    return Broadcasting.type(self(), other).isFloating() ? lt(other).or(eq(other)) : gt(other).not();
  }

  /// Where the elements are at most a number.
  default Tensor le(Number other) {
    return le(constant(other));
  }

  /// Where this is greater, as bool; false for NaN. PyTorch's `gt`.
  /// ```java
  /// Tensor.of(1, 2).gt(Tensor.of(1, 1));   // [False  True]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor gt(Tensor other) {
    return Operations.binary("gt", OpCode.LT, other, self());
  }

  /// Where the elements are greater than a number.
  default Tensor gt(Number other) {
    return gt(constant(other));
  }

  /// Where this is greater or equal, as bool; false for NaN. PyTorch's `ge`.
  /// ```java
  /// Tensor.of(1, 2).ge(Tensor.of(1, 3));   // [ True False]
  /// ```
  default Tensor ge(Tensor other) {
    return Broadcasting.type(self(), other).isFloating() ? gt(other).or(eq(other)) : lt(other).not();
  }

  /// Where the elements are at least a number.
  default Tensor ge(Number other) {
    return ge(constant(other));
  }

  private Tensor constant(Number number) {
    return Operations.constant(Broadcasting.type(self().dtype(), number), number);
  }

  /// Where the elements are NaN, as bool. PyTorch's `isnan`.
  /// ```java
  /// Tensor.of(1f, Float.NaN).isNan();   // [False  True]
  /// ```
  default Tensor isNan() {
    return ne(self());
  }

  /// Where the elements are infinite, as bool. PyTorch's `isinf`.
  /// ```java
  /// Tensor.of(1f, Float.NEGATIVE_INFINITY).isInf();   // [False  True]
  /// ```
  default Tensor isInf() {
    return self().dtype().isFloating() ? self().abs().eq(Double.POSITIVE_INFINITY) : eq(self()).not();
  }

  /// Where the elements are neither NaN nor infinite, as bool. PyTorch's `isfinite`.
  /// ```java
  /// Tensor.of(1f, Float.NaN).isFinite();   // [ True False]
  /// ```
  default Tensor isFinite() {
    return self().dtype().isFloating() ? self().abs().lt(Double.POSITIVE_INFINITY) : eq(self());
  }

  /// This tensor as a condition: elements of `yes` where it is true (or not 0), of `no` elsewhere. All three
  /// broadcast, `yes` and `no` promote. PyTorch's `where`.
  /// ```java
  /// x.gt(0).where(x, x.mul(0.1));   // a leaky relu
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor where(Tensor yes, Tensor no) {
    DType type = Broadcasting.type(yes, no);
    Shape shape = Broadcasting.shape("where", self().shape(), yes.shape(), no.shape());
    return Tensor.apply(
        OpCode.WHERE,
        self().toBool().broadcastTo(shape),
        yes.cast(type).broadcastTo(shape),
        no.cast(type).broadcastTo(shape));
  }

  /// [#where(Tensor, Tensor)] with a number where true.
  default Tensor where(Number yes, Tensor no) {
    return where(Operations.constant(Broadcasting.type(no.dtype(), yes), yes), no);
  }

  /// [#where(Tensor, Tensor)] with a number where false.
  default Tensor where(Tensor yes, Number no) {
    return where(yes, Operations.constant(Broadcasting.type(yes.dtype(), no), no));
  }

  /// Where both are true (or not 0), as bool. PyTorch's `logical_and`.
  /// ```java
  /// Tensor.of(0, 1, 2).logicalAnd(Tensor.of(1, 1, 0));   // [False  True False]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor logicalAnd(Tensor other) {
    return Operations.binary("logicalAnd", OpCode.AND, self().toBool(), other.toBool());
  }

  /// Where either is true (or not 0), as bool. PyTorch's `logical_or`.
  /// ```java
  /// Tensor.of(0, 1, 2).logicalOr(Tensor.of(0, 1, 0));   // [False  True  True]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor logicalOr(Tensor other) {
    return Operations.binary("logicalOr", OpCode.OR, self().toBool(), other.toBool());
  }

  /// Where one of both is true (or not 0), as bool. PyTorch's `logical_xor`.
  /// ```java
  /// Tensor.of(0, 1, 2).logicalXor(Tensor.of(0, 1, 0));   // [False False  True]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor logicalXor(Tensor other) {
    return Operations.binary("logicalXor", OpCode.XOR, self().toBool(), other.toBool());
  }

  /// Where the elements are false (or 0), as bool. PyTorch's `logical_not`.
  /// ```java
  /// Tensor.of(0, 1, 2).logicalNot();   // [ True False False]
  /// ```
  default Tensor logicalNot() {
    return Tensor.apply(OpCode.NOT, self().toBool());
  }

  /// Bitwise and of integers; logical and of bools. Python's `&`, PyTorch's `bitwise_and`.
  /// ```java
  /// Tensor.of(6, 5).and(Tensor.of(3, 4));   // [2 4]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or one is floating
  default Tensor and(Tensor other) {
    return Operations.integral("and", OpCode.AND, self(), other, true);
  }

  /// Bitwise and with a number.
  default Tensor and(Number other) {
    return and(constant(other));
  }

  /// Bitwise or of integers; logical or of bools. Python's `|`, PyTorch's `bitwise_or`.
  /// ```java
  /// Tensor.of(6, 5).or(Tensor.of(3, 4));   // [7 5]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or one is floating
  default Tensor or(Tensor other) {
    return Operations.integral("or", OpCode.OR, self(), other, true);
  }

  /// Bitwise or with a number.
  default Tensor or(Number other) {
    return or(constant(other));
  }

  /// Bitwise exclusive or of integers; logical of bools. Python's `^`, PyTorch's `bitwise_xor`.
  /// ```java
  /// Tensor.of(6, 5).xor(Tensor.of(3, 4));   // [5 1]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or one is floating
  default Tensor xor(Tensor other) {
    return Operations.integral("xor", OpCode.XOR, self(), other, true);
  }

  /// Bitwise exclusive or with a number.
  default Tensor xor(Number other) {
    return xor(constant(other));
  }

  /// Bitwise complement of integers; logical of bools. Python's `~`, PyTorch's `bitwise_not`.
  /// ```java
  /// Tensor.of(0, 5).not();   // [-1 -6]
  /// ```
  /// @throws IllegalArgumentException if this tensor is floating
  default Tensor not() {
    if (self().dtype().isFloating()) {
      throw new IllegalArgumentException("not: is for integers and bool, not " + self().dtype());
    }
    return Tensor.apply(OpCode.NOT, self());
  }

  /// Integers shifted left by that many bits; 0 where it is not less than the type's width. Python's `<<`.
  /// ```java
  /// Tensor.of(1, 3).shiftLeft(2);   // [ 4 12]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or one is not of integers
  default Tensor shiftLeft(Tensor bits) {
    return Operations.integral("shiftLeft", OpCode.SHL, self(), bits, false);
  }

  /// [#shiftLeft(Tensor)] by one number of bits.
  default Tensor shiftLeft(int bits) {
    return shiftLeft(constant(bits));
  }

  /// Integers shifted right by that many bits; signed types keep their sign. Python's `>>`.
  /// ```java
  /// Tensor.of(8, -8).shiftRight(2);   // [ 2 -2]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not broadcast, or one is not of integers
  default Tensor shiftRight(Tensor bits) {
    return Operations.integral("shiftRight", OpCode.SHR, self(), bits, false);
  }

  /// [#shiftRight(Tensor)] by one number of bits.
  default Tensor shiftRight(int bits) {
    return shiftRight(constant(bits));
  }

  /// Whether elements are equal up to `atol + rtol |other|`; infinities if they are the same. PyTorch's `isclose`.
  /// ```java
  /// x.isClose(y, 1e-5, 1e-8, false);   // with PyTorch's defaults
  /// ```
  /// @param equalNan whether NaN is close to NaN
  /// @throws IllegalArgumentException if a tolerance is negative
  default Tensor isClose(Tensor other, double rtol, double atol, boolean equalNan) {
    if (!(rtol >= 0 && atol >= 0)) {
      throw new IllegalArgumentException("isClose: tolerances must not be negative, but are rtol " + rtol + " and atol " + atol);
    }
    Tensor x = self();
    Tensor same = x.eq(other);
    if (equalNan) {
      same = same.logicalOr(x.isNan().logicalAnd(other.isNan()));
    }
    Tensor near = x.sub(other).abs().le(other.abs().mul(rtol).add(atol));
    return same.logicalOr(near.logicalAnd(x.isFinite()).logicalAnd(other.isFinite()));
  }

  /// Whether all elements are close: [#isClose] with PyTorch's tolerances 1e-5 and 1e-8, computed at once. PyTorch's `allclose`.
  /// ```java
  /// Tensor.of(1f, 2f).allClose(Tensor.of(1f, 2.00001f));   // true
  /// ```
  default boolean allClose(Tensor other) {
    return isClose(other, 1e-5, 1e-8, false).all().itemBoolean();
  }
}
