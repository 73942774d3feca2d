package org.teenygrad;

import java.util.List;

/// Reflections multiplied out, and orthonormal columns made complete.
final class HouseholderProducts {
  private HouseholderProducts() {}

  /// The first columns of `H1 H2 ... Hk` with `Hi = 1 - tau_i v_i v_iᵀ`; v_i is column i of the matrix below a one on its diagonal.
  static Tensor product(Tensor a, Tensor tau) {
    Matrices.requireMatrix("householderProduct", a, false);
    int m = a.size(-2);
    int n = a.size(-1);
    boolean fits = tau.rank() == a.rank() - 1 && m >= n && tau.size(-1) <= n
        && a.shape().with(-1, 1).with(-2, 1).equals(tau.unsqueeze(-1).shape().with(-2, 1));
    if (!fits) {
      throw new IllegalArgumentException("householderProduct: factors " + tau.shape() + " do not fit vectors " + a.shape());
    }
    Tensor vectors = a.tril(-1).add(Tensor.eye(m, n).cast(a.dtype()));
    Tensor q = Tensor.eye(m, n).cast(a.dtype()).broadcastTo(a.shape());
    for (int i = tau.size(-1) - 1; i >= 0; i--) {
      Tensor v = vectors.narrow(-1, i, 1);
      Tensor factor = tau.narrow(-1, i, 1).unsqueeze(-1);
      q = q.sub(v.matmul(Matrices.transposed(v).matmul(q)).mul(factor));
    }
    return q.to(a.device()).contiguous();
  }

  /// Columns (..., m, k), which are orthonormal, and others beside them: (..., m, m).
  static Tensor completed(Tensor columns) {
    int m = columns.size(-2);
    int k = columns.size(-1);
    if (m == k) {
      return columns;
    }
    Tensor both = Tensor.cat(List.of(columns.detach(), MatrixPowers.identity(columns.detach().narrow(-1, 0, 1).matmul(
        Matrices.transposed(columns.detach().narrow(-1, 0, 1))))), -1);
    return Tensor.cat(List.of(columns, both.qr().q().detach().narrow(-1, k, m - k)), -1);
  }
}
