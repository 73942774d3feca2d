package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Order;

/// Sorting against Java's stable sort: any type, axis, length and direction; NaN above all.
@ParameterizedClass
@MethodSource("org.teenygrad.testing.Devices#all")
class SortedTest {
  private static final double[] SPECIAL = {
    0.0, -0.0, 1, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e-45, -1e-45, 3e38, -3e38
  };

  private final Device device;

  SortedTest(Device device) {
    this.device = device;
  }

  /// Ties are common: small types hold few numbers, and one in three is special.
  private Tensor random(Random random, DType type, int... shape) {
    Shape sizes = Shape.of(shape);
    int count = (int) sizes.elements();
    if (type == DType.INT64) {
      long[] numbers = random.longs(count).map(i -> random.nextBoolean() ? i : (i % 3) << 31).toArray();
      return Tensor.of(numbers, sizes, device);
    }
    double[] numbers = random.doubles(count, -9, 9)
        .map(x -> random.nextInt(3) > 0 ? x : type.isFloating() ? SPECIAL[random.nextInt(SPECIAL.length)] : 2)
        .toArray();
    return Tensor.of(numbers, sizes, device).cast(type).realize();
  }

  /// The positions of a row's elements in order.
  private static int[] order(Tensor row, boolean descending) {
    Comparator<Integer> ascending;
    if (row.dtype().isFloating()) {
      double[] values = row.toDoubleArray();
      ascending = Comparator.comparingDouble(i -> values[i] == 0 ? 0.0 : values[i]); // Java, too, has NaN last
    } else {
      long[] values = row.toLongArray();
      ascending = Comparator.comparingLong(i -> values[i]);
    }
    return IntStream.range(0, row.size(0)).boxed().sorted(descending ? ascending.reversed() : ascending)
        .mapToInt(Integer::intValue).toArray();
  }

  private static void assertSorted(Sorted sorted, Tensor x, int axis, boolean descending, int count) {
    assertThat(sorted.values().shape()).isEqualTo(x.shape().with(axis, count));
    assertThat(sorted.values().dtype()).isEqualTo(x.dtype());
    assertThat(sorted.indices().dtype()).isEqualTo(DType.INT64);
    Tensor rows = x.transpose(axis, -1).reshape(-1, x.size(axis));
    long[] places = sorted.indices().transpose(axis, -1).contiguous().toLongArray();
    double[] values = sorted.values().transpose(axis, -1).contiguous().toDoubleArray();
    for (int row = 0; row < rows.size(0); row++) {
      int[] expected = order(rows.select(0, row), descending);
      double[] elements = rows.select(0, row).toDoubleArray();
      String name = x.dtype() + " " + x.shape() + " row " + row;
      assertThat(Arrays.copyOfRange(places, row * count, (row + 1) * count)).as(name)
          .isEqualTo(IntStream.of(expected).limit(count).asLongStream().toArray());
      assertThat(Arrays.copyOfRange(values, row * count, (row + 1) * count)).as(name)
          .isEqualTo(IntStream.of(expected).limit(count).mapToDouble(i -> elements[i]).toArray());
    }
  }

  @Test
  void sortsEveryType() {
    Random random = new Random(5);
    for (DType type : DType.values()) {
      Tensor x = random(random, type, 3, 75);
      assertSorted(x.sort(1, false), x, 1, false, 75);
      assertSorted(x.sort(-1, true), x, 1, true, 75);
      assertSorted(x.topk(40, 1), x, 1, true, 40);
    }
  }

  @Test
  void sortsEveryLengthAndAxis() {
    Random random = new Random(6);
    for (int length : new int[] {1, 2, 3, 16, 31, 32, 33, 64, 65, 100, 257}) {
      Tensor x = random(random, DType.FLOAT32, length, 2);
      assertSorted(x.sort(0, false), x, 0, false, length);
      assertSorted(x.topk(1, 0), x, 0, true, 1);
      assertSorted(x.topk(length / 2, 0, false), x, 0, false, length / 2);
    }
    Tensor cube = random(random, DType.FLOAT32, 2, 5, 3);
    assertSorted(cube.sort(1, true), cube, 1, true, 5);
  }

  @Test
  void findsTheFirstOfMany() {
    Random random = new Random(7);
    Tensor x = random(random, DType.FLOAT32, 2, 700);
    for (int count : new int[] {1, 31, 33, 64, 100, 300, 700}) {
      assertSorted(x.topk(count, 1), x, 1, true, count);
    }
    Tensor longRows = random(random, DType.FLOAT32, 2, 9001);
    for (int count : new int[] {1, 50, 2048, 2049, 5000}) {
      assertSorted(longRows.topk(count, 1), longRows, 1, true, count);
    }
  }

