package org.teenygrad.golden;

import java.util.List;
import org.teenygrad.OrthogonalPolynomial;
import org.teenygrad.Tensor;

/// `torch.special`, but for what [TorchElementwise] has.
final class TorchSpecial {
  private TorchSpecial() {}

  static void fill(Torch.Table t) {
    t.binary("gcd", Tensor::gcd);
    t.binary("lcm", Tensor::lcm);
    t.several("frexp(input)", c -> List.of(c.x().frexp().mantissa(), c.x().frexp().exponent()));
    t.unary("lgamma gammaln", Tensor::lgamma);
    t.unary("digamma psi", Tensor::digamma);
    t.one("polygamma(n, input)", c -> c.get("n") instanceof Tensor x ? x.polygamma(c.integer("input")) : c.x().polygamma(c.integer("n")));
    t.one("mvlgamma multigammaln(input, p)", c -> c.x().multigammaln(c.integer("p")));
    t.one("zeta(input, other)", c -> c.x().zeta(c.tensor("other")));
    t.unary("erfc", Tensor::erfc);
    t.unary("erfcx", Tensor::erfcx);
    t.unary("erfinv", Tensor::erfinv);
    t.unary("ndtr", Tensor::ndtr);
    t.unary("log_ndtr", Tensor::logNdtr);
    t.unary("ndtri", Tensor::ndtri);
    t.unary("entr", Tensor::entr);
    t.binary("xlog1py", Tensor::xlog1py);
    t.unary("i0 modified_bessel_i0", Tensor::i0);
    t.unary("i0e", Tensor::i0e);
    t.unary("i1 modified_bessel_i1", Tensor::i1);
    t.unary("i1e", Tensor::i1e);
    t.unary("modified_bessel_k0", Tensor::k0);
    t.unary("modified_bessel_k1", Tensor::k1);
    t.unary("scaled_modified_bessel_k0", Tensor::k0e);
    t.unary("scaled_modified_bessel_k1", Tensor::k1e);
    t.unary("bessel_j0", Tensor::j0);
    t.unary("bessel_j1", Tensor::j1);
    t.unary("bessel_y0", Tensor::y0);
    t.unary("bessel_y1", Tensor::y1);
    t.unary("spherical_bessel_j0", Tensor::sphericalJ0);
    polynomial(t, "chebyshev_polynomial_t", OrthogonalPolynomial.CHEBYSHEV_T);
    polynomial(t, "chebyshev_polynomial_u", OrthogonalPolynomial.CHEBYSHEV_U);
    polynomial(t, "chebyshev_polynomial_v", OrthogonalPolynomial.CHEBYSHEV_V);
    polynomial(t, "chebyshev_polynomial_w", OrthogonalPolynomial.CHEBYSHEV_W);
    polynomial(t, "shifted_chebyshev_polynomial_t", OrthogonalPolynomial.SHIFTED_CHEBYSHEV_T);
    polynomial(t, "shifted_chebyshev_polynomial_u", OrthogonalPolynomial.SHIFTED_CHEBYSHEV_U);
    polynomial(t, "shifted_chebyshev_polynomial_v", OrthogonalPolynomial.SHIFTED_CHEBYSHEV_V);
    polynomial(t, "shifted_chebyshev_polynomial_w", OrthogonalPolynomial.SHIFTED_CHEBYSHEV_W);
    polynomial(t, "hermite_polynomial_h", OrthogonalPolynomial.HERMITE_H);
    polynomial(t, "hermite_polynomial_he", OrthogonalPolynomial.HERMITE_HE);
    polynomial(t, "laguerre_polynomial_l", OrthogonalPolynomial.LAGUERRE);
    polynomial(t, "legendre_polynomial_p", OrthogonalPolynomial.LEGENDRE);
  }

  private static void polynomial(Torch.Table t, String name, OrthogonalPolynomial family) {
    t.one(name + "(input, n)", c -> {
      if (!c.isNumber("n")) {
        throw new Call.Unsupported(name + ": a degree for each element");
      }
      return c.x().polynomial(family, c.integer("n"));
    });
  }
}
