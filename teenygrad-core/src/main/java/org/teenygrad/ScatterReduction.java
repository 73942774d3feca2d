package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// How [Tensor#scatterReduce] combines what is written to one place.
public enum ScatterReduction {
  SUM,
  PROD,
  /// The mean; of integers rounded down.
  MEAN,
  MAX,
  MIN;

  Tensor of(Tensor base, int axis, Tensor index, Tensor source, boolean includeSelf) {
    Tensor start = includeSelf
        ? base
        : Positions.scatter(base, axis, index, source.fullLike(identity(base.dtype()), base.dtype()), null);
    if (this != MEAN) {
      return Positions.scatter(start, axis, index, source, operation());
    }
    DType counting = base.dtype().isFloating() ? base.dtype() : DType.INT64;
    Tensor ones = source.fullLike(1, counting);
    Tensor counts = Positions.scatter(base.fullLike(includeSelf ? 1 : 0, counting), axis, index, ones, OpCode.ADD).maximum(1);
    Tensor sum = Positions.scatter(start, axis, index, source, OpCode.ADD);
    return (base.dtype().isFloating() ? sum.div(counts) : sum.floorDiv(counts)).cast(base.dtype());
  }

  private OpCode operation() {
    return switch (this) {
      case SUM, MEAN -> OpCode.ADD;
      case PROD -> OpCode.MUL;
      case MAX -> OpCode.MAX;
      case MIN -> OpCode.MIN;
    };
  }

  private Number identity(DType type) {
    return switch (this) {
      case SUM, MEAN -> 0;
      case PROD -> 1;
      case MAX -> Pools.lowest(type);
      case MIN -> highest(type);
    };
  }

  private static Number highest(DType type) {
    return switch (type) {
      case FLOAT8_E4M3 -> type.largest();
      case FLOAT8_E5M2, FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> Double.POSITIVE_INFINITY;
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case INT64 -> Long.MAX_VALUE;
      case UINT8 -> 255;
      case BOOL -> 1;
    };
  }
}