  /// As numbers come, more and more are below the last of the smallest, none ever is, or all are equal.
  @Test
  void findsTheFirstOfRowsInAnyOrder() {
    int length = 3000;
    Tensor rising = Tensor.arange(length).cast(DType.FLOAT32).to(device);
    Tensor row = Tensor.stack(rising, rising.neg(), rising.zerosLike(), rising.mul(0.01).sin()).realize();
    for (int count : new int[] {1, 50, 375}) {
      assertSorted(row.topk(count, 1), row, 1, true, count);
      assertSorted(row.topk(count, 1, false), row, 1, false, count);
    }
  }

  /// Whether a processor sorts by bytes or merges, sifts or not, and how vectors fit, depends on the length.
  @Test
  void lengthsWhereTheWayChangesAreSorted() {
    Random random = new Random(9);
    for (int length : new int[] {7, 8, 9, 23, 24, 25, 1023, 1024, 1025}) {
      Tensor x = random(random, DType.FLOAT32, 2, length);
      assertSorted(x.sort(1, true), x, 1, true, length);
      assertSorted(x.topk(Math.max(1, length / 8), 1), x, 1, true, Math.max(1, length / 8));
    }
  }

  /// Sorted in parts, which are merged, as long as is wanted of them.
  @Test
  void theFirstOfLongRowsAreSortedAndMerged() {
    int length = device.equals(Device.of("cpu")) ? 150_001 : 1_001;
    Tensor x = random(new Random(10), DType.FLOAT32, 2, length);
    for (int count : new int[] {1, length / 30, length / 8, length / 2, length}) {
      assertSorted(x.topk(count, 1), x, 1, true, count);
    }
    Tensor extremes = Tensor.of(new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1, 0, Long.MAX_VALUE, 1L << 32, Integer.MIN_VALUE}, Shape.of(7), device)
        .broadcastTo(Shape.of(length / 7, 7)).flatten().realize();
    assertSorted(extremes.sort(0, false), extremes, 0, false, extremes.size(0));
  }

  /// Keys with their positions below them have an order to begin with that other numbers have not.
  @Test
  void anyNumbersAreSorted() {
    Random random = new Random(11);
    for (int length : new int[] {23, 24, 300, 3000}) {
      for (long mask : new long[] {-1, 0xFFFF_FFFFL, 0xFF00_0000_0000_00FFL}) {
        long[] numbers = random.longs(length).map(number -> number & mask).toArray();
        long[] expected = numbers.clone();
        Arrays.sort(expected);
        for (int count : new int[] {1, Math.max(1, length / 10), length}) {
          Tensor sorted = Tensor.applyWith(OpCode.SORT, new Order(count), Tensor.of(numbers, Shape.of(length), device));
          assertThat(sorted.toLongArray()).as("%d of %d", count, length).isEqualTo(Arrays.copyOf(expected, count));
        }
      }
    }
  }

  @Test
  void answersAsPyTorch() {
    float nan = Float.NaN;
    Tensor x = Tensor.of(new float[] {3, nan, -0f, 1, 0, nan, -2, 3}, Shape.of(8), device);
    assertThat(x.argsort(0, false).toLongArray()).containsExactly(6, 2, 4, 3, 0, 7, 1, 5);
    assertThat(x.argsort(0, true).toLongArray()).containsExactly(1, 5, 0, 7, 3, 2, 4, 6);
    assertThat(x.topk(3, 0).values().toFloatArray()).containsExactly(nan, nan, 3);
  }

  @Test
  void scalarsAndNothing() {
    Tensor scalar = Tensor.of(new float[] {7}, Shape.SCALAR, device);
    assertThat(scalar.sort(0, false).values().item()).isEqualTo(7);
    assertThat(scalar.topk(1, -1).indices().shape()).isEqualTo(Shape.SCALAR);
    Tensor none = Tensor.of(new float[0], Shape.of(2, 0), device);
    assertThat(none.sort(1, true).indices().shape()).isEqualTo(Shape.of(2, 0));
    assertThat(none.sort(0, true).values().shape()).isEqualTo(Shape.of(2, 0));
    assertThat(Tensor.of(new float[4], Shape.of(2, 2), device).topk(0, 0).values().shape()).isEqualTo(Shape.of(0, 2));
    assertThatThrownBy(() -> scalar.topk(2, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void derivativesGoWhereTheElementsCameFrom() {
    Tensor x = Tensor.of(new float[] {3, 1, 2}, Shape.of(3), device).requiresGrad();
    Tensor weights = Tensor.of(new float[] {10, 20, 30}, Shape.of(3), device);
    x.sort(0, false).values().mul(weights).sum().backward();
    assertThat(x.grad().toFloatArray()).containsExactly(30, 10, 20);
  }

  @Test
  void longAxesAreSorted() {
    int length = device.equals(Device.of("cpu")) ? 100_000 : 2_000; // the interpreter takes its time
    Random random = new Random(8);
    for (DType type : List.of(DType.FLOAT32, DType.INT64)) {
      Tensor x = random(random, type, length);
      assertSorted(x.sort(0, false), x, 0, false, length);
    }
  }
}
