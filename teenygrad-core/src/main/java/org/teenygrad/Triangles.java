package org.teenygrad;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.linalg.Lu;
import org.teenygrad.linalg.Triangular;

/// Triangular factors and equations, for [MatrixFunctions]: values from the host, derivatives by first-order perturbation.
final class Triangles {
  private Triangles() {}

  static SlogDet slogdet(Tensor a) {
    Matrices.requireMatrix("slogdet", a, true);
    int n = a.size(-1);
    boolean differentiated = Matrices.isDifferentiated(a);
    List<Shape> shapes = List.of(Shape.SCALAR, Shape.SCALAR, Shape.of(n, n)).subList(0, differentiated ? 3 : 2);
    List<Tensor> found = Matrices.map(a, shapes, (m, results) -> {
      try (Lu lu = new Lu(m)) {
        results.get(0).set(0, 0, lu.sign());
        results.get(1).set(0, 0, lu.logDeterminant());
        if (differentiated && lu.singular()) {
          results.get(2).clear();
        } else if (differentiated) {
          lu.inverse(results.get(2));
        }
      }
    });
    if (!differentiated) {
      return new SlogDet(found.get(0), found.get(1));
    }
    Tensor change = Matrices.transposed(found.get(2)).mul(a).sum(-1, -2);
    Tensor logarithm = found.get(1).isFinite().where(Matrices.withDerivative(found.get(1), change), found.get(1));
    return new SlogDet(Matrices.flat(found.get(0), change), logarithm);
  }

  /// The named triangle, with ones on its diagonal if `unit`.
  private static Tensor triangle(Tensor a, boolean upper, boolean unit) {
    Tensor one = upper ? a.triu(unit ? 1 : 0) : a.tril(unit ? -1 : 0);
    return unit ? one.add(Tensor.eye(a.size(-1)).cast(a.dtype())) : one;
  }

  /// X with `T X = B`, T the named triangle.
  static Tensor solve(Tensor a, Tensor b, boolean upper, boolean unit) {
    Matrices.requireMatrix("solveTriangular", a, true);
    if (b.rank() < 2 || b.size(-2) != a.size(-1)) {
      throw new IllegalArgumentException("solveTriangular: the right side " + b.shape() + " has not the rows of " + a.shape());
    }
    Tensor t = triangle(a, upper, unit);
    Tensor inverse = inverse(t, upper);
    Tensor x = inverse.matmul(b.detach());
    Tensor better = x.add(inverse.matmul(b.detach().sub(t.detach().matmul(x)))); // refined once
    return Matrices.withDerivative(better, inverse.matmul(b.sub(t.matmul(better.detach()))));
  }

  /// T⁻¹ of triangles, as a constant.
  static Tensor inverse(Tensor t, boolean upper) {
    int n = t.size(-1);
    return Matrices.map(t, List.of(Shape.of(n, n)), (m, results) -> Triangular.inverse(m, upper, results.getFirst())).getFirst();
  }

  static PackedLu packed(Tensor a) {
    Matrices.requireMatrix("luFactor", a, false);
    int m = a.size(-2);
    int n = a.size(-1);
    List<Tensor> found = Matrices.map(a, List.of(Shape.of(m, n), Shape.of(Math.min(m, n)), Shape.of(m)), (x, results) -> {
      try (Lu lu = new Lu(x)) {
        results.get(0).set(lu.both());
        results.get(1).setRow(0, Arrays.stream(lu.pivots()).mapToDouble(i -> i + 1).toArray());
        results.get(2).setRow(0, Arrays.stream(lu.order()).asDoubleStream().toArray());
      }
    });
    Tensor both = Matrices.isDifferentiated(a) ? differentiable(a, found.get(0), found.get(2)) : found.get(0);
    return new PackedLu(both, found.get(1).cast(DType.INT32));
  }

  /// `M = L1⁻¹ dA U1⁻¹` moves L1 by `L1 tril(M, -1)` and U1 by `triu(M) U1`; what is below or beside the square follows from `dA =
  /// dL U + L dU`.
  private static Tensor differentiable(Tensor a, Tensor both, Tensor order) {
    int m = a.size(-2);
    int n = a.size(-1);
    int k = Math.min(m, n);
    Tensor rows = Positions.gather(a, a.rank() - 2, order.cast(DType.INT64).unsqueeze(-1).broadcastTo(a.shape()));
    Tensor square = both.narrow(-2, 0, k).narrow(-1, 0, k);
    Tensor lower = triangle(square, false, true);
    Tensor upper = square.triu();
    Tensor lowerInverse = inverse(lower, false);
    Tensor upperInverse = inverse(upper, true);
    Tensor middle = lowerInverse.matmul(rows.narrow(-2, 0, k).narrow(-1, 0, k)).matmul(upperInverse);
    Tensor lowerChange = lower.matmul(middle.tril(-1));
    Tensor upperChange = middle.triu().matmul(upper);
    Tensor change = lowerChange.add(upperChange);
    if (m > n) {
      Tensor below = rows.narrow(-2, n, m - n).sub(both.narrow(-2, n, m - n).matmul(upperChange)).matmul(upperInverse);
      change = Tensor.cat(List.of(change, below), -2);
    } else if (n > m) {
      Tensor beside = lowerInverse.matmul(rows.narrow(-1, m, n - m).sub(lowerChange.matmul(both.narrow(-1, m, n - m))));
      change = Tensor.cat(List.of(change, beside), -1);
    }
    return Matrices.withDerivative(both, change);
  }

  /// The matrix that brings rows where pivots say: `P L U` is the matrix that was factored.
  static Tensor permutation(Tensor pivots, int rows) {
    int count = pivots.size(-1);
    int[] leading = Arrays.copyOf(pivots.shape().toArray(), pivots.rank() - 1);
    int[] all = pivots.cast(DType.INT32).contiguous().toIntArray();
    int batches = count == 0 ? Arrays.stream(leading).reduce(1, Math::multiplyExact) : all.length / count;
    double[] result = new double[batches * rows * rows];
    for (int batch = 0; batch < batches; batch++) {
      int[] order = IntStream.range(0, rows).toArray();
      for (int i = 0; i < count; i++) {
        int other = all[batch * count + i] - 1;
        if (other < 0 || other >= rows) {
          throw new IllegalArgumentException("luUnpack: pivot " + (other + 1) + " of " + rows + " rows");
        }
        int row = order[i];
        order[i] = order[other];
        order[other] = row;
      }
      for (int i = 0; i < rows; i++) {
        result[(batch * rows + order[i]) * rows + i] = 1;
      }
    }
    Shape shape = Shape.of(IntStream.concat(Arrays.stream(leading), IntStream.of(rows, rows)).toArray());
    return Tensor.of(result, shape, pivots.device());
  }

  static LuFactors unpacked(PackedLu packed) {
    Tensor both = packed.lu();
    int m = both.size(-2);
    int n = both.size(-1);
    int k = Math.min(m, n);
    Tensor ones = Tensor.eye(m, k).cast(both.dtype());
    Tensor lower = both.narrow(-1, 0, k).tril(-1).add(ones);
    return new LuFactors(permutation(packed.pivots(), m).cast(both.dtype()), lower, both.narrow(-2, 0, k).triu());
  }
}
