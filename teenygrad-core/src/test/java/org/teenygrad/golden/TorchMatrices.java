package org.teenygrad.golden;

import java.util.List;
import org.teenygrad.Checked;
import org.teenygrad.DType;
import org.teenygrad.LuFactors;
import org.teenygrad.PackedLu;
import org.teenygrad.QrFactors;
import org.teenygrad.SlogDet;
import org.teenygrad.Svd;
import org.teenygrad.Tensor;

/// More of `torch.linalg`: triangular factors and equations, powers, norms, ranks.
final class TorchMatrices {
  private TorchMatrices() {}

  static void fill(Torch.Table t) {
    t.several("slogdet(input)", c -> {
      SlogDet parts = c.x().slogdet();
      return List.of(parts.sign(), parts.logAbs());
    });
    t.unary("logdet", Tensor::logdet);
    t.one("solve_triangular(input, B, upper=False, left=True, unitriangular=False)", TorchMatrices::triangular);
    t.one("cholesky_solve(input, L|input2, upper=False)", c -> c.x().choleskySolve(c.tensor("L"), c.flag("upper")));
    t.one("cholesky_inverse(L|input, upper=False)", c -> c.tensor("L").choleskyInverse(c.flag("upper")));
    t.several("lu(input, pivot=True)", c -> {
      LuFactors parts = c.x().lu();
      return List.of(parts.p(), parts.l(), parts.u());
    });
    t.several("lu_factor linalg.lu_factor_ex(input, pivot=True)", c -> {
      PackedLu packed = c.x().luFactor();
      return List.of(packed.lu(), packed.pivots());
    });
    t.one("linalg.lu_solve(LU, pivots, B, left=True, adjoint=False)", c -> {
      if (c.flag("adjoint") || !c.flag("left")) {
        throw new Call.Unsupported("lu_solve: adjoint, or from the right");
      }
      return c.tensor("LU").luSolve(c.tensor("pivots"), c.tensor("B"));
    });
    t.one("lu_solve(input, LU_data, LU_pivots)", c -> c.tensor("LU_data").luSolve(c.tensor("LU_pivots"), c.x()));
    t.several("lu_unpack(LU_data, LU_pivots, unpack_data=True, unpack_pivots=True)", c -> {
      LuFactors parts = c.tensor("LU_data").luUnpack(c.tensor("LU_pivots"));
      return List.of(parts.p(), parts.l(), parts.u());
    });
    t.one("matrix_power(input, n)", c -> c.x().matrixPower(c.integer("n")));
    t.unary("matrix_exp", Tensor::matrixExp);
    t.one("matrix_rank(input, tol=None, hermitian=False, atol=None, rtol=None)", TorchMatrices::rank);
    t.one("matrix_norm(input, ord='fro', dim=None, keepdim=False, dtype=None)", c -> {
      int[] dim = c.has("dim") ? c.sizes("dim") : new int[] {-2, -1};
      return norm(TorchReductions.typed(c), c, dim, c.flag("keepdim"));
    });
    t.one("cond(input, p=None)", c -> switch (c.text("p")) {
      case "" -> c.x().cond(c.has("p") ? c.real("p") : 2);
      case "fro" -> c.x().norm(2, -2, -1).mul(c.x().inv().norm(2, -2, -1));
      default -> c.x().nuclearNorm(-2, -1, false).mul(c.x().inv().nuclearNorm(-2, -1, false));
    });
    t.one("vecdot(input, other, dim=-1)", c -> c.x().vecdot(c.tensor("other"), c.integer("dim")));
    t.one("multi_dot chain_matmul(*tensors)", c -> Tensor.multiDot(c.tensors("tensors").toArray(Tensor[]::new)));
    t.one("tensorinv(input, ind=2)", c -> c.x().tensorinv(c.integer("ind")));
    t.one("tensorsolve(input, B, dims=None)", c -> {
      if (c.has("dims")) {
        throw new Call.Unsupported("tensorsolve: dims");
      }
      return c.x().tensorsolve(c.tensor("B"));
    });
    t.one("householder_product orgqr(input, tau)", c -> c.x().householderProduct(c.tensor("tau")));
    t.several("cholesky_ex(input, upper=False, check_errors=False)", c -> {
      Checked checked = c.x().choleskyEx();
      return List.of(c.flag("upper") ? checked.value().transpose(-1, -2) : checked.value(), checked.info());
    });
    t.several("inv_ex(input, check_errors=False)", c -> both(c.x().invEx()));
    t.several("solve_ex(input, B, left=True, check_errors=False)", c -> {
      if (c.flag("left")) {
        return both(c.x().solveEx(c.tensor("B")));
      }
      Checked turned = c.x().transpose(-1, -2).solveEx(c.tensor("B").transpose(-1, -2));
      return List.of(turned.value().transpose(-1, -2), turned.info());
    });
    t.one("addr(input, vec1, vec2, beta=1, alpha=1)", c ->
        c.x().addmm(c.tensor("vec1").unsqueeze(1), c.tensor("vec2").unsqueeze(0), c.number("beta"), c.number("alpha")));
  }

  private static List<Tensor> both(Checked checked) {
    return List.of(checked.value(), checked.info());
  }

  /// From the right both sides are transposed.
  private static Tensor triangular(Call c) {
    boolean upper = c.flag("upper");
    boolean unit = c.flag("unitriangular");
    return c.flag("left")
        ? c.x().solveTriangular(c.tensor("B"), upper, unit)
        : c.x().transpose(-1, -2).solveTriangular(c.tensor("B").transpose(-1, -2), !upper, unit).transpose(-1, -2);
  }

  static Tensor solve(Call c) {
    return c.flag("left")
        ? c.x().solve(c.tensor("B"))
        : c.x().transpose(-1, -2).solve(c.tensor("B").transpose(-1, -2)).transpose(-1, -2);
  }

  private static double epsilon(Tensor a) {
    return Math.max(a.size(-2), a.size(-1)) * (a.dtype() == DType.FLOAT64 ? 0x1p-52 : 0x1p-23);
  }

  private static double atol(Call c) {
    return c.has("atol") ? c.real("atol") : c.given("tol") ? c.real("tol") : 0;
  }

  private static double rtol(Call c) {
    return c.has("rtol") ? c.real("rtol") : c.given("rcond") ? c.real("rcond") : atol(c) > 0 ? 0 : epsilon(c.x());
  }

  private static Tensor rank(Call c) {
    return c.x().matrixRank(atol(c), rtol(c), c.flag("hermitian"));
  }

  static Tensor pseudoInverse(Call c) {
    return c.x().pinv(atol(c), rtol(c));
  }

  static QrFactors qr(Call c) {
    return c.text("mode").equals("complete") ? c.x().qrComplete() : c.x().qr();
  }

  static Svd svd(Call c) {
    return c.flag("full_matrices") ? c.x().svdFull() : c.x().svd();
  }

  /// A norm of matrices by number or name, along two axes.
  static Tensor norm(Tensor x, Call c, int[] dim, boolean keep) {
    return switch (c.text("ord")) {
      case "fro" -> x.norm(2, dim, keep);
      case "nuc" -> x.nuclearNorm(dim[0], dim[1], keep);
      default -> x.matrixNorm(c.real("ord"), dim[0], dim[1], keep);
    };
  }
}
