package org.teenygrad.engine.autodiff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.ir.Uniform;

/// A node that one can do arithmetic with, so that a chain rule reads as in a calculus book.
///
/// Nothing is broadcast or promoted but plain numbers, which take type and shape of the node they meet.
record Expr(OpNode node) {
  Expr input(int i) {
    return new Expr(node.input(i));
  }

  /// The only or first input.
  Expr x() {
    return input(0);
  }

  DType dtype() {
    return node.dtype();
  }

  Shape shape() {
    return node.shape();
  }

  <T> T payload(Class<T> type) {
    return node.payload(type);
  }

  /// A value for each element of this node.
  Expr full(double value) {
    return new Expr(Uniform.of(dtype(), shape(), value));
  }

  /// The position along an axis for each element of a shape, in this node's integer type.
  Expr positions(int axis, Shape shape) {
    int[] along = new int[shape.rank()];
    Arrays.fill(along, 1);
    along[axis] = shape.size(axis);
    return new Expr(OpNode.create(OpCode.ARANGE, dtype(), List.of(), shape.size(axis))).reshape(Shape.of(along)).expand(shape);
  }

  /// The same, lying on its mesh in another way.
  Expr redistribute(Sharding target) {
    return target.equals(node.sharding()) ? this : new Expr(OpNode.of(OpCode.REDISTRIBUTE, target, List.of(node)));
  }

  Expr add(Expr other) {
    return op(OpCode.ADD, other);
  }

  Expr sub(Expr other) {
    return op(OpCode.SUB, other);
  }

  Expr sub(double other) {
    return sub(full(other));
  }

  Expr mul(Expr other) {
    return op(OpCode.MUL, other);
  }

  Expr mul(double other) {
    return mul(full(other));
  }

  Expr div(Expr other) {
    return op(OpCode.DIV, other);
  }

  Expr pow(Expr other) {
    return op(OpCode.POW, other);
  }

  Expr neg() {
    return op(OpCode.NEG);
  }

  Expr square() {
    return mul(this);
  }

  Expr exp() {
    return op(OpCode.EXP);
  }

  Expr log() {
    return op(OpCode.LOG);
  }

  Expr sin() {
    return op(OpCode.SIN);
  }

  Expr cos() {
    return op(OpCode.COS);
  }

  Expr trunc() {
    return op(OpCode.TRUNC);
  }

  Expr max(Expr other) {
    return op(OpCode.MAX, other);
  }

  Expr lt(Expr other) {
    return op(OpCode.LT, other);
  }

  Expr eq(Expr other) {
    return op(OpCode.EQ, other);
  }

  Expr eq(double other) {
    return eq(full(other));
  }

  Expr and(Expr other) {
    return op(OpCode.AND, other);
  }

  Expr not() {
    return op(OpCode.NOT);
  }

  /// Where this condition holds the one, elsewhere the other.
  Expr where(Expr yes, Expr no) {
    return op(OpCode.WHERE, yes, no);
  }

  Expr where(Expr yes, double no) {
    return where(yes, yes.full(no));
  }

  Expr where(double yes, Expr no) {
    return where(no.full(yes), no);
  }

  Expr cast(DType dtype) {
    return dtype == dtype() ? this : new Expr(OpNode.create(OpCode.CAST, dtype, List.of(node), null));
  }

  Expr reshape(Shape shape) {
    return with(OpCode.RESHAPE, shape);
  }

  Expr expand(Shape shape) {
    return with(OpCode.EXPAND, shape);
  }

  Expr pad(Bounds zeros) {
    return with(OpCode.PAD, zeros);
  }

  Expr shrink(Bounds part) {
    return with(OpCode.SHRINK, part);
  }

  Expr flip(List<?> axes) {
    return with(OpCode.FLIP, axes);
  }

  Expr permute(List<Integer> order) {
    return with(OpCode.PERMUTE, order);
  }

  Expr reduce(OpCode combine, List<Integer> axes) {
    return with(OpCode.REDUCE, new Reduction(combine, axes));
  }

  Expr scan(Reduction scan) {
    return with(OpCode.SCAN, scan);
  }

  /// The sum over the axes, which stay with size 1.
  Expr sum(List<Integer> axes) {
    return axes.isEmpty() ? this : reduce(OpCode.ADD, axes);
  }

  /// The sum over those axes along which `small` would be expanded to this shape.
  Expr sumTo(Shape small) {
    return sum(IntStream.range(0, small.rank()).filter(i -> small.size(i) != shape().size(i)).boxed().toList());
  }

  Expr gather(Expr index, int axis) {
    return with(OpCode.GATHER, axis, index);
  }

  /// This as the base, with `source` combined into it by an operation, or put in its place where that is null.
  Expr scatter(Expr index, Expr source, int axis, @Nullable OpCode combine) {
    return with(OpCode.SCATTER, new Scatter(axis, combine), index, source);
  }

  Expr copy(Device device) {
    return with(OpCode.COPY, device);
  }

  /// 0, 1, 2 ... along an axis, for each element of this node.
  Expr positions(int axis) {
    int[] ones = shape().stream().map(size -> 1).toArray();
    OpNode count = OpNode.create(OpCode.ARANGE, DType.INT64, List.of(), shape().size(axis));
    return new Expr(count).reshape(Shape.of(ones).with(axis, shape().size(axis))).expand(shape());
  }

  /// The same operation with the same payload on another first input.
  Expr on(Expr input) {
    List<OpNode> inputs = new ArrayList<>(node.inputs());
    inputs.set(0, input.node);
    return new Expr(OpNode.create(node.op(), null, inputs, node.payload()));
  }

  /// Where the value is: the device of the data below, or null if there are only constants below.
  @Nullable Device device() {
    ArrayDeque<OpNode> stack = new ArrayDeque<>(List.of(node));
    Set<OpNode> seen = new HashSet<>();
    while (!stack.isEmpty()) {
      OpNode next = stack.pop();
      if (next.is(OpCode.BUFFER)) {
        return next.payload(Storage.class).device();
      }
      if (next.is(OpCode.COPY)) {
        return next.payload(Device.class);
      }
      for (OpNode input : next.inputs()) {
        if (seen.add(input)) {
          stack.push(input);
        }
      }
    }
    return null;
  }

  private Expr op(OpCode op, Expr... others) {
    return with(op, null, others);
  }

  private Expr with(OpCode op, @Nullable Object payload, Expr... others) {
    List<OpNode> inputs = new ArrayList<>(1 + others.length);
    inputs.add(node);
    for (Expr other : others) {
      inputs.add(other.node);
    }
    return new Expr(OpNode.of(op, payload, inputs));
  }
}
