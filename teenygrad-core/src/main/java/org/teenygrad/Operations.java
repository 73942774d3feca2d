package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// How operations on tensors become nodes: promote, broadcast, apply. Every room of methods builds on these.
final class Operations {
  private Operations() {}

  /// An operation on one tensor as it is; bools are refused.
  static Tensor numeric(String name, OpCode op, Tensor x) {
    requireNumeric(name, x.dtype());
    return Tensor.apply(op, x);
  }

  /// An operation on one floating tensor; integers and bools become float32 first.
  static Tensor floating(OpCode op, Tensor x) {
    return Tensor.apply(op, toFloating(x));
  }

  /// A number as a tensor of this type holds it: integers without the fraction, as PyTorch fills them.
  /// @throws IllegalArgumentException if the type cannot hold it
  static Number number(String name, DType type, Number value) {
    if (type.isFloating()) {
      return value;
    }
    if (type == DType.BOOL) {
      return value.doubleValue() == 0 ? 0 : 1;
    }
    int bits = 8 * type.bytes();
    double least = type == DType.UINT8 ? 0 : -Math.scalb(1.0, bits - 1);
    double above = type == DType.UINT8 ? 256 : -least;
    double whole = value.doubleValue() < 0 ? Math.ceil(value.doubleValue()) : Math.floor(value.doubleValue());
    if (!(whole >= least && whole < above) && !(value instanceof Long && type == DType.INT64)) {
      throw new IllegalArgumentException(name + ": " + value + " is no number of " + type);
    }
    return value.longValue();
  }

  static Tensor requireNumbers(String name, Tensor x) {
    requireNumeric(name, x.dtype());
    return x;
  }

  static Tensor toFloating(Tensor x) {
    return x.dtype().isFloating() ? x : x.cast(DType.FLOAT32);
  }

  /// An operation on two tensors in the type that they promote to.
  static Tensor binary(String name, OpCode op, Tensor a, Tensor b) {
    return binary(name, op, Broadcasting.type(a, b), a, b);
  }

  static Tensor binary(String name, OpCode op, Tensor a, Number b) {
    DType type = Broadcasting.type(a.dtype(), b);
    return binary(name, op, type, a, constant(type, b));
  }

  /// As [#binary(String, OpCode, Tensor, Tensor)] for operations that bools do not have.
  static Tensor arithmetic(String name, OpCode op, Tensor a, Tensor b) {
    requireNumeric(name, Broadcasting.type(a, b));
    return binary(name, op, a, b);
  }

  static Tensor arithmetic(String name, OpCode op, Tensor a, Number b) {
    requireNumeric(name, Broadcasting.type(a.dtype(), b));
    return binary(name, op, a, b);
  }

  /// An operation on two tensors in the floating type that they promote to: float32 if neither is floating.
  static Tensor floating(String name, OpCode op, Tensor a, Tensor b) {
    return binary(name, op, floatingType(Broadcasting.type(a, b)), a, b);
  }

  static Tensor floating(String name, OpCode op, Tensor a, Number b) {
    DType type = floatingType(Broadcasting.type(a.dtype(), b));
    return binary(name, op, type, a, constant(type, b));
  }

  /// An operation that integers have, and bools if `bools`.
  static Tensor integral(String name, OpCode op, Tensor a, Tensor b, boolean bools) {
    DType type = Broadcasting.type(a, b);
    if (type.isFloating() || (type == DType.BOOL && !bools)) {
      throw new IllegalArgumentException(
          name + ": is for integers" + (bools ? " and bool" : "") + ", not " + a.dtype() + " and " + b.dtype());
    }
    return binary(name, op, type, a, b);
  }

  /// An operation on two tensors that are broadcast and cast to a type.
  static Tensor binary(String name, OpCode op, DType type, Tensor a, Tensor b) {
    Shape shape = Broadcasting.shape(name, a.shape(), b.shape());
    return Tensor.apply(op, a.cast(type).broadcastTo(shape), b.cast(type).broadcastTo(shape));
  }

  /// A scalar that lives on no device in particular.
  static Tensor constant(DType type, Number value) {
    return Tensor.wrap(OpNode.constant(type, value));
  }

  static Tensor reshape(Tensor x, Shape shape) {
    return x.shape().equals(shape) ? x.alias() : Tensor.applyWith(OpCode.RESHAPE, shape, x);
  }

  private static DType floatingType(DType type) {
    return type.isFloating() ? type : DType.FLOAT32;
  }

  private static void requireNumeric(String name, DType type) {
    if (type == DType.BOOL) {
      throw new IllegalArgumentException(name + ": is not for bool tensors; cast them, or use and, or, xor, not");
    }
  }
}
