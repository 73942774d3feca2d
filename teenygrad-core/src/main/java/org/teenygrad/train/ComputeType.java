package org.teenygrad.train;

import java.util.Locale;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;

/// What a training computes in. Its weights are kept, and updated, in float32.
public enum ComputeType {
  FLOAT32(DType.FLOAT32, MatmulPrecision.HIGHEST),

  /// As float32, but matrices are multiplied with factors rounded to TensorFloat32 where a GPU can.
  TF32(DType.FLOAT32, MatmulPrecision.HIGH),
  BFLOAT16(DType.BFLOAT16, MatmulPrecision.HIGHEST),
  FLOAT16(DType.FLOAT16, MatmulPrecision.HIGHEST),
  FLOAT64(DType.FLOAT64, MatmulPrecision.HIGHEST);

  private final DType dtype;
  private final MatmulPrecision precision;

  ComputeType(DType dtype, MatmulPrecision precision) {
    this.dtype = dtype;
    this.precision = precision;
  }

  /// The type of the model's activations.
  public DType dtype() {
    return dtype;
  }

  public MatmulPrecision precision() {
    return precision;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
