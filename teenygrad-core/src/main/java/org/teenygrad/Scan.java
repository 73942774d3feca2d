package org.teenygrad;

import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Reduction;

/// Running sums, products and extremes: each element combined with all before it.
///
/// Products are REDUCEs of triangles, whose derivative is right where elements are 0: n² work for a block of an axis, all of it
/// parallel. Longer axes are cut into blocks; the totals of the blocks are scanned in turn, and each block then takes in the total
/// of those before it.
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
    Tensor all = combine == OpCode.MUL
        ? product(wide.transpose(along, -1)).transpose(along, -1) : Tensor.applyWith(OpCode.SCAN, new Reduction(combine, List.of(along)), wide);
    return all.cast(summed ? DType.INT64 : x.dtype());
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

  /// The running product over the last axis.
  private static Tensor product(Tensor x) {
    int n = x.size(-1);
    if (n <= BLOCK) {
      return triangle(x);
    }
    int blocks = (n + BLOCK - 1) / BLOCK;
    int[] shape = x.shape().toArray();
    int[] blocked = IntStream.concat(IntStream.of(shape).limit(shape.length - 1L), IntStream.of(blocks, BLOCK)).toArray();
    // Zeros behind the last element are multiplied with nothing that is kept.
    Tensor within = triangle(x.padAxis(-1, 0, blocks * BLOCK - n).reshape(blocked));
    Tensor totals = product(within.slice(-1, BLOCK - 1, BLOCK).squeeze(-1));
    Tensor earlier = Tensor.arange(blocks).eq(0).where(1, totals.slice(-1, 0, blocks - 1).padAxis(-1, 1, 0)).unsqueeze(-1);
    shape[shape.length - 1] = blocks * BLOCK;
    return within.mul(earlier).reshape(shape).slice(-1, 0, n);
  }

  /// `result[i]` = the product of x[0..i], by a mask over all pairs.
  private static Tensor triangle(Tensor x) {
    int n = x.size(-1);
    Tensor reached = Tensor.arange(n, DType.INT32).le(Tensor.arange(n, DType.INT32).unsqueeze(1)); // (to, from)
    Tensor pairs = reached.where(x.unsqueeze(-2), Operations.constant(x.dtype(), 1));
    Tensor reduced = Tensor.applyWith(OpCode.REDUCE, new Reduction(OpCode.MUL, List.of(pairs.rank() - 1)), pairs);
    return reduced.reshape(x.shape().toArray());
  }
}
