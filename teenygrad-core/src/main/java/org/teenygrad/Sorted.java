package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Order;

/// Elements in order, and where they were.
///
/// @param values the elements
/// @param indices int64: `values = x.gather(axis, indices)`
public record Sorted(Tensor values, Tensor indices) {
  /// The first `count` elements of the order; equal ones stay in the order in which they were.
  static Sorted of(Tensor x, int axis, boolean descending, int count) {
    if (x.rank() == 0) {
      Sorted one = of(x.unsqueeze(0), axis, descending, count); // PyTorch lets a scalar have axes 0 and -1
      return new Sorted(one.values.squeeze(0), one.indices.squeeze(0));
    }
    int along = x.shape().axis(axis);
    int n = x.size(along);
    if (count < 0 || count > n) {
      throw new IllegalArgumentException("topk: " + count + " elements of axis " + along + " of " + x.shape());
    }
    Tensor key = key(x.detach().transpose(along, -1));
    Tensor indices = first(descending ? key.not() : key, count).transpose(along, -1);
    return new Sorted(Positions.gather(x, along, indices), indices);
  }

  /// Integers in the order of the elements: int64 for 64-bit types, else int32. The bits of floats are in order up to the sign;
  /// all NaN are one, above infinity, and both zeros are one.
  private static Tensor key(Tensor x) {
    if (!x.dtype().isFloating()) {
      return x.dtype() == DType.INT64 ? x : x.cast(DType.INT32);
    }
    DType wide = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    long largest = wide == DType.FLOAT64 ? Long.MAX_VALUE : Integer.MAX_VALUE;
    Tensor bits = x.eq(0).where(0, x).cast(wide).bitcast(wide == DType.FLOAT64 ? DType.INT64 : DType.INT32);
    Tensor ordered = bits.lt(0).where(bits.xor(largest), bits);
    // A NaN's own bits, its sign among them, are the processor's choice.
    return x.isNan().where(largest, ordered);
  }

  /// Where the `count` smallest keys of the last axis are, in order. A key and its position are sorted as one number.
  private static Tensor first(Tensor key, int count) {
    if (key.numel() == 0 || count == 0) {
      return Tensor.zeros(DType.INT64, key.shape().with(-1, count).toArray());
    }
    if (key.dtype() == DType.INT64) {
      // By the low half, then, as equal ones stay in order, by the high half.
      Tensor low = first(key.cast(DType.INT32).xor(Integer.MIN_VALUE), key.size(-1));
      return low.gather(-1, first(key.shiftRight(32).cast(DType.INT32).gather(-1, low), count));
    }
    Tensor numbers = key.cast(DType.INT64).shiftLeft(32).or(Tensor.arange(key.size(-1)));
    return Tensor.applyWith(OpCode.SORT, new Order(count), numbers).and(0xFFFF_FFFFL);
  }
}
