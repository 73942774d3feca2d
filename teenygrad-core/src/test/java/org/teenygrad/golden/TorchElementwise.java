package org.teenygrad.golden;

import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Functions of each element, and of pairs of elements.
final class TorchElementwise {
  private TorchElementwise() {}

  static void fill(Torch.Table t) {
    t.unary("exp", Tensor::exp);
    t.unary("exp2", Tensor::exp2);
    t.unary("expm1", Tensor::expm1);
    t.unary("log", Tensor::log);
    t.unary("log2", Tensor::log2);
    t.unary("log10", Tensor::log10);
    t.unary("log1p", Tensor::log1p);
    t.unary("sqrt", Tensor::sqrt);
    t.unary("rsqrt", Tensor::rsqrt);
    t.unary("reciprocal", Tensor::reciprocal);
    t.unary("sin", Tensor::sin);
    t.unary("cos", Tensor::cos);
    t.unary("tan", Tensor::tan);
    t.unary("asin", Tensor::asin);
    t.unary("acos", Tensor::acos);
    t.unary("atan", Tensor::atan);
    t.unary("sinh", Tensor::sinh);
    t.unary("cosh", Tensor::cosh);
    t.unary("tanh", Tensor::tanh);
    t.unary("asinh", Tensor::asinh);
    t.unary("acosh", Tensor::acosh);
    t.unary("atanh", Tensor::atanh);
    t.unary("erf", Tensor::erf);
    t.unary("abs", Tensor::abs);
    t.unary("sign", Tensor::sign);
    t.unary("floor", Tensor::floor);
    t.unary("ceil", Tensor::ceil);
    t.unary("round", Tensor::round);
    t.unary("trunc", Tensor::trunc);
    t.unary("square", Tensor::square);
    t.unary("neg", Tensor::neg);
    t.unary("isnan", Tensor::isNan);
    t.unary("isinf", Tensor::isInf);
    t.unary("isfinite", Tensor::isFinite);
    t.unary("signbit", Tensor::signbit);
    t.unary("logical_not", Tensor::logicalNot);
    t.unary("bitwise_not __invert__", Tensor::not);
    t.unary("detach", Tensor::detach);
    t.unary("relu", Tensor::relu);
    t.unary("relu6", Tensor::relu6);
    t.unary("sigmoid", Tensor::sigmoid);
    t.unary("silu", Tensor::silu);
    t.unary("mish", Tensor::mish);
    t.unary("softsign", Tensor::softsign);
    t.unary("hardswish", Tensor::hardSwish);
    t.unary("hardsigmoid", Tensor::hardSigmoid);
    t.unary("logsigmoid", Tensor::logSigmoid);
    t.unary("selu", Tensor::selu);
    t.one("softplus", c -> c.x().softplus(c.real(1, "beta", 1)));
    t.one("elu", c -> c.x().elu(c.real(1, "alpha", 1)));
    t.one("celu", c -> c.x().celu(c.real(1, "alpha", 1)));
    t.one("leaky_relu", c -> c.x().leakyRelu(c.real(1, "negative_slope", 0.01)));
    t.one("hardtanh", c -> c.x().hardtanh(c.real(1, "min_val", -1), c.real(2, "max_val", 1)));
    t.one("gelu", c -> c.text(1, "approximate", "none").equals("tanh") ? c.x().geluTanh() : c.x().gelu());
    t.one("clamp clip", TorchElementwise::clamp);

    t.binary("add __add__ __radd__", Tensor::add);
    t.binary("sub __sub__", Tensor::sub);
    t.binary("mul __mul__ __rmul__", Tensor::mul);
    t.one("div __truediv__", TorchElementwise::div);
    t.binary("floor_divide __floordiv__", Tensor::floorDiv);
    t.binary("remainder __mod__", Tensor::remainder);
    t.binary("fmod", Tensor::fmod);
    t.binary("maximum", Tensor::maximum);
    t.binary("minimum", Tensor::minimum);
    t.binary("atan2", Tensor::atan2);
    t.binary("copysign", Tensor::copysign);
    t.binary("logaddexp", Tensor::logaddexp);
    t.binary("eq __eq__", Tensor::eq);
    t.binary("ne __ne__", Tensor::ne);
    t.binary("lt __lt__", Tensor::lt);
    t.binary("le __le__", Tensor::le);
    t.binary("gt __gt__", Tensor::gt);
    t.binary("ge __ge__", Tensor::ge);
    t.binary("logical_and", Tensor::logicalAnd);
    t.binary("logical_or", Tensor::logicalOr);
    t.binary("logical_xor", Tensor::logicalXor);
    t.binary("bitwise_and __and__", Tensor::and);
    t.binary("bitwise_or __or__", Tensor::or);
    t.binary("bitwise_xor __xor__", Tensor::xor);
    t.binary("bitwise_left_shift __lshift__", Tensor::shiftLeft);
    t.binary("bitwise_right_shift __rshift__", Tensor::shiftRight);
    t.binary("__rsub__", (x, y) -> y.sub(x));
    t.binary("__rtruediv__", (x, y) -> y.div(x));
    t.binary("__rmod__", (x, y) -> y.remainder(x));
    t.one("pow __pow__", c -> c.isNumber(1, "exponent")
        ? c.x().pow(c.number(1, "exponent", 0)) : c.x().pow(c.tensor(1, "exponent")));
    t.one("__rpow__", c -> c.tensor(1, "other").pow(c.x()));
    t.one("lerp", c -> c.x().lerp(c.tensor(1, "end"), c.tensor(2, "weight")));
    t.one("where", c -> c.x().where(c.tensor(1, "input"), c.tensor(2, "other")));
    t.one("isclose", c -> c.x().isClose(
        c.tensor(1, "other"), c.real(2, "rtol", 1e-5), c.real(3, "atol", 1e-8), c.flag(4, "equal_nan")));

    t.one("type to cast", c -> c.x().cast(c.get(1, "dtype") instanceof DType type ? type : DType.FLOAT32));
    t.unary("half", Tensor::half);
    t.unary("float", Tensor::toFloat);
    t.unary("double", Tensor::toDouble);
    t.unary("int", Tensor::toInt);
    t.unary("long", Tensor::toLong);
    t.unary("bool", Tensor::toBool);
  }

  private static Tensor clamp(Call c) {
    if (!c.has(1, "min") && !c.has(2, "max")) {
      throw new IllegalArgumentException("clamp: neither min nor max");
    }
    Tensor above = !c.has(1, "min") ? c.x()
        : c.isNumber(1, "min") ? c.x().clampMin(c.number(1, "min", 0)) : c.x().maximum(c.tensor(1, "min"));
    return !c.has(2, "max") ? above
        : c.isNumber(2, "max") ? above.clampMax(c.number(2, "max", 0)) : above.minimum(c.tensor(2, "max"));
  }

  private static Tensor div(Call c) {
    Tensor y = c.tensor(1, "other");
    return switch (c.text(2, "rounding_mode", "none")) {
      case "none" -> c.x().div(y);
      case "trunc" -> c.x().truncDiv(y);
      case "floor" -> c.x().floorDiv(y);
      default -> throw new IllegalArgumentException("div: rounding mode " + c.text(2, "rounding_mode", ""));
    };
  }

  /// A number as a tensor without axes.
  static Tensor scalar(Number value, DType type) {
    return Tensor.full(Shape.SCALAR, value, type);
  }
}
