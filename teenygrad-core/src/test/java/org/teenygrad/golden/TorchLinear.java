package org.teenygrad.golden;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Eigen;
import org.teenygrad.QrFactors;
import org.teenygrad.Svd;
import org.teenygrad.Tensor;

/// Products of vectors and matrices, and linear algebra.
final class TorchLinear {
  private TorchLinear() {}

  static void fill(Torch.Table t) {
    t.one("matmul __matmul__ mm bmm mv(input, other|mat2|vec)", c -> c.x().matmul(c.tensor("other")));
    t.binary("__rmatmul__", (x, y) -> y.matmul(x));
    t.one("dot vdot(input, other|vec2)", c -> c.x().dot(c.tensor("other")));
    t.one("outer ger(input, vec2|other)", c -> c.x().outer(c.tensor("vec2")));
    t.binary("inner", Tensor::inner);
    t.binary("kron", Tensor::kron);
    t.one("cross(input, other, dim=-1)", c -> c.x().cross(c.tensor("other"), c.integer("dim")));
    t.one("tensordot(a, b, dims=2)", TorchLinear::tensordot);
    t.one("addmm(input, mat1, mat2, beta=1, alpha=1)", c -> added(c, "mat1", "mat2"));
    t.one("addmv(input, mat, vec, beta=1, alpha=1)", c -> added(c, "mat", "vec"));
    t.one("baddbmm(input, batch1, batch2, beta=1, alpha=1)", c -> added(c, "batch1", "batch2"));
    t.one("einsum(equation, *operands)", c ->
        Tensor.einsum(c.text("equation"), c.tensors("operands").toArray(Tensor[]::new)));
    t.one("linear(input, weight, bias=None)", c -> c.x().linear(c.tensor("weight"), c.optional("bias")));
    t.one("solve(input, B, left=True)", TorchMatrices::solve);
    t.unary("inv inverse", Tensor::inv);
    t.unary("det", Tensor::det);
    t.one("cholesky(input, upper=False)", c -> c.flag("upper") ? c.x().cholesky().transpose(-1, -2) : c.x().cholesky());
    t.unary("svdvals", Tensor::svdvals);
    t.one("eigvalsh(input, UPLO='L')", c -> symmetric(c).eigvalsh());
    t.several("eigh(input, UPLO='L')", c -> {
      Eigen eigen = symmetric(c).eigh();
      return List.of(eigen.values(), eigen.vectors());
    });
    t.several("qr(input, mode='reduced')", c -> {
      QrFactors factors = TorchMatrices.qr(c);
      return List.of(factors.q(), factors.r());
    });
    t.several("svd(input, full_matrices=True)", c -> {
      Svd parts = TorchMatrices.svd(c);
      return List.of(parts.u(), parts.s(), parts.vt());
    });
    t.one("pinv pinverse(input, rcond|tol=None, hermitian=False, atol=None, rtol=None)", TorchMatrices::pseudoInverse);
    t.one("lstsq(input, B)", c -> c.x().lstsq(c.tensor("B")));
    t.unary("trace", Tensor::trace);
  }

  private static Tensor added(Call c, String first, String second) {
    return c.x().addmm(c.tensor(first), c.tensor(second), c.number("beta"), c.number("alpha"));
  }

  /// So many last and first axes, or a list of axes for each.
  private static Tensor tensordot(Call c) {
    Tensor a = c.tensor("a");
    if (c.get("dims") instanceof List<?> both) {
      return a.tensordot(c.tensor("b"), axes(both.get(0)), axes(both.get(1)));
    }
    int count = c.integer("dims");
    return a.tensordot(c.tensor("b"), IntStream.range(-count, 0).toArray(), IntStream.range(0, count).toArray());
  }

  private static int[] axes(@Nullable Object list) {
    return list instanceof List<?> axes ? axes.stream().mapToInt(axis -> ((Number) axis).intValue()).toArray() : new int[0];
  }

  private static Tensor symmetric(Call c) {
    return c.text("UPLO").equals("U") ? c.x().transpose(-1, -2) : c.x();
  }
}
