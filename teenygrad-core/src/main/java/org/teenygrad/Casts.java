package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// The same values in other element types.
sealed interface Casts permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The values as another type. Floating values round to nearest even,
  /// to integers they lose their fraction, to bool everything but 0 is true. PyTorch's `to(dtype)`.
  /// ```java
  /// Tensor.of(-1.7f, 2.9f).cast(DType.INT32);   // [-1  2]
  /// ```
  default Tensor cast(DType type) {
    return self().dtype() == type ? self().alias() : Tensor.create(OpCode.CAST, type, null, self());
  }

  /// The same bits read as another type of the same size. PyTorch's `view(dtype)`.
  /// ```java
  /// Tensor.of(1f).bitcast(DType.INT32);   // 1065353216
  /// ```
  /// @throws IllegalArgumentException if the sizes differ
  default Tensor bitcast(DType type) {
    Tensor x = self();
    if (type.bytes() != x.dtype().bytes()) {
      throw new IllegalArgumentException(
          "bitcast: " + x.dtype() + " has " + x.dtype().bytes() + " bytes, " + type + " has " + type.bytes());
    }
    return x.dtype() == type ? x.alias() : Tensor.create(OpCode.BITCAST, type, null, x);
  }

  /// As float64.
  /// ```java
  /// Tensor.of(1, 2).toDouble();   // [1. 2.]
  /// ```
  default Tensor toDouble() {
    return cast(DType.FLOAT64);
  }

  /// As float32.
  /// ```java
  /// Tensor.of(true, false).toFloat();   // [1. 0.]
  /// ```
  default Tensor toFloat() {
    return cast(DType.FLOAT32);
  }

  /// As float16.
  /// ```java
  /// Tensor.of(2049f).toHalf();   // 2048.0
  /// ```
  default Tensor toHalf() {
    return cast(DType.FLOAT16);
  }

  /// As bfloat16.
  /// ```java
  /// Tensor.of(257f).toBfloat16();   // 256.0
  /// ```
  default Tensor toBfloat16() {
    return cast(DType.BFLOAT16);
  }

  /// As int32.
  /// ```java
  /// Tensor.of(-1.9f, 1.9f).toInt();   // [-1  1]
  /// ```
  default Tensor toInt() {
    return cast(DType.INT32);
  }

  /// As int64.
  /// ```java
  /// Tensor.of(-1.9f, 1.9f).toLong();   // [-1  1]
  /// ```
  default Tensor toLong() {
    return cast(DType.INT64);
  }

  /// As bool: true where not 0.
  /// ```java
  /// Tensor.of(0f, 0.5f).toBool();   // [False  True]
  /// ```
  default Tensor toBool() {
    return cast(DType.BOOL);
  }
}
