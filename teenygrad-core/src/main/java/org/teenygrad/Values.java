package org.teenygrad;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.teenygrad.host.HostArray;

/// From tensors to Java values. Each method computes the tensor if need be.
sealed interface Values permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The one element as a float. PyTorch's `item`.
  /// ```java
  /// Tensor.of(1f, 2f).sum().item();   // 3.0
  /// ```
  /// @throws IllegalStateException if there is more than one element, or none
  default float item() {
    return (float) itemDouble();
  }

  /// The one element as a double.
  /// ```java
  /// Tensor.of(0.1).itemDouble();   // 0.1
  /// ```
  default double itemDouble() {
    return HostData.readOne(self(), value -> value.getDouble(0));
  }

  /// The one element as a double, read when it is asked for: as soon as the device has computed it, whatever it was given to do
  /// since. A training loop looks so at a step's loss while the next step runs. PyTorch's copy to the host with `non_blocking=True`
  /// and an event.
  /// ```java
  /// var sum = Tensor.of(1f, 2f).sum().itemLater();
  /// sum.getAsDouble();   // 3.0
  /// ```
  /// @return gives the value, however often it is asked, to one thread at a time
  /// @throws IllegalStateException if there is more than one element, or none
  default DoubleSupplier itemLater() {
    HostData.requireOne(self());
    return LateValues.of(self(), value -> value.getDouble(0))::get;
  }

  /// The one element as a long; floating values lose their fraction.
  /// ```java
  /// Tensor.of(1, 2).sum().itemLong();   // 3
  /// ```
  default long itemLong() {
    return HostData.readOne(self(), value -> value.getLong(0));
  }

  /// The one element as a boolean: whether it is not 0.
  /// ```java
  /// Tensor.of(false, true).any().itemBoolean();   // true
  /// ```
  default boolean itemBoolean() {
    return itemDouble() != 0;
  }

  /// All elements in row-major order as floats: [#toFloatArray()].
  /// ```java
  /// Tensor.of(1f, 2f).data();   // [1.0, 2.0]
  /// ```
  default float[] data() {
    return toFloatArray();
  }

  /// All elements in row-major order as floats.
  /// ```java
  /// Tensor.of(1, 2).toFloatArray();   // [1.0, 2.0]
  /// ```
  default float[] toFloatArray() {
    return HostData.read(self(), HostArray::toFloats);
  }

  /// All elements in row-major order as floats, read when they are asked for, as [#itemLater()] does.
  /// ```java
  /// var shares = Tensor.of(1f, 3f).div(4).toFloatArrayLater();
  /// shares.get();   // [0.25, 0.75]
  /// ```
  /// @return gives the same array, however often it is asked, to one thread at a time
  default Supplier<float[]> toFloatArrayLater() {
    return LateValues.of(self(), HostArray::toFloats);
  }

  /// All elements in row-major order as doubles.
  /// ```java
  /// Tensor.of(1f, 2f).toDoubleArray();   // [1.0, 2.0]
  /// ```
  default double[] toDoubleArray() {
    return HostData.read(self(), HostArray::toDoubles);
  }

  /// The rows of a matrix as doubles: what plots take, and algorithms on arrays.
  /// ```java
  /// Tensor.of(1f, 2f, 3f, 4f).reshape(2, 2).toDoubleMatrix();   // {{1.0, 2.0}, {3.0, 4.0}}
  /// ```
  /// @throws IllegalArgumentException if this is no matrix
  default double[][] toDoubleMatrix() {
    Shape shape = self().shape();
    if (shape.rank() != 2) {
      throw new IllegalArgumentException("toDoubleMatrix: needs two axes, not shape " + shape + "; select or flatten the others");
    }
    double[] all = toDoubleArray();
    int columns = shape.size(1);
    return IntStream.range(0, shape.size(0)).mapToObj(row -> Arrays.copyOfRange(all, row * columns, (row + 1) * columns))
        .toArray(double[][]::new);
  }

  /// All elements in row-major order as ints; floating values lose their fraction.
  /// ```java
  /// Tensor.of(1, 2).toIntArray();   // [1, 2]
  /// ```
  /// @throws ArithmeticException if an int64 does not fit
  default int[] toIntArray() {
    return HostData.read(self(), HostArray::toInts);
  }

  /// All elements in row-major order as ints, read when they are asked for, as [#itemLater()] does: a program that generates text
  /// looks so at a step's tokens while the next step runs.
  /// ```java
  /// var tokens = Tensor.of(1, 2).add(1).toIntArrayLater();
  /// tokens.get();   // [2, 3]
  /// ```
  /// @return gives the same array, however often it is asked, to one thread at a time
  default Supplier<int[]> toIntArrayLater() {
    return LateValues.of(self(), HostArray::toInts);
  }

  /// All elements in row-major order as longs; floating values lose their fraction.
  /// ```java
  /// Tensor.of(1L, 2L).toLongArray();   // [1, 2]
  /// ```
  default long[] toLongArray() {
    return HostData.read(self(), HostArray::toLongs);
  }

  /// All elements in row-major order as booleans: whether they are not 0.
  /// ```java
  /// Tensor.of(0, 2).ne(0).toBooleanArray();   // [false, true]
  /// ```
  default boolean[] toBooleanArray() {
    return HostData.read(self(), HostArray::toBooleans);
  }

  /// All elements in row-major order as bytes of their own type in the machine's order, for files.
  /// ```java
  /// try (var arena = Arena.ofConfined()) {
  ///   x.toMemory(arena).byteSize();   // 64
  /// }
  /// ```
  default MemorySegment toMemory(Arena arena) {
    return HostData.bytes(self(), arena);
  }
}
