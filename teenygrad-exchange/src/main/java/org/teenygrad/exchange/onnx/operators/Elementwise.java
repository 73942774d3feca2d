package org.teenygrad.exchange.onnx.operators;

import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Functions of each element.
final class Elementwise {
  private Elementwise() {}

  static void addTo(OperatorTable table) {
    table.unary("Abs", 1, Tensor::abs);
    table.unary("Neg", 1, Tensor::neg);
    table.unary("Sign", 1, Tensor::sign);
    table.unary("Ceil", 1, Tensor::ceil);
    table.unary("Floor", 1, Tensor::floor);
    table.unary("Round", 11, Tensor::round);
    table.unary("Reciprocal", 1, Tensor::reciprocal);
    table.unary("Sqrt", 1, Tensor::sqrt);
    table.unary("Exp", 1, Tensor::exp);
    table.unary("Log", 1, Tensor::log);
    table.unary("Erf", 9, Tensor::erf);
    table.unary("Sin", 7, Tensor::sin);
    table.unary("Cos", 7, Tensor::cos);
    table.unary("Tan", 7, Tensor::tan);
    table.unary("Asin", 7, Tensor::asin);
    table.unary("Acos", 7, Tensor::acos);
    table.unary("Atan", 7, Tensor::atan);
    table.unary("Sinh", 9, Tensor::sinh);
    table.unary("Cosh", 9, Tensor::cosh);
    table.unary("Tanh", 1, Tensor::tanh);
    table.unary("Asinh", 9, Tensor::asinh);
    table.unary("Acosh", 9, Tensor::acosh);
    table.unary("Atanh", 9, Tensor::atanh);
    table.unary("Not", 1, Tensor::logicalNot);
    table.unary("BitwiseNot", 18, Tensor::not);
    table.gives("IsNaN", 9, ElementType.BOOL, call -> call.in(0).isNan());
    table.gives("IsInf", 10, ElementType.BOOL, Elementwise::isInfinite);
    table.alike("Clip", 1, call -> clip(call.in(0), call.real("min", Double.NEGATIVE_INFINITY), call.real("max", Double.POSITIVE_INFINITY)));
    table.alike("Clip", 11, Elementwise::clip);
    table.value("Identity", 1, call -> call.value(0));
    table.several("Dropout", 7, call -> dropout(call, call.real("ratio", 0.5), false));
    table.several("Dropout", 12, call -> dropout(call, call.has(1) ? call.doubles(1)[0] : 0.5, call.has(2) && call.truth(2)));
  }

  private static Tensor isInfinite(Call call) {
    Tensor x = call.in(0);
    boolean negative = call.flag("detect_negative", true);
    boolean positive = call.flag("detect_positive", true);
    Tensor infinite = x.isInf();
    return negative && positive ? infinite : infinite.and(negative ? x.lt(0) : positive ? x.gt(0) : x.isNan());
  }

  private static Tensor clip(Tensor x, double low, double high) {
    return x.clampMin(low).clampMax(high);
  }

  /// What is above the highest bound is that, even if the lowest is higher still.
  private static Tensor clip(Call call) {
    Tensor x = call.in(0);
    if (call.has(1)) {
      x = Arithmetic.larger(call.type(0), x, call.in(1));
    }
    return call.has(2) ? Arithmetic.smaller(call.type(0), x, call.in(2)) : x;
  }

  private static List<Value> dropout(Call call, double ratio, boolean training) {
    Tensor x = call.in(0);
    if (!training || ratio == 0) {
      return List.of(call.alike(x), Value.of(x.onesLike(DType.BOOL)));
    }
    Tensor kept = x.cast(DType.FLOAT32).randLike().ge(ratio);
    return List.of(call.alike(kept.where(x.div(1 - ratio), x.zerosLike())), Value.of(kept));
  }
}
