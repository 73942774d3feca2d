package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Powers by the cheapest exact way.
final class Powers {
  private Powers() {}

  static Tensor pow(Tensor x, Number exponent) {
    double power = exponent.doubleValue();
    if (x.dtype().isInteger() && !Broadcasting.isFloating(exponent)) {
      if (power < 0) {
        throw new IllegalArgumentException(
            "pow: " + x.dtype() + " to the negative power " + exponent + "; cast it to a floating type");
      }
      return repeated(x, exponent.longValue());
    }
    Tensor base = Operations.toFloating(x);
    if (power == Math.rint(power) && Math.abs(power) <= 4) {
      Tensor positive = repeated(base, (long) Math.abs(power));
      return power < 0 ? positive.reciprocal() : positive;
    }
    // pow(-inf, 0.5) is inf where sqrt(-inf) is NaN; PyTorch takes the root all the same.
    if (power == 0.5) {
      return base.sqrt();
    }
    if (power == -0.5) {
      return base.rsqrt();
    }
    return Operations.floating("pow", OpCode.POW, base, exponent);
  }

  /// x^(1/3) and a step of Newton's method: a third is no number of any type.
  static Tensor cbrt(Tensor x) {
    Tensor size = x.signbit().where(x.neg(), x);
    Tensor power = pow(size, 1.0 / 3);
    Tensor special = size.eq(0).logicalOr(size.isFinite().logicalNot());
    Tensor safe = special.where(1, size);
    Tensor near = special.where(1, power);
    Tensor root = special.where(power, near.sub(near.sub(safe.div(near.square())).div(3)));
    return x.signbit().where(root.neg(), root);
  }

  static Tensor pow(Tensor x, Tensor exponent) {
    DType type = Broadcasting.type(x, exponent);
    if (type.isFloating()) {
      return Operations.binary("pow", OpCode.POW, x, exponent);
    }
    return Operations.binary("pow", OpCode.POW, DType.FLOAT64, x, exponent).round().cast(type);
  }

  /// Squaring and multiplying: as many products as the exponent has bits, twice at most.
  private static Tensor repeated(Tensor x, long exponent) {
    if (exponent == 0) {
      return x.dtype().isFloating() ? Operations.floating("pow", OpCode.POW, x, 0) : x.onesLike(); // 0 is a gradient, too
    }
    Tensor result = null;
    for (Tensor square = x.alias(); ; square = square.square()) {
      if ((exponent & 1) != 0) {
        result = result == null ? square : result.mul(square);
      }
      exponent >>= 1;
      if (exponent == 0) {
        return result == null ? x : result;
      }
    }
  }
}
