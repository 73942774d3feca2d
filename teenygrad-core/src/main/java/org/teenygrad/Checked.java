package org.teenygrad;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.linalg.Cholesky;
import org.teenygrad.linalg.Lu;

/// A result for each matrix of a batch, of which some may have none.
///
/// @param value NaN for matrices without a result
/// @param info int32: 0 for each that has one
public record Checked(Tensor value, Tensor info) {
  static Checked cholesky(Tensor a) {
    Matrices.requireMatrix("choleskyEx", a, true);
    return of(a, Matrices.map(a, List.of(Shape.SCALAR), (m, results) -> results.getFirst().set(0, 0, Cholesky.failure(m))).getFirst(), Tensor::cholesky);
  }

  static Checked solve(Tensor a, @Nullable Tensor b) {
    Matrices.requireMatrix("solveEx", a, true);
    Tensor info = Matrices.map(a, List.of(Shape.SCALAR), (m, results) -> {
      try (Lu lu = new Lu(m)) {
        results.getFirst().set(0, 0, lu.firstZero());
      }
    }).getFirst();
    return of(a, info, good -> b == null ? good.inv() : good.solve(b));
  }

  private interface Function {
    Tensor of(Tensor good);
  }

  /// The function of all matrices that it can be computed of, and of identities in place of the others.
  private static Checked of(Tensor a, Tensor info, Function function) {
    Tensor failed = info.ne(0);
    Tensor value = function.of(failed.unsqueeze(-1).unsqueeze(-1).where(MatrixPowers.identity(a), a));
    while (failed.rank() < value.rank()) {
      failed = failed.unsqueeze(-1);
    }
    return new Checked(failed.where(Double.NaN, value), info.cast(DType.INT32));
  }
}
