package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Sorted;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.KernelCase.Input;
import org.teenygrad.bench.KernelCase.Sample;

/// Orders and running sums of float32 and the gradient of an embedding, as times. Sorting must give what Java's gives, and where each element was.
final class IndexCases {
  private IndexCases() {}

  static List<ComparedCase> all() {
    return List.of(
        sort("sort_4096x4096_float32", 4096, 4096),
        top("top50_256x50304_float32", 256, 50304, 50),
        runningSum("cumsum_64Mi_float32", 64 << 20),
        embeddingGradient("embedding_gradient_65536x768_of_50304", 65536, 768, 50304));
  }

  /// Each row in ascending order. Bytes: elements read and written, and an int64 for each.
  static KernelCase sort(String name, int rows, int columns) {
    List<Integer> some = List.of(Sample.step(rows, 16), 1);
    return new KernelCase(name, Unit.MILLIS, (4.0 + 4 + 8) * rows * columns, DType.FLOAT32, 2, 0, List.of(Input.of(rows, columns)), x -> {
      Sorted sorted = x.getFirst().sort(-1, false);
      return List.of(sorted.values(), sorted.indices());
    }, List.of(Sample.of(List.of(some), some, some))).against(elements -> rows(elements, columns, columns, false));
  }

  /// The largest of each row.
  static KernelCase top(String name, int rows, int columns, int count) {
    List<Integer> some = List.of(Sample.step(rows, 16), 1);
    return new KernelCase(name, Unit.MILLIS, 4.0 * rows * columns, DType.FLOAT32, 2, 0, List.of(Input.of(rows, columns)), x -> {
      Sorted largest = x.getFirst().topk(count, -1);
      return List.of(largest.values(), largest.indices());
    }, List.of(Sample.of(List.of(some), some, some))).against(elements -> rows(elements, columns, count, true));
  }

  static KernelCase runningSum(String name, int size) {
    List<Integer> whole = List.of(1);
    return new KernelCase(name, Unit.MILLIS, 8.0 * size, DType.FLOAT32, 2, Rounding.FLOAT32, List.of(Input.of(size)),
        x -> List.of(x.getFirst().cumsum(0)),
        List.of(Sample.of(List.of(whole), whole))).against(elements -> {
          double[] sums = elements.clone();
          Arrays.parallelPrefix(sums, Double::sum);
          return List.of(sums);
        });
  }

  /// The gradient by a table of the rows that were looked up, most often the first ones: as words of a language, by Zipf's law.
  static KernelCase embeddingGradient(String name, int rows, int columns, int words) {
    Input ids = Input.drawn(() -> Tensor.full(Shape.of(rows), words, DType.FLOAT32).pow(Tensor.rand(rows)).sub(1).cast(DType.INT32));
    List<Integer> some = List.of(1, Sample.step(columns, 8));
    return new KernelCase(name, Unit.MILLIS, 2.0 * columns * (rows + words), DType.BFLOAT16, 2, Rounding.ONCE, List.of(Input.of(rows, columns), ids),
        x -> List.of(Tensor.full(Shape.of(words, x.get(0).size(1)), 0, x.get(0).dtype()).indexAdd(0, x.get(1), x.get(0))),
        List.of(Sample.of(List.of(some, List.of(1)), some)));
  }

  /// The first elements of each row in order, and their positions; of equal ones that which came first.
  private static List<double[]> rows(double[] elements, int columns, int count, boolean descending) {
    List<double[]> values = new ArrayList<>();
    List<double[]> positions = new ArrayList<>();
    for (int row = 0; row < elements.length / columns; row++) {
      double[] one = Arrays.copyOfRange(elements, row * columns, (row + 1) * columns);
      // Java has -0 before 0; of numbers that are equal, as these are, the first is to come first.
      Comparator<Integer> ascending = Comparator.comparingDouble(i -> one[i] + 0.0);
      int[] order = IntStream.range(0, columns).boxed().sorted(descending ? ascending.reversed() : ascending).limit(count)
          .mapToInt(i -> i).toArray();
      values.add(Arrays.stream(order).mapToDouble(i -> one[i]).toArray());
      positions.add(Arrays.stream(order).asDoubleStream().toArray());
    }
    return List.of(flat(values), flat(positions));
  }

  private static double[] flat(List<double[]> rows) {
    return rows.stream().flatMapToDouble(Arrays::stream).toArray();
  }
}
