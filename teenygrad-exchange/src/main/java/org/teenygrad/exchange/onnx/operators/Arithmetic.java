package org.teenygrad.exchange.onnx.operators;

import java.util.function.BinaryOperator;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Functions of the elements of two tensors, or several, which broadcast.
final class Arithmetic {
  private Arithmetic() {}

  private interface Typed {
    Tensor of(ElementType type, Tensor a, Tensor b);
  }

  static void addTo(OperatorTable table) {
    table.binary("Add", 7, Tensor::add);
    table.binary("Sub", 7, Tensor::sub);
    table.binary("Mul", 7, Tensor::mul);
    table.alike("Div", 7, call -> divide(call.type(0), call.in(0), call.in(1)));
    table.alike("Mod", 10, Arithmetic::modulo);
    table.alike("Pow", 7, Arithmetic::power);
    table.alike("Sum", 8, call -> call.all().stream().reduce(Tensor::add).orElseThrow());
    table.alike("Mean", 8, call -> call.all().stream().reduce(Tensor::add).orElseThrow().div(call.size()));
    table.alike("Max", 8, call -> fold(call, Arithmetic::larger));
    table.alike("Min", 8, call -> fold(call, Arithmetic::smaller));
    table.value("Where", 9, call -> new Value.OfTensor(call.type(1), call.in(0).where(call.in(1), call.in(2))));
    logic(table, "And", Tensor::logicalAnd);
    logic(table, "Or", Tensor::logicalOr);
    logic(table, "Xor", Tensor::logicalXor);
    compare(table, "Equal", 7, (type, a, b) -> a.eq(b));
    compare(table, "Less", 7, (type, a, b) -> ordered(type, a).lt(ordered(type, b)));
    compare(table, "LessOrEqual", 12, (type, a, b) -> ordered(type, a).le(ordered(type, b)));
    compare(table, "Greater", 7, (type, a, b) -> ordered(type, a).gt(ordered(type, b)));
    compare(table, "GreaterOrEqual", 12, (type, a, b) -> ordered(type, a).ge(ordered(type, b)));
    table.binary("BitwiseAnd", 18, Tensor::and);
    table.binary("BitwiseOr", 18, Tensor::or);
    table.binary("BitwiseXor", 18, Tensor::xor);
    table.alike("BitShift", 11, Arithmetic::shift);
  }

  private static void logic(OperatorTable table, String name, BinaryOperator<Tensor> operator) {
    table.gives(name, 7, ElementType.BOOL, call -> operator.apply(call.in(0), call.in(1)));
  }

  private static void compare(OperatorTable table, String name, int since, Typed operator) {
    table.gives(name, since, ElementType.BOOL, call -> operator.of(call.type(0), call.in(0), call.in(1)));
  }

  private static Tensor fold(Call call, Typed operator) {
    return call.all().stream().reduce((a, b) -> operator.of(call.type(0), a, b)).orElseThrow();
  }

  /// Numbers in whose order those of this type are.
  static Tensor ordered(ElementType type, Tensor x) {
    return type == ElementType.UINT64 ? UnsignedLongs.ordered(x) : x;
  }

  static Tensor larger(ElementType type, Tensor a, Tensor b) {
    return type == ElementType.UINT64 ? UnsignedLongs.ordered(ordered(type, a).maximum(ordered(type, b))) : a.maximum(b);
  }

  static Tensor smaller(ElementType type, Tensor a, Tensor b) {
    return type == ElementType.UINT64 ? UnsignedLongs.ordered(ordered(type, a).minimum(ordered(type, b))) : a.minimum(b);
  }

  private static Tensor divide(ElementType type, Tensor a, Tensor b) {
    return type == ElementType.UINT64 ? UnsignedLongs.div(a, b) : a.dtype().isFloating() ? a.div(b) : a.truncDiv(b);
  }

  private static Tensor modulo(Call call) {
    Tensor a = call.in(0);
    Tensor b = call.in(1);
    return call.type(0) == ElementType.UINT64 ? UnsignedLongs.remainder(a, b) : call.flag("fmod", false) ? a.fmod(b) : a.remainder(b);
  }

  /// Exponents may be of another type than bases, whose type the result has.
  private static Tensor power(Call call) {
    Tensor base = call.in(0);
    Tensor exponent = call.in(1);
    if (call.isKnown(1) && exponent.numel() == 1 && base.dtype().isFloating()) {
      return base.broadcastTo(wider(base, exponent)).pow(call.doubles(1)[0]);
    }
    if (base.dtype().isFloating() || !exponent.dtype().isFloating()) {
      return base.pow(exponent.cast(base.dtype()));
    }
    return base.cast(DType.FLOAT64).pow(exponent.cast(DType.FLOAT64));
  }

  private static Shape wider(Tensor base, Tensor exponent) {
    return exponent.rank() > base.rank() ? exponent.shape() : base.shape();
  }

  private static Tensor shift(Call call) {
    Tensor x = call.in(0);
    Tensor bits = call.in(1);
    if (call.text("direction", "").equals("LEFT")) {
      return x.shiftLeft(bits);
    }
    if (call.type(0) != ElementType.UINT64) {
      return x.shiftRight(bits);
    }
    // what comes from the left of a negative number are ones
    Tensor ones = bits.eq(0).where(0L, x.zerosLike().sub(1).shiftLeft(bits.rsub(64)));
    return x.shiftRight(bits).and(ones.not());
  }
}
