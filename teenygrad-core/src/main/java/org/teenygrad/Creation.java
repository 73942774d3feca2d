package org.teenygrad;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.host.NestedArray;

/// Factories of tensors from data and constants, inherited by [Tensor] as static methods.
///
/// Data is copied at once to the default device, unless another is named. Constants are at home on every device and
/// take no memory until they are written to.
abstract sealed class Creation extends RandomCreation permits Joining {

  /// A float32 scalar.
  public static Tensor of(float value) {
    return of(new float[] {value}, Shape.SCALAR, Devices.defaultDevice());
  }

  /// A float32 vector. PyTorch's `tensor`.
  /// ```java
  /// Tensor.of(1f, 2f, 3f);
  /// ```
  public static Tensor of(float... values) {
    return of(values, Shape.of(values.length), Devices.defaultDevice());
  }

  /// float32 values in row-major order, in that shape.
  /// ```java
  /// Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);   // [[1. 2.]
  ///                                              //  [3. 4.]]
  /// ```
  /// @throws IllegalArgumentException if they do not fill the shape
  public static Tensor of(float[] values, int... shape) {
    return of(values, Shape.of(shape), Devices.defaultDevice());
  }

  /// float32 values in row-major order, in that shape and on that device.
  public static Tensor of(float[] values, Shape shape, Device device) {
    return HostData.tensor(MemorySegment.ofArray(values), DType.FLOAT32, shape, device);
  }

  /// A float64 scalar.
  public static Tensor of(double value) {
    return of(new double[] {value}, Shape.SCALAR, Devices.defaultDevice());
  }

  /// A float64 vector.
  public static Tensor of(double... values) {
    return of(values, Shape.of(values.length), Devices.defaultDevice());
  }

  /// float64 values in row-major order, in that shape.
  public static Tensor of(double[] values, int... shape) {
    return of(values, Shape.of(shape), Devices.defaultDevice());
  }

  /// float64 values in row-major order, in that shape and on that device.
  public static Tensor of(double[] values, Shape shape, Device device) {
    return HostData.tensor(MemorySegment.ofArray(values), DType.FLOAT64, shape, device);
  }

  /// An int32 scalar.
  public static Tensor of(int value) {
    return of(new int[] {value}, Shape.SCALAR, Devices.defaultDevice());
  }

  /// An int32 vector.
  public static Tensor of(int... values) {
    return of(values, Shape.of(values.length), Devices.defaultDevice());
  }

  /// int32 values in row-major order, in that shape.
  public static Tensor of(int[] values, int... shape) {
    return of(values, Shape.of(shape), Devices.defaultDevice());
  }

  /// int32 values in row-major order, in that shape and on that device.
  public static Tensor of(int[] values, Shape shape, Device device) {
    return HostData.tensor(MemorySegment.ofArray(values), DType.INT32, shape, device);
  }

  /// An int64 scalar.
  public static Tensor of(long value) {
    return of(new long[] {value}, Shape.SCALAR, Devices.defaultDevice());
  }

  /// An int64 vector.
  public static Tensor of(long... values) {
    return of(values, Shape.of(values.length), Devices.defaultDevice());
  }

  /// int64 values in row-major order, in that shape.
  public static Tensor of(long[] values, int... shape) {
    return of(values, Shape.of(shape), Devices.defaultDevice());
  }

  /// int64 values in row-major order, in that shape and on that device.
  public static Tensor of(long[] values, Shape shape, Device device) {
    return HostData.tensor(MemorySegment.ofArray(values), DType.INT64, shape, device);
  }

  /// A bool scalar.
  public static Tensor of(boolean value) {
    return of(new boolean[] {value}, Shape.SCALAR, Devices.defaultDevice());
  }

  /// A bool vector.
  public static Tensor of(boolean... values) {
    return of(values, Shape.of(values.length), Devices.defaultDevice());
  }

  /// bool values in row-major order, in that shape.
  public static Tensor of(boolean[] values, int... shape) {
    return of(values, Shape.of(shape), Devices.defaultDevice());
  }

