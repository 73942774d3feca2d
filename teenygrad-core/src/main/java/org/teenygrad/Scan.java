package org.teenygrad;

import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Semantics;

/// Running sums, products and extremes: each element combined with all before it.
///
/// A block of an axis is scanned by a REDUCE of a triangle: n² work, all of it parallel. Longer axes are cut into blocks; the
/// totals of the blocks are scanned in turn, and each block then takes in the total of those before it.
final class Scan {
  private static final int BLOCK = 256;

  private Scan() {}

  static Tensor of(OpCode combine, Tensor x, int axis) {
    if (x.rank() == 0) {
      return of(combine, x.unsqueeze(0), axis).squeeze(0); // PyTorch lets a scalar have axes 0 and -1
    }
    boolean summed = (combine == OpCode.ADD || combine == OpCode.MUL) && !x.dtype().isFloating();
    Tensor wide = x.cast(summed ? DType.INT64 : Precision.of(x.dtype()));
    int along = x.shape().axis(axis);
    Tensor last = wide.transpose(along, -1);
    return inclusive(combine, last).transpose(along, -1).cast(summed ? DType.INT64 : x.dtype());
  }

  /// The running MAX or MIN, and where the last element that reached it is.
  static Sorted extremes(OpCode combine, Tensor x, int axis) {
    if (x.rank() == 0) {
      x.unsqueeze(0).size(axis);
      return new Sorted(x.alias(), Tensor.full(Shape.SCALAR, 0, DType.INT64));
    }
    int along = x.shape().axis(axis);
    Tensor reached = x.eq(of(combine, x.detach(), along));
    int[] shape = IntStream.range(0, x.rank()).map(i -> i == along ? -1 : 1).toArray();
    Tensor positions = Tensor.arange(x.size(along), DType.INT64).reshape(shape);
    Tensor last = of(OpCode.MAX, (x.dtype().isFloating() ? reached.or(x.isNan()) : reached).where(positions, 0), along);
    return new Sorted(Positions.gather(x, along, last), last);
  }

  /// The scan over the last axis.
  private static Tensor inclusive(OpCode combine, Tensor x) {
    int n = x.size(-1);
    if (n <= BLOCK) {
      return triangle(combine, x);
    }
    int blocks = (n + BLOCK - 1) / BLOCK;
    int[] shape = x.shape().toArray();
    int[] blocked = IntStream.concat(IntStream.of(shape).limit(shape.length - 1L), IntStream.of(blocks, BLOCK)).toArray();
    Tensor within = triangle(combine, padded(x, 0, blocks * BLOCK - n, 0).reshape(blocked));
    Tensor totals = inclusive(combine, part(within, BLOCK - 1, BLOCK).reshape(IntStream.of(blocked).limit(shape.length).toArray()));
    Tensor earlier = padded(part(totals, 0, blocks - 1), 1, 0, identity(combine, x.dtype())).unsqueeze(-1);
    Tensor all = Operations.binary("scan", combine, x.dtype(), within, earlier);
    shape[shape.length - 1] = blocks * BLOCK;
    return part(all.reshape(shape), 0, n);
  }

  /// `result[i]` = x[0..i] combined, by a mask over all pairs.
  private static Tensor triangle(OpCode combine, Tensor x) {
    int n = x.size(-1);
    Tensor reached = Tensor.arange(n, DType.INT32).le(Tensor.arange(n, DType.INT32).unsqueeze(1)); // (to, from)
    Tensor identity = Operations.constant(x.dtype(), identity(combine, x.dtype()));
    Tensor pairs = reached.where(x.unsqueeze(-2), identity);
    Tensor reduced = Tensor.applyWith(OpCode.REDUCE, new Reduction(combine, List.of(pairs.rank() - 1)), pairs);
    return reduced.reshape(x.shape().toArray());
  }

  private static Number identity(OpCode combine, DType type) {
    Object value = Semantics.identity(combine, type);
    return value instanceof Boolean truth ? (truth ? 1 : 0) : (Number) value;
  }

  /// The last axis with `before` and `after` more elements of a value.
  private static Tensor padded(Tensor x, int before, int after, Number value) {
    Tensor zeros = Tensor.applyWith(OpCode.PAD, lastAxis(x, before, after, 0), x);
    if (value.doubleValue() == 0) {
      return zeros;
    }
    int n = zeros.size(-1);
    Tensor position = Tensor.arange(n, DType.INT32);
    Tensor inside = position.ge(before).and(position.lt(n - after));
    return inside.where(zeros, Operations.constant(x.dtype(), value));
  }

  private static Tensor part(Tensor x, int begin, int end) {
    List<Integer> first = IntStream.range(0, x.rank()).map(i -> i == x.rank() - 1 ? begin : 0).boxed().toList();
    List<Integer> second = IntStream.range(0, x.rank()).map(i -> i == x.rank() - 1 ? end : x.size(i)).boxed().toList();
    return Tensor.applyWith(OpCode.SHRINK, new Bounds(first, second), x);
  }

  private static Bounds lastAxis(Tensor x, int before, int after, int others) {
    List<Integer> first = IntStream.range(0, x.rank()).map(i -> i == x.rank() - 1 ? before : others).boxed().toList();
    List<Integer> second = IntStream.range(0, x.rank()).map(i -> i == x.rank() - 1 ? after : others).boxed().toList();
    return new Bounds(first, second);
  }
}
