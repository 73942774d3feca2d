package org.teenygrad;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// From tensors to Java values. Each method computes the tensor if need be.
sealed interface Values permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The one element as a float. PyTorch's `item`.
  /// @throws IllegalStateException if there is more than one element, or none
  default float item() {
    return (float) itemDouble();
  }

  /// The one element as a double.
  default double itemDouble() {
    return HostData.readOne(self(), value -> value.getDouble(0));
  }

  /// The one element as a long; floating values lose their fraction.
  default long itemLong() {
    return HostData.readOne(self(), value -> value.getLong(0));
  }

  /// The one element as a boolean: whether it is not 0.
  default boolean itemBoolean() {
    return itemDouble() != 0;
  }

  /// All elements in row-major order as floats: [#toFloatArray()].
  default float[] data() {
    return toFloatArray();
  }

  /// All elements in row-major order as floats.
  default float[] toFloatArray() {
    return HostData.read(self(), HostArray::toFloats);
  }

  /// All elements in row-major order as doubles.
  default double[] toDoubleArray() {
    return HostData.read(self(), HostArray::toDoubles);
  }

  /// All elements in row-major order as ints; floating values lose their fraction.
  /// @throws ArithmeticException if an int64 does not fit
  default int[] toIntArray() {
    return HostData.read(self(), HostArray::toInts);
  }

  /// All elements in row-major order as longs; floating values lose their fraction.
  default long[] toLongArray() {
    return HostData.read(self(), HostArray::toLongs);
  }

  /// All elements in row-major order as booleans: whether they are not 0.
  default boolean[] toBooleanArray() {
    return HostData.read(self(), HostArray::toBooleans);
  }

  /// All elements in row-major order as bytes of their own type in the machine's order, for files.
  default MemorySegment toMemory(Arena arena) {
    return HostData.bytes(self(), arena);
  }
}
