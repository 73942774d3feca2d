package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Places in rows in order: those of all lengths, types and sides; membership among many.
@ParameterizedClass
@MethodSource("org.teenygrad.testing.Devices#all")
class BinarySearchTest {
  private static final Comparator<Double> NUMERICAL = (a, b) -> a.doubleValue() == b.doubleValue() ? 0 : Double.compare(a, b); // NaN last, one zero

  private final Device device;

  BinarySearchTest(Device device) {
    this.device = device;
  }

  private Tensor tensor(double[] values, DType type, int... shape) {
    return Tensor.of(values, Shape.of(shape), device).cast(type).realize();
  }

  /// How many elements of a row are before a value, or before and equal to it.
  private static long place(double[] row, double value, boolean right) {
    return DoubleStream.of(row).filter(element -> NUMERICAL.compare(element, value) < (right ? 1 : 0)).count();
  }

  private static void assertPlaces(Tensor found, double[] row, double[] values, boolean right) {
    assertThat(found.dtype()).isEqualTo(DType.INT64);
    assertThat(found.toLongArray()).as("%s in %s", Arrays.toString(values), Arrays.toString(row))
        .containsExactly(DoubleStream.of(values).mapToLong(value -> place(row, value, right)).toArray());
  }

  @Test
  void rowsOfEveryLengthAreSearched() {
    Random random = new Random(1);
    for (int length : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100}) {
      double[] row = random.doubles(length, -9, 9).map(Math::rint).sorted().toArray();
      double[] values = DoubleStream.concat(DoubleStream.of(row), random.doubles(20, -12, 12)).toArray();
      for (boolean right : new boolean[] {false, true}) {
        assertPlaces(tensor(row, DType.FLOAT64, length).searchsorted(tensor(values, DType.FLOAT64, values.length), right), row, values, right);
      }
    }
  }

  @Test
  void everyTypeIsSearched() {
    double[] row = {0, 1, 1, 1, 3, 6, 6, 100};
    double[] values = {0, 1, 2, 6, 7, 100};
    for (DType type : DType.values()) {
      double[] own = tensor(row, type, row.length).cast(DType.FLOAT64).toDoubleArray();
      double[] wanted = tensor(values, type, values.length).cast(DType.FLOAT64).toDoubleArray();
      for (boolean right : new boolean[] {false, true}) {
        assertPlaces(tensor(row, type, row.length).searchsorted(tensor(values, type, values.length), right), own, wanted, right);
      }
    }
    assertPlaces(tensor(row, DType.INT32, row.length).searchsorted(tensor(new double[] {0.5, 1, 1.5}, DType.FLOAT32, 3), true), row, new double[] {0.5, 1, 1.5}, true);
  }

  @Test
  void nanStandBehindAllNumbers() {
    double nan = Double.NaN;
    double[] numbers = {-1, -0.0, 0, Double.POSITIVE_INFINITY};
    double[] withNan = {-1, 0, nan, nan, nan};
    double[] values = {nan, 0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 5};
    for (double[] row : List.of(numbers, withNan)) {
      for (boolean right : new boolean[] {false, true}) {
        assertPlaces(tensor(row, DType.FLOAT32, row.length).searchsorted(tensor(values, DType.FLOAT32, 6), right), row, values, right);
      }
    }
  }

  @Test
  void eachRowHasValuesOfItsOwn() {
    Tensor rows = tensor(new double[] {1, 3, 5, 2, 4, 6, 0, 0, 9}, DType.FLOAT32, 3, 3);
    Tensor values = tensor(new double[] {3, 3, 0, 6, 9, 0}, DType.FLOAT32, 2, 3).transpose(0, 1); // 3 6, 3 9, 0 0
    assertThat(rows.searchsorted(values, false).toLongArray()).containsExactly(1, 3, 1, 3, 0, 0);
    assertThat(rows.searchsorted(values, true).toLongArray()).containsExactly(2, 3, 1, 3, 2, 2);
    Tensor across = tensor(new double[] {1, 2, 0, 3, 4, 0, 5, 6, 9}, DType.FLOAT32, 3, 3).transpose(0, 1);
    assertThat(across.searchsorted(values, true).toLongArray()).containsExactly(2, 3, 1, 3, 2, 2);
    assertThatThrownBy(() -> rows.searchsorted(values.slice(0, 0, 2), false)).hasMessageContaining("searchsorted: values (2, 2) do not fit rows (3, 3)");
  }

  @Test
  void nothingIsSearchedInNothing() {
    Tensor none = tensor(new double[0], DType.FLOAT32, 0);
    Tensor row = tensor(new double[] {1, 2}, DType.FLOAT32, 2);
    assertThat(none.searchsorted(row, false).toLongArray()).containsExactly(0, 0);
    assertThat(row.searchsorted(none, false).shape()).isEqualTo(Shape.of(0));
    assertThat(row.searchsorted(Tensor.of(new float[] {2}, Shape.SCALAR, device), true).item()).isEqualTo(2);
    assertThat(row.bucketize(row, true).toLongArray()).containsExactly(1, 2);
  }

  /// 2^40 comparisons would not end.
  @Test
  void manyAreSearchedInMany() {
    int size = device.equals(Device.of("cpu")) ? 1 << 20 : 1 << 12;
    Tensor even = Tensor.arange(size).mul(2).to(device).realize();
    Tensor values = Tensor.arange(size).add(size / 2).to(device).realize();
    long[] found = even.searchsorted(values, false).toLongArray();
    assertThat(found).isEqualTo(IntStream.range(0, size).mapToLong(i -> (i + size / 2 + 1) / 2).toArray());
    assertThat(values.isIn(even).toLongArray()).isEqualTo(IntStream.range(0, size).mapToLong(i -> i % 2 == 0 ? 1 : 0).toArray());
  }

  @Test
  void membersAreFoundAmongFewAndMany() {
    double nan = Double.NaN;
    Tensor x = tensor(new double[] {1, nan, 2.5, -0.0, 7}, DType.FLOAT32, 5);
    double[] few = {nan, 7, 0};
    double[] many = DoubleStream.concat(DoubleStream.of(few), DoubleStream.iterate(20, i -> i + 1).limit(60)).toArray();
    for (double[] others : List.of(few, many, new double[0])) {
      boolean[] expected = new boolean[5];
      expected[3] = expected[4] = others.length > 0;
      boolean[] found = new boolean[5];
      long[] bits = x.isIn(tensor(others, DType.FLOAT32, others.length)).toLongArray();
      IntStream.range(0, 5).forEach(i -> found[i] = bits[i] != 0);
      assertThat(found).as("among %d", others.length).containsExactly(expected);
    }
  }
}
