package org.teenygrad.engine.ir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;

/// A node that one can do arithmetic with, so that a chain rule reads as in a calculus book, and a pass of the scheduler as the
/// formula that it puts in place.
///
/// Nothing is broadcast or promoted but plain numbers, which take type and shape of the node they meet.
/// ```java
/// Expr gradient = new Expr(cotangent).mul(new Expr(x).cos());   // the chain rule of sin
/// ```
public record Expr(OpNode node) {
  public Expr input(int i) {
    return new Expr(node.input(i));
  }

  /// The only or first input.
  public Expr x() {
    return input(0);
  }

  public DType dtype() {
    return node.dtype();
  }

  public Shape shape() {
    return node.shape();
  }

  public <T> T payload(Class<T> type) {
    return node.payload(type);
  }

  /// A value for each element of this node.
  public Expr full(Number value) {
    return new Expr(Uniform.of(dtype(), shape(), value));
  }

  /// The position along an axis for each element of a shape, in this node's integer type.
  public Expr positions(int axis, Shape shape) {
    return counted(dtype(), axis, shape);
  }

  /// 0, 1, 2 ... along an axis, for each element of this node.
  public Expr positions(int axis) {
    return counted(DType.INT64, axis, shape());
  }

  private static Expr counted(DType dtype, int axis, Shape shape) {
    int[] along = new int[shape.rank()];
    Arrays.fill(along, 1);
    along[axis] = shape.size(axis);
    return new Expr(OpNode.create(OpCode.ARANGE, dtype, List.of(), shape.size(axis))).reshape(Shape.of(along)).expand(shape);
  }

  /// The same, lying on its mesh in another way.
  public Expr redistribute(Sharding target) {
    return target.equals(node.sharding()) ? this : new Expr(OpNode.of(OpCode.REDISTRIBUTE, target, List.of(node)));
  }

  public Expr add(Expr other) {
    return op(OpCode.ADD, other);
  }

  public Expr add(double other) {
    return add(full(other));
  }

  public Expr sub(Expr other) {
    return op(OpCode.SUB, other);
  }

  public Expr sub(double other) {
    return sub(full(other));
  }

  public Expr mul(Expr other) {
    return op(OpCode.MUL, other);
  }

  public Expr mul(double other) {
    return mul(full(other));
  }

  public Expr div(Expr other) {
    return op(OpCode.DIV, other);
  }

  public Expr pow(Expr other) {
    return op(OpCode.POW, other);
  }

  public Expr neg() {
    return op(OpCode.NEG);
  }

  public Expr square() {
    return mul(this);
  }

  public Expr exp() {
    return op(OpCode.EXP);
  }

  public Expr log() {
    return op(OpCode.LOG);
  }

  public Expr sin() {
    return op(OpCode.SIN);
  }

  public Expr cos() {
    return op(OpCode.COS);
  }

  public Expr trunc() {
    return op(OpCode.TRUNC);
  }

  public Expr max(Expr other) {
    return op(OpCode.MAX, other);
  }

  public Expr max(double other) {
    return max(full(other));
  }

  public Expr min(Expr other) {
    return op(OpCode.MIN, other);
  }

  /// The bits of an integer, so many places further down.
  public Expr shiftRight(int bits) {
    return op(OpCode.SHR, full(bits));
  }

  public Expr bits(long mask) {
    return op(OpCode.AND, full(mask));
  }

  public Expr lt(Expr other) {
    return op(OpCode.LT, other);
  }

  public Expr eq(Expr other) {
    return op(OpCode.EQ, other);
  }

  public Expr eq(double other) {
    return eq(full(other));
  }

  public Expr and(Expr other) {
    return op(OpCode.AND, other);
  }

  public Expr not() {
    return op(OpCode.NOT);
  }

  /// Where this condition holds the one, elsewhere the other.
  public Expr where(Expr yes, Expr no) {
    return op(OpCode.WHERE, yes, no);
  }

  public Expr where(Expr yes, double no) {
    return where(yes, yes.full(no));
  }

  public Expr where(double yes, Expr no) {
    return where(no.full(yes), no);
  }

  public Expr cast(DType dtype) {
    return dtype == dtype() ? this : new Expr(OpNode.create(OpCode.CAST, dtype, List.of(node), null));
  }

  public Expr reshape(Shape shape) {
    return with(OpCode.RESHAPE, shape);
  }

  public Expr expand(Shape shape) {
    return with(OpCode.EXPAND, shape);
  }

  public Expr pad(Bounds zeros) {
    return with(OpCode.PAD, zeros);
  }

  public Expr shrink(Bounds part) {
    return with(OpCode.SHRINK, part);
  }

  /// Those from `begin` on and before `end` along an axis.
  public Expr part(int axis, int begin, int end) {
    return begin == 0 && end == shape().size(axis) ? this : shrink(bounds(Collections.nCopies(shape().rank(), 0), axis, begin, shape().stream().boxed().toList(), end));
  }

  /// So many zeros at both ends of an axis.
  public Expr padded(int axis, int before, int after) {
    List<Integer> none = Collections.nCopies(shape().rank(), 0);
    return before + after == 0 ? this : pad(bounds(none, axis, before, none, after));
  }

  private static Bounds bounds(List<Integer> firsts, int axis, int first, List<Integer> seconds, int second) {
    List<Integer> begin = new ArrayList<>(firsts);
    List<Integer> end = new ArrayList<>(seconds);
    begin.set(axis, first);
    end.set(axis, second);
    return new Bounds(begin, end);
  }

  public Expr flip(List<?> axes) {
    return with(OpCode.FLIP, axes);
  }

  public Expr permute(List<Integer> order) {
    return with(OpCode.PERMUTE, order);
  }

  public Expr reduce(OpCode combine, List<Integer> axes) {
    return with(OpCode.REDUCE, new Reduction(combine, axes));
  }

  public Expr scan(Reduction scan) {
    return with(OpCode.SCAN, scan);
  }

  /// The sum over the axes, which stay with size 1.
  public Expr sum(List<Integer> axes) {
    return axes.isEmpty() ? this : reduce(OpCode.ADD, axes);
  }

  /// The sum over those axes along which `small` would be expanded to this shape.
  public Expr sumTo(Shape small) {
    return sum(IntStream.range(0, small.rank()).filter(i -> small.size(i) != shape().size(i)).boxed().toList());
  }

  public Expr sort(Order order) {
    return with(OpCode.SORT, order);
  }

  /// The same in memory of its own.
  public Expr contiguous() {
    return op(OpCode.CONTIGUOUS);
  }

  public Expr gather(Expr index, int axis) {
    return with(OpCode.GATHER, axis, index);
  }

  /// This as the base, with `source` combined into it by an operation, or put in its place where that is null.
  public Expr scatter(Expr index, Expr source, int axis, @Nullable OpCode combine) {
    return with(OpCode.SCATTER, new Scatter(axis, combine), index, source);
  }

  public Expr copy(Device device) {
    return with(OpCode.COPY, device);
  }

  /// The same operation with the same payload on another first input.
  public Expr on(Expr input) {
    List<OpNode> inputs = new ArrayList<>(node.inputs());
    inputs.set(0, input.node);
    return new Expr(OpNode.create(node.op(), null, inputs, node.payload()));
  }

  /// Where the value is: the device of the data below, or null if there are only constants below.
  public @Nullable Device device() {
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
