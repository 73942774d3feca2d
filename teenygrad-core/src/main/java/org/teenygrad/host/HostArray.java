package org.teenygrad.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Semantics;

/// A tensor's values in the host's memory, in row-major order.
public record HostArray(MemorySegment bytes, DType dtype, Shape shape) {
  /// An element as a double; true is 1.
  public double getDouble(long index) {
    return switch (dtype) {
      case FLOAT64 -> bytes.get(JAVA_DOUBLE_UNALIGNED, index * 8);
      case FLOAT32 -> bytes.get(JAVA_FLOAT_UNALIGNED, index * 4);
      case FLOAT16 -> Float.float16ToFloat(bytes.get(JAVA_SHORT_UNALIGNED, index * 2));
      case BFLOAT16 -> Float.intBitsToFloat(bytes.get(JAVA_SHORT_UNALIGNED, index * 2) << 16);
      case FLOAT8_E4M3, FLOAT8_E5M2 -> Semantics.bitsToFloating(dtype, bytes.get(JAVA_BYTE, index));
      default -> getLong(index);
    };
  }

  /// An element as a long; floating values lose their fraction, true is 1.
  public long getLong(long index) {
    return switch (dtype) {
      case BOOL, INT8 -> bytes.get(JAVA_BYTE, index);
      case UINT8 -> bytes.get(JAVA_BYTE, index) & 0xFF;
      case INT16 -> bytes.get(JAVA_SHORT_UNALIGNED, index * 2);
      case INT32 -> bytes.get(JAVA_INT_UNALIGNED, index * 4);
      case INT64 -> bytes.get(JAVA_LONG_UNALIGNED, index * 8);
      default -> (long) getDouble(index);
    };
  }

  private int length() {
    return Math.toIntExact(shape.elements());
  }

  public float[] toFloats() {
    if (dtype == DType.FLOAT32) {
      return bytes.toArray(JAVA_FLOAT_UNALIGNED);
    }
    float[] values = new float[length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) getDouble(i);
    }
    return values;
  }

  public double[] toDoubles() {
    if (dtype == DType.FLOAT64) {
      return bytes.toArray(JAVA_DOUBLE_UNALIGNED);
    }
    double[] values = new double[length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = getDouble(i);
    }
    return values;
  }

  public int[] toInts() {
    if (dtype == DType.INT32) {
      return bytes.toArray(JAVA_INT_UNALIGNED);
    }
    int[] values = new int[length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.toIntExact(getLong(i));
    }
    return values;
  }

  public long[] toLongs() {
    if (dtype == DType.INT64) {
      return bytes.toArray(JAVA_LONG_UNALIGNED);
    }
    long[] values = new long[length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = getLong(i);
    }
    return values;
  }

  public boolean[] toBooleans() {
    boolean[] values = new boolean[length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = getDouble(i) != 0;
    }
    return values;
  }
}