  /// bool values in row-major order, in that shape and on that device.
  public static Tensor of(boolean[] values, Shape shape, Device device) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return HostData.tensor(MemorySegment.ofArray(bytes), DType.BOOL, shape, device);
  }

  /// Nested Java arrays of any depth, of float, double, int, long or boolean.
  /// ```java
  /// Tensor.of(new float[][] {{1, 2}, {3, 4}});
  /// ```
  /// @throws IllegalArgumentException if rows differ in length
  public static Tensor of(Object[] nested) {
    NestedArray array = NestedArray.of(nested);
    Device device = Devices.defaultDevice();
    return switch (array.flat()) {
      case float[] values -> of(values, array.shape(), device);
      case double[] values -> of(values, array.shape(), device);
      case int[] values -> of(values, array.shape(), device);
      case long[] values -> of(values, array.shape(), device);
      case boolean[] values -> of(values, array.shape(), device);
      default -> throw new IllegalArgumentException(
          "of: " + array.flat().getClass().getSimpleName() + "; there are float, double, int, long and boolean");
    };
  }

  /// Elements in row-major order from memory, in the machine's byte order: for files. bool is one byte, 0 or 1.
  /// ```java
  /// Tensor.ofMemory(MemorySegment.ofArray(new int[] {1, 2}), DType.INT32, Shape.of(2));   // [1 2]
  /// ```
  /// @throws IllegalArgumentException if the bytes do not fill the shape
  public static Tensor ofMemory(MemorySegment data, DType dtype, Shape shape) {
    return ofMemory(data, dtype, shape, Devices.defaultDevice());
  }

  /// [#ofMemory(MemorySegment, DType, Shape)] on a device.
  public static Tensor ofMemory(MemorySegment data, DType dtype, Shape shape, Device device) {
    return HostData.tensor(data, dtype, shape, device);
  }

  /// float32 zeros. PyTorch's `zeros`.
  /// ```java
  /// Tensor.zeros(2);   // [0. 0.]
  /// ```
  public static Tensor zeros(int... shape) {
    return zeros(DType.FLOAT32, shape);
  }

  /// Zeros of a type.
  public static Tensor zeros(DType dtype, int... shape) {
    return full(Shape.of(shape), 0, dtype);
  }

  /// float32 ones. PyTorch's `ones`.
  /// ```java
  /// Tensor.ones(DType.INT32, 2, 2);   // [[1 1]
  ///                                   //  [1 1]]
  /// ```
  public static Tensor ones(int... shape) {
    return ones(DType.FLOAT32, shape);
  }

  /// Ones of a type.
  public static Tensor ones(DType dtype, int... shape) {
    return full(Shape.of(shape), 1, dtype);
  }

  /// One value everywhere: float32 for `2.5`, int64 for `2`. PyTorch's `full`.
  /// ```java
  /// Tensor.full(Shape.of(2), 7);   // [7 7]
  /// ```
  public static Tensor full(Shape shape, Number value) {
    return full(shape, value, Broadcasting.isFloating(value) ? DType.FLOAT32 : DType.INT64);
  }

  /// One truth everywhere.
  public static Tensor full(Shape shape, boolean value) {
    return full(shape, value ? 1 : 0, DType.BOOL);
  }

  /// One value everywhere, of a type.
  public static Tensor full(Shape shape, Number value, DType dtype) {
    return Operations.constant(dtype, value).broadcastTo(shape);
  }

  /// The integers `0 .. count-1`, int64. PyTorch's `arange`.
  public static Tensor arange(int count) {
    return arange(count, DType.INT64);
  }

  /// The integers `0 .. count-1` in a type.
  /// @throws IllegalArgumentException if the count is negative
  public static Tensor arange(int count, DType dtype) {
    if (count < 0) {
      throw new IllegalArgumentException("arange: " + count + " elements");
    }
    DType integers = dtype.isInteger() ? dtype : DType.INT64;
    return Tensor.wrap(OpNode.create(OpCode.ARANGE, integers, List.of(), count)).cast(dtype);
  }

  /// The integers from `start` to before `end`, int64.
  public static Tensor arange(int start, int end) {
    return arange(start, end, 1);
  }

  /// Every `step`-th integer from `start` to before `end`, int64; the step may be negative.
  /// ```java
  /// Tensor.arange(10, 0, -3);   // [10  7  4  1]
  /// ```
  /// @throws IllegalArgumentException if the steps do not lead from `start` to `end`
  public static Tensor arange(int start, int end, int step) {
    return arange(count(start, end, step), DType.INT64).mul(step).add(start);
  }

  /// The numbers `start`, `start + step`... before `end`, float32; computed in float64.
  /// @throws IllegalArgumentException if the steps do not lead from `start` to `end`
  public static Tensor arange(double start, double end, double step) {
    return arange(count(start, end, step), DType.FLOAT64).mul(step).add(start).cast(DType.FLOAT32);
  }

  private static int count(double start, double end, double step) {
    double count = Math.ceil((end - start) / step);
    if (!(count >= 0 && count <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException("arange: no way from " + start + " to " + end + " in steps of " + step);
    }
    return (int) count;
  }

  /// `count` numbers from `start` to `end`, both included, at equal distances; float32. PyTorch's `linspace`.
  /// ```java
  /// Tensor.linspace(0, 1, 5);   // [0.   0.25 0.5  0.75 1.  ]
  /// ```
  public static Tensor linspace(double start, double end, int count) {
    Tensor position = arange(count, DType.FLOAT64);
    double step = count > 1 ? (end - start) / (count - 1) : 0;
    // From the nearer end, so that both ends are exact.
    Tensor fromStart = position.mul(step).add(start);
    Tensor fromEnd = position.rsub(count - 1).mul(step).rsub(end);
    return position.lt(Math.max(1, count / 2)).where(fromStart, fromEnd).cast(DType.FLOAT32);
  }

  /// The frequencies that `n` points of a Fourier transform stand for, those below 0 behind: `torch.fft.fftfreq`.
  /// ```java
  /// Tensor.fftfreq(4, 0.25);   // [ 0.  1. -2. -1.]
  /// ```
  /// @param d from one sample to the next
  /// @return float32 (n)
  /// @throws IllegalArgumentException if `n` is not positive
  public static Tensor fftfreq(int n, double d) {
    Tensor position = frequencies("fftfreq", n, n);
    return position.lt(Math.ceilDiv(n, 2)).where(position, position.sub(n)).cast(DType.FLOAT32).mul(1 / (n * d));
  }

  /// The frequencies of [Tensor#rfft()]: `torch.fft.rfftfreq`.
  /// ```java
  /// Tensor.rfftfreq(4, 0.25);   // [0. 1. 2.]
  /// ```
  /// @return float32 (n / 2 + 1)
  /// @throws IllegalArgumentException if `n` is not positive
  public static Tensor rfftfreq(int n, double d) {
    return frequencies("rfftfreq", n, n / 2 + 1).cast(DType.FLOAT32).mul(1 / (n * d));
  }

  private static Tensor frequencies(String name, int n, int count) {
    if (n < 1) {
      throw new IllegalArgumentException(name + ": needs a point at least, not " + n);
    }
    return arange(count, DType.INT32);
  }

  /// The identity matrix of n rows, float32. PyTorch's `eye`.
  /// ```java
  /// Tensor.eye(2);   // [[1. 0.]
  ///                  //  [0. 1.]]
  /// ```
  public static Tensor eye(int n) {
    return eye(n, n);
  }

  /// A float32 matrix with ones where row and column are equal.
  public static Tensor eye(int rows, int columns) {
    return arange(rows, DType.INT32).unsqueeze(1).eq(arange(columns, DType.INT32)).cast(DType.FLOAT32);
  }

  /// `count` powers of a base whose exponents are at equal distances from `start` to `end`; float32. PyTorch's `logspace`.
  /// ```java
  /// Tensor.logspace(0, 2, 3, 10);   // [  1.  10. 100.]
  /// ```
  public static Tensor logspace(double start, double end, int count, double base) {
    Tensor exponents = arange(count, DType.FLOAT64).mul(count > 1 ? (end - start) / (count - 1) : 0).add(start);
    return Tensor.full(Shape.SCALAR, base, DType.FLOAT64).pow(exponents).cast(DType.FLOAT32);
  }

  /// The rows and the columns of a matrix' elements on and below a diagonal, int64 (2, elements). PyTorch's `tril_indices`.
  /// ```java
  /// Tensor.trilIndices(2, 2, 0);   // [[0 1 1]
  ///                                //  [0 0 1]]
  /// ```
  public static Tensor trilIndices(int rows, int columns, int diagonal) {
    return places(rows, columns, (row, column) -> column - row <= diagonal);
  }

  /// The rows and the columns of a matrix' elements on and above a diagonal, int64 (2, elements). PyTorch's `triu_indices`.
  /// ```java
  /// Tensor.triuIndices(2, 2, 0);   // [[0 0 1]
  ///                                //  [0 1 1]]
  /// ```
  public static Tensor triuIndices(int rows, int columns, int diagonal) {
    return places(rows, columns, (row, column) -> column - row >= diagonal);
  }

  private interface Place {
    boolean counts(int row, int column);
  }

  private static Tensor places(int rows, int columns, Place place) {
    int[] flat = IntStream.range(0, Math.multiplyExact(rows, columns)).filter(i -> place.counts(i / columns, i % columns)).toArray();
    return Tensor.of(
        IntStream.concat(IntStream.of(flat).map(i -> i / columns), IntStream.of(flat).map(i -> i % columns)).asLongStream().toArray(),
        2, flat.length);
  }
}
