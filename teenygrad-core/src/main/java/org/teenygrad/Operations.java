package org.teenygrad;

import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;

/// How operations on tensors become nodes: broadcast, promote, then apply. Every other room builds on these.
final class Operations {
  private Operations() {}

  /// An operation on one floating tensor; integers and bools become float32 first.
  static Tensor floating(OpCode op, Tensor x) {
    return Tensor.apply(op, toFloating(x));
  }

  static Tensor toFloating(Tensor x) {
    return x.dtype().isFloating() ? x : x.cast(DType.FLOAT32);
  }

  /// An operation on two tensors of whatever shapes and types promote.
  static Tensor binary(String name, OpCode op, Tensor a, Tensor b) {
    return binary(name, op, Broadcasting.type(a, b), a, b);
  }

  static Tensor binary(String name, OpCode op, Tensor a, Number b) {
    DType type = Broadcasting.type(a.dtype(), b);
    return binary(name, op, type, a, constant(type, b));
  }

  /// An operation on two tensors that are broadcast and cast to a type.
  static Tensor binary(String name, OpCode op, DType type, Tensor a, Tensor b) {
    Shape shape = Broadcasting.shape(name, a.shape(), b.shape());
    return Tensor.apply(
        op, a.cast(type).broadcastTo(shape), b.cast(type).broadcastTo(shape));
  }

  static Tensor constant(DType type, Number value) {
    return Tensor.wrap(OpNode.constant(type, value));
  }

  static Tensor reshape(Tensor x, Shape shape) {
    return x.shape().equals(shape) ? x : Tensor.applyWith(OpCode.RESHAPE, shape, x);
  }
}
