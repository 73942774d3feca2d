package org.teenygrad.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Semantics;

/// An array of numbers in the host's memory, in row-major order: one field of an [Example] before it is part of a batch. Transforms
/// work on these, in whatever thread loads the example; a [Tensor] is made of a whole batch only.
///
/// ```java
/// var image = NdArray.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
/// image.shape();   // (1, 2, 2)
/// ```
/// @param data the elements, in the machine's byte order; who made the array promises not to change them
public record NdArray(DType dtype, Shape shape, MemorySegment data) {
  /// @throws IllegalArgumentException if the bytes do not fill the shape
  public NdArray {
    if (data.byteSize() != shape.elements() * dtype.bytes()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "NdArray: %d bytes are not a %s %s, which has %d", data.byteSize(), dtype, shape,
              shape.elements() * dtype.bytes()));
    }
  }

  /// float32 values in that shape; none is a scalar.
  public static NdArray of(float[] values, int... shape) {
    return new NdArray(DType.FLOAT32, Shape.of(shape), MemorySegment.ofArray(values));
  }

  /// A float32 scalar.
  public static NdArray of(float value) {
    return of(new float[] {value});
  }

  /// int32 values in that shape.
  public static NdArray of(int[] values, int... shape) {
    return new NdArray(DType.INT32, Shape.of(shape), MemorySegment.ofArray(values));
  }

  /// int64 values in that shape.
  public static NdArray of(long[] values, int... shape) {
    return new NdArray(DType.INT64, Shape.of(shape), MemorySegment.ofArray(values));
  }

  /// An int64 scalar: a class, say.
  public static NdArray of(long value) {
    return of(new long[] {value});
  }

  /// uint8 values in that shape: an image as files have it.
  public static NdArray of(byte[] values, int... shape) {
    return new NdArray(DType.UINT8, Shape.of(shape), MemorySegment.ofArray(values));
  }

  /// A copy of a tensor's values, which are computed if need be.
  public static NdArray of(Tensor tensor) {
    return new NdArray(tensor.dtype(), tensor.shape(), tensor.toMemory(Arena.ofAuto()));
  }

  /// An element of the first axis, without that axis: no copy.
  /// @throws IndexOutOfBoundsException if there is none with that index
  public NdArray row(int index) {
    int[] sizes = shape.toArray();
    int[] rest = new int[sizes.length - 1];
    System.arraycopy(sizes, 1, rest, 0, rest.length);
    Shape rowShape = Shape.of(rest);
    long bytes = rowShape.elements() * dtype.bytes();
    return new NdArray(dtype, rowShape, data.asSlice(index * bytes, bytes));
  }

  /// The elements in row-major order as floats: a copy.
  public float[] toFloatArray() {
    if (dtype == DType.FLOAT32) {
      return data.toArray(JAVA_FLOAT_UNALIGNED);
    }
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) get(i);
    }
    return values;
  }

  /// An element by its place in row-major order.
  public double get(long index) {
    return switch (dtype) {
      case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, index * 8);
      case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, index * 4);
      case FLOAT16 -> Float.float16ToFloat(data.get(JAVA_SHORT_UNALIGNED, index * 2));
      case BFLOAT16 -> Float.intBitsToFloat(data.get(JAVA_SHORT_UNALIGNED, index * 2) << 16);
      case FLOAT8_E4M3, FLOAT8_E5M2 -> Semantics.bitsToFloating(dtype, data.get(JAVA_BYTE, index));
      case BOOL, INT8 -> data.get(JAVA_BYTE, index);
      case UINT8 -> data.get(JAVA_BYTE, index) & 0xFF;
      case INT16 -> data.get(JAVA_SHORT_UNALIGNED, index * 2);
      case INT32 -> data.get(JAVA_INT_UNALIGNED, index * 4);
      case INT64 -> (double) data.get(JAVA_LONG_UNALIGNED, index * 8);
    };
  }

  @Override
  public String toString() {
    return dtype + " " + shape;
  }
}
