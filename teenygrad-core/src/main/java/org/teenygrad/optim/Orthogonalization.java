package org.teenygrad.optim;

import java.util.Collections;
import java.util.List;
import org.teenygrad.Tensor;

/// Polynomials `a s + b s³ + c s⁵` of the singular values of a matrix, one after the other, that bring all of them near 1: what is left of
/// `U S Vᵀ` is about `U Vᵀ`. They take products of matrices only.
public enum Orthogonalization {
  /// One polynomial five times: steep at 0, so that values from 1e-3 on end in 0.7..1.2; it does not converge beyond that (Jordan et al.,
  /// *Muon*, 2024).
  NEWTON_SCHULZ(Collections.nCopies(5, new Quintic(3.4445, -4.7750, 2.0315))),

  /// The five best ones in turn, for values that begin in 1e-3..1 (Amsel et al., *The Polar Express*, 2025; the coefficients for safety
  /// factor 2e-2 and cushion 2).
  POLAR_EXPRESS(List.of(
      new Quintic(8.156554524902461, -22.48329292557795, 15.878769915207462),
      new Quintic(4.042929935166739, -2.808917465908714, 0.5000178451051316),
      new Quintic(3.8916678022926607, -2.772484153217685, 0.5060648178503393),
      new Quintic(3.285753657755655, -2.3681294933425376, 0.46449024233003106),
      new Quintic(2.3465413258596377, -1.7097828382687081, 0.42323551169305323)));

  /// `a s + b s³ + c s⁵`.
  private record Quintic(double a, double b, double c) {}

  private final List<Quintic> polynomials;

  Orthogonalization(List<Quintic> polynomials) {
    this.polynomials = polynomials;
  }

  /// @param matrices (count, rows, columns)
  /// @return of the same shape
  Tensor of(Tensor matrices) {
    boolean tall = matrices.size(1) > matrices.size(2);
    Tensor x = tall ? matrices.transpose(1, 2) : matrices; // wide matrices have the smaller x xᵀ
    x = x.div(largestSingularValue(norm(x)));
    for (Quintic p : polynomials) {
      Tensor gram = x.matmul(x.transpose(1, 2));
      Tensor square = gram.matmul(gram.transpose(1, 2)); // a matrix by its own transpose: half of it is computed
      Tensor even = gram.mul(p.b).add(square.mul(p.c));
      x = x.mul(p.a).add(even.matmul(x));
    }
    return tall ? x.transpose(1, 2) : x;
  }

  /// A bound of it, by the norm of all elements.
  private Tensor largestSingularValue(Tensor norm) {
    return switch (this) {
      case NEWTON_SCHULZ -> norm.clampMin(1e-7);
      case POLAR_EXPRESS -> norm.mul(1.01).add(1e-6); // with room for rounding: beyond 1 its polynomials diverge
    };
  }

  /// @return (count, 1, 1)
  static Tensor norm(Tensor matrices) {
    return matrices.square().sum(new int[] {1, 2}, true).sqrt();
  }
}
