package org.teenygrad;

import org.teenygrad.ir.OpCode;

/// Arithmetic on each element: operators, functions, comparisons.
sealed interface Elementwise permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The sum, with broadcasting and type promotion.
  default Tensor add(Tensor other) {
    return Operations.binary("add", OpCode.ADD, self(), other);
  }

  default Tensor add(Number other) {
    return Operations.binary("add", OpCode.ADD, self(), other);
  }

  /// The product, with broadcasting and type promotion; logical and of bools.
  default Tensor mul(Tensor other) {
    return Operations.binary("mul", OpCode.MUL, self(), other);
  }

  default Tensor mul(Number other) {
    return Operations.binary("mul", OpCode.MUL, self(), other);
  }

  /// e to the power of each element.
  default Tensor exp() {
    return Operations.floating(OpCode.EXP, self());
  }
}
