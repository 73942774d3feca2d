package org.teenygrad.golden;

import java.util.List;
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
    t.unary("asin arcsin", Tensor::asin);
    t.unary("acos arccos", Tensor::acos);
    t.unary("atan arctan", Tensor::atan);
    t.unary("sinh", Tensor::sinh);
    t.unary("cosh", Tensor::cosh);
    t.unary("tanh", Tensor::tanh);
    t.unary("asinh arcsinh", Tensor::asinh);
    t.unary("acosh arccosh", Tensor::acosh);
    t.unary("atanh arctanh", Tensor::atanh);
    t.unary("erf", Tensor::erf);
    t.unary("abs absolute __abs__", Tensor::abs);
    t.unary("sign", Tensor::sign);
    t.unary("floor", Tensor::floor);
    t.unary("ceil", Tensor::ceil);
    t.one("round(input, decimals=0)", TorchElementwise::round);
    t.unary("trunc fix", Tensor::trunc);
    t.unary("square", Tensor::square);
    t.unary("frac", Tensor::frac);
    t.unary("sinc", Tensor::sinc);
    t.unary("deg2rad", Tensor::deg2rad);
    t.unary("rad2deg", Tensor::rad2deg);
    t.one("logit(input, eps=None)", c -> (c.has("eps") ? c.x().clamp(c.real("eps"), 1 - c.real("eps")) : c.x()).logit());
    t.unary("isposinf", x -> x.eq(Double.POSITIVE_INFINITY));
    t.unary("isneginf", x -> x.eq(Double.NEGATIVE_INFINITY));
    t.unary("neg negative __neg__", Tensor::neg);
    t.unary("isnan", Tensor::isNan);
    t.unary("isinf", Tensor::isInf);
    t.unary("isfinite", Tensor::isFinite);
    t.unary("signbit", Tensor::signbit);
    t.unary("logical_not", Tensor::logicalNot);
    t.unary("bitwise_not __invert__", Tensor::not);
    t.unary("detach", Tensor::detach);
    t.unary("relu", Tensor::relu);
    t.unary("relu6", Tensor::relu6);
    t.unary("sigmoid expit", Tensor::sigmoid);
    t.unary("silu", Tensor::silu);
    t.unary("mish", Tensor::mish);
    t.unary("softsign", Tensor::softsign);
    t.unary("hardswish", Tensor::hardSwish);
    t.unary("hardsigmoid", Tensor::hardSigmoid);
    t.unary("logsigmoid", Tensor::logSigmoid);
    t.unary("selu", Tensor::selu);
    t.one("softplus(input, beta=1, threshold=20)", c -> c.x().softplus(c.real("beta"), c.real("threshold")));
    t.one("elu(input, alpha=1.0)", c -> c.x().elu(c.real("alpha")));
    t.one("celu(input, alpha=1.0)", c -> c.x().celu(c.real("alpha")));
    t.one("leaky_relu(input, negative_slope=0.01)", c -> c.x().leakyRelu(c.real("negative_slope")));
    t.one("hardtanh(input, min_val=-1.0, max_val=1.0)", c -> c.x().hardtanh(c.real("min_val"), c.real("max_val")));
    t.one("gelu(input, approximate='none')", c -> c.text("approximate").equals("tanh") ? c.x().geluTanh() : c.x().gelu());
    t.one("clamp clip(input, min=None, max=None)", TorchElementwise::clamp);
    t.one("clamp_min(input, min)", TorchElementwise::clamp);
    t.one("clamp_max(input, max)", TorchElementwise::clamp);
    t.one("threshold(input, threshold, value)", c -> c.x().threshold(c.real("threshold"), c.real("value")));
    t.one("softshrink(input, lambd=0.5)", c -> c.x().softshrink(c.real("lambd")));
    t.one("hardshrink(input, lambd=0.5)", c -> c.x().hardshrink(c.real("lambd")));
    t.unary("tanhshrink", Tensor::tanhshrink);
    t.one("prelu(input, weight)", c -> c.x().prelu(c.tensor("weight")));
    t.one("glu(input, dim=-1)", c -> c.x().glu(c.integer("dim")));
    t.one("dropout dropout1d dropout2d dropout3d alpha_dropout(input, p=0.5, training=True)", TorchElementwise::dropout);

    t.one("add __add__ __radd__(input, other, alpha=1)", c -> c.x().add(scaled(c)));
    t.one("sub subtract __sub__(input, other, alpha=1)", c -> c.x().sub(scaled(c)));
    t.one("rsub __rsub__(input, other, alpha=1)", c -> c.tensor("other").sub(c.isOne("alpha") ? c.x() : c.x().mul(c.number("alpha"))));
    t.binary("mul multiply __mul__ __rmul__", Tensor::mul);
    t.one("div divide true_divide __truediv__(input, other, rounding_mode='none')", TorchElementwise::div);
    t.binary("floor_divide __floordiv__", Tensor::floorDiv);
    t.binary("__rfloordiv__", (x, y) -> y.floorDiv(x));
    t.binary("remainder __mod__", Tensor::remainder);
    t.binary("fmod", Tensor::fmod);
    t.binary("maximum", Tensor::maximum);
    t.binary("minimum", Tensor::minimum);
    t.binary("atan2 arctan2", Tensor::atan2);
    t.binary("copysign", Tensor::copysign);
    t.binary("logaddexp", Tensor::logaddexp);
    t.binary("logaddexp2", Tensor::logaddexp2);
    t.binary("hypot", Tensor::hypot);
    t.one("heaviside(input, values)", c -> c.x().heaviside(c.tensor("values")));
    t.binary("xlogy", Tensor::xlogy);
    t.binary("fmax", Tensor::fmax);
    t.binary("fmin", Tensor::fmin);
    t.binary("nextafter", Tensor::nextafter);
    t.one("addcmul(input, tensor1, tensor2, value=1)", c -> c.x().addcmul(c.tensor("tensor1"), c.tensor("tensor2"), c.number("value")));
    t.one("addcdiv(input, tensor1, tensor2, value=1)", c -> c.x().addcdiv(c.tensor("tensor1"), c.tensor("tensor2"), c.number("value")));
    t.binary("eq __eq__", Tensor::eq);
    t.binary("ne not_equal __ne__", Tensor::ne);
    t.binary("lt less __lt__", Tensor::lt);
    t.binary("le less_equal __le__", Tensor::le);
    t.binary("gt greater __gt__", Tensor::gt);
    t.binary("ge greater_equal __ge__", Tensor::ge);
    t.binary("logical_and", Tensor::logicalAnd);
    t.binary("logical_or", Tensor::logicalOr);
    t.binary("logical_xor", Tensor::logicalXor);
    t.binary("bitwise_and __and__ __rand__", Tensor::and);
    t.binary("bitwise_or __or__ __ror__", Tensor::or);
    t.binary("bitwise_xor __xor__ __rxor__", Tensor::xor);
    t.binary("bitwise_left_shift __lshift__", Tensor::shiftLeft);
    t.binary("bitwise_right_shift __rshift__", Tensor::shiftRight);
    t.binary("__rlshift__", (x, y) -> y.shiftLeft(x));
    t.binary("__rrshift__", (x, y) -> y.shiftRight(x));
    t.binary("__rtruediv__ __rdiv__", (x, y) -> y.div(x));
    t.binary("__rmod__", (x, y) -> y.remainder(x));
    t.one("pow __pow__(input, exponent|other)", c -> c.isNumber("exponent")
        ? c.x().pow(c.number("exponent")) : c.x().pow(c.tensor("exponent")));
    t.one("float_power(input, exponent)", c -> c.x().toDouble().pow(c.tensor("exponent").toDouble()));
    t.one("__rpow__(input, other)", c -> c.tensor("other").pow(c.x()));
    t.one("lerp(input, end, weight)", c -> c.isNumber("weight")
        ? c.x().lerp(c.tensor("end"), c.number("weight")) : c.x().lerp(c.tensor("end"), c.tensor("weight")));
    t.several("where(condition, input=None, other=None)", TorchElementwise::where);
    t.one("isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)", TorchElementwise::close);
    t.one("allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)", c -> close(c).all());
    t.one("equal(input, other)", c ->
        c.x().shape().equals(c.tensor("other").shape()) ? c.x().eq(c.tensor("other")).all() : Tensor.full(Shape.SCALAR, false));
    t.one("nan_to_num(input, nan=None, posinf=None, neginf=None)", TorchElementwise::numbers);

    t.one("type to cast type_as(input, dtype|other=None)", TorchElementwise::cast);
    t.unary("half", Tensor::toHalf);
    t.unary("bfloat16", Tensor::toBfloat16);
    t.unary("float", Tensor::toFloat);
    t.unary("double", Tensor::toDouble);
    t.unary("byte", x -> x.cast(DType.UINT8));
    t.unary("char", x -> x.cast(DType.INT8));
    t.unary("short", x -> x.cast(DType.INT16));
    t.unary("int", Tensor::toInt);
    t.unary("long", Tensor::toLong);
    t.unary("bool", Tensor::toBool);
    t.unary("positive __pos__ contiguous cpu", x -> x);
    t.unary("clone", Tensor::clone);
  }

  private static Tensor round(Call c) {
    double scale = Math.pow(10, c.integer("decimals"));
    return c.integer("decimals") == 0 ? c.x().round() : c.x().mul(scale).round().div(scale);
  }

  private static Tensor scaled(Call c) {
    return c.isOne("alpha") ? c.tensor("other") : c.tensor("other").mul(c.number("alpha"));
  }

  private static Tensor clamp(Call c) {
    if (!c.given("min") && !c.given("max")) {
      throw new IllegalArgumentException("clamp: neither min nor max");
    }
    Tensor above = !c.given("min") ? c.x() : c.isNumber("min") ? c.x().clampMin(c.number("min")) : c.x().maximum(c.tensor("min"));
    return !c.given("max") ? above : c.isNumber("max") ? above.clampMax(c.number("max")) : above.minimum(c.tensor("max"));
  }

  /// What is random cannot be compared.
  private static Tensor dropout(Call c) {
    if (c.flag("training") && c.real("p") != 0 && c.real("p") != 1) {
      throw new Call.Unsupported("dropout is random");
    }
    return c.x().dropout(c.real("p"), c.flag("training"));
  }

  private static Tensor div(Call c) {
    Tensor y = c.tensor("other");
    return switch (c.text("rounding_mode")) {
      case "none" -> c.x().div(y);
      case "trunc" -> c.x().truncDiv(y);
      case "floor" -> c.x().floorDiv(y);
      default -> throw new IllegalArgumentException("div: rounding mode " + c.text("rounding_mode"));
    };
  }

  /// The function has its condition first, the method behind the tensor that it is called on; with a condition alone it asks where.
  private static List<Tensor> where(Call c) {
    Tensor first = c.tensor("condition");
    if (!c.has("input")) {
      return first.nonzero().unbind(1);
    }
    boolean method = first.dtype() != DType.BOOL && c.get("input") instanceof Tensor second && second.dtype() == DType.BOOL;
    return List.of(method ? c.tensor("input").where(first, c.tensor("other")) : first.where(c.tensor("input"), c.tensor("other")));
  }

  private static Tensor close(Call c) {
    return c.x().isClose(c.tensor("other"), c.real("rtol"), c.real("atol"), c.flag("equal_nan"));
  }

  private static Tensor numbers(Call c) {
    if (!c.has("nan") && !c.has("posinf") && !c.has("neginf")) {
      return c.x().nanToNum();
    }
    Tensor bounds = Tensor.of(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY).cast(c.x().dtype()).nanToNum();
    return c.x().nanToNum(
        c.has("nan") ? c.real("nan") : 0,
        c.has("posinf") ? c.real("posinf") : bounds.select(0, 1).itemDouble(),
        c.has("neginf") ? c.real("neginf") : bounds.select(0, 0).itemDouble());
  }

  /// A device is no type: all tensors are on the one that is tested.
  private static Tensor cast(Call c) {
    DType type = c.text("dtype").matches("cpu|cuda.*") ? null : c.dtype("dtype");
    return type == null ? c.x() : c.x().cast(type);
  }
}
