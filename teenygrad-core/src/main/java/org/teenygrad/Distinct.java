package org.teenygrad;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Different elements: those that are equal stand together once they are sorted.
final class Distinct {
  private Distinct() {}

  static Unique of(Tensor x) {
    Sorted sorted = x.detach().flatten().sort(0, false);
    Unique groups = consecutive(sorted.values());
    Tensor inverse = x.numel() == 0 ? groups.inverse() : groups.inverse().scatter(0, sorted.indices(), groups.inverse());
    return new Unique(groups.values(), inverse.reshape(x.shape()), groups.counts());
  }

  static Unique consecutive(Tensor x) {
    Tensor flat = x.detach().flatten();
    int n = flat.size(0);
    if (n == 0) {
      Tensor nothing = Tensor.zeros(DType.INT64, 0).to(x.device());
      return new Unique(flat, nothing.reshape(x.shape()), nothing);
    }
    Tensor differs = flat.slice(0, 1, n).ne(flat.slice(0, 0, n - 1));
    Tensor first = Tensor.cat(Tensor.ones(DType.BOOL, 1), differs);
    Tensor group = first.cumsum(0).sub(1).to(x.device()).realize(); // of one element it is a constant
    int groups = (int) group.select(0, -1).itemLong() + 1;
    Tensor counts = Tensor.zeros(DType.INT64, groups).scatterAdd(0, group, group.onesLike());
    return new Unique(flat.maskedSelect(first), group.reshape(x.shape()), counts);
  }

  static Unique consecutive(Tensor x, int axis) {
    if (x.rank() == 0) {
      return consecutive(x);
    }
    int at = x.shape().axis(axis);
    int n = x.size(at);
    int length = n == 0 ? 0 : Math.toIntExact(x.numel() / n);
    Tensor rows = x.detach().movedim(at, 0).reshape(n, length);
    if (n == 0 || length == 0) {
      Tensor nothing = Tensor.zeros(DType.INT64, n).to(x.device());
      return new Unique(x.detach().narrow(at, 0, Math.min(n, 1)), nothing, Tensor.full(Shape.of(Math.min(n, 1)), n, DType.INT64).to(x.device()));
    }
    Tensor first = Tensor.cat(Tensor.ones(DType.BOOL, 1), rows.slice(0, 1, n).ne(rows.slice(0, 0, n - 1)).any(1));
    Tensor group = first.cumsum(0).sub(1).to(x.device()).realize();
    int groups = (int) group.select(0, -1).itemLong() + 1;
    Tensor counts = Tensor.zeros(DType.INT64, groups).scatterAdd(0, group, group.onesLike());
    return new Unique(x.detach().indexSelect(at, first.nonzero().squeeze(1)), group, counts);
  }

  /// Parts are compared as rows of the numbers that their elements have among all.
  static Unique along(Tensor x, int axis) {
    if (x.rank() == 0) {
      return of(x);
    }
    int at = x.shape().axis(axis);
    int n = x.size(at);
    int[] numbers = of(x).inverse().movedim(at, 0).contiguous().toIntArray();
    int length = n == 0 ? 0 : numbers.length / n;
    int[][] rows = new int[n][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(numbers, i * length, (i + 1) * length));
    int[] order = IntStream.range(0, n).boxed().sorted((a, b) -> Arrays.compare(rows[a], rows[b])).mapToInt(i -> i).toArray();
    int[] places = new int[n];
    long[] inverse = new long[n];
    long[] counts = new long[n];
    int groups = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0 || !Arrays.equals(rows[order[i]], rows[order[i - 1]])) {
        places[groups++] = order[i];
      }
      inverse[order[i]] = groups - 1L;
      counts[groups - 1]++;
    }
    Tensor chosen = Tensor.of(Arrays.copyOf(places, groups), Shape.of(groups), x.device());
    return new Unique(
        x.detach().indexSelect(at, chosen),
        Tensor.of(inverse, Shape.of(n), x.device()),
        Tensor.of(Arrays.copyOf(counts, groups), Shape.of(groups), x.device()));
  }
}
