package org.teenygrad;

/// Equations, factors and spectra of matrices, the last two axes; all axes in front are batches.
///
/// These are computed at once, on the host, in float64, and rounded to this tensor's type: by our own code rather than a library,
/// for it needs no native one and float64 makes float32 exact to the last digits. LU with pivoting, Cholesky's and Householder's
/// factors, tridiagonal and bidiagonal matrices for eigenvalues and singular values (small ones by one-sided Jacobi rotations), all
/// in blocks. First derivatives flow on the device, by the factors' perturbation formulas, to tensors that collect gradients when
/// these are called; second derivatives do not.
sealed interface LinearAlgebra permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// X with `A X = B`: `torch.linalg.solve`.
  /// ```java
  /// Tensor.of(new float[][] {{2, 0}, {0, 4}}).solve(Tensor.of(2f, 8f));   // [1. 2.]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not fit, or a matrix is singular
  default Tensor solve(Tensor b) {
    return Equations.solve(self(), b);
  }

  /// The inverse: `torch.linalg.inv`.
  /// ```java
  /// Tensor.of(new float[][] {{2, 0}, {0, 4}}).inv();   // [[0.5  0.  ]
  ///                                                    //  [0.   0.25]]
  /// ```
  /// @throws IllegalArgumentException if this is not square, or singular
  default Tensor inv() {
    return Equations.inverse(self());
  }

  /// The determinant: `torch.linalg.det`.
  /// ```java
  /// Tensor.of(new float[][] {{2, 0}, {0, 4}}).det();   // 8.0
  /// ```
  /// @return this shape without the last two axes
  /// @throws IllegalArgumentException if this is not square
  default Tensor det() {
    return Equations.determinant(self());
  }

  /// X that makes `|A X - B|` least; of several the one with the least norm, as where there are fewer rows than columns or columns
  /// depend on each other: `torch.linalg.lstsq`.
  /// ```java
  /// x.lstsq(y).shape();   // (4, 4)
  /// ```
  /// @param b (..., m, k), or (m), for this (..., m, n)
  /// @return (..., n, k), or (n)
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor lstsq(Tensor b) {
    return Equations.leastSquares(self(), b);
  }

  /// The pseudo-inverse: what [#lstsq] multiplies with. `torch.linalg.pinv`.
  /// ```java
  /// Tensor.of(new float[][] {{2}, {0}}).pinv();   // [[0.5 0. ]]
  /// ```
  /// @return (..., n, m) for this (..., m, n)
  /// @throws IllegalArgumentException if there are no two axes
  default Tensor pinv() {
    Matrices.requireMatrix("pinv", self(), false);
    return pinv(0, MatrixNorms.tolerance(self()));
  }

  /// [#pinv()] in which singular values up to `atol`, or to that part of the largest, count as zero: `torch.linalg.pinv(atol=...,
  /// rtol=...)`.
  /// ```java
  /// Tensor.of(new float[][] {{2, 0}, {0, 1}}).pinv(1.5, 0);   // [[0.5 0. ]
  ///                                                           //  [0.  0. ]]
  /// ```
  /// @throws IllegalArgumentException if there are no two axes
  default Tensor pinv(double atol, double rtol) {
    return Equations.pseudoInverse(self(), atol, rtol);
  }

  /// The lower triangular L with `L Lᵀ = A`: `torch.linalg.cholesky`. Only the lower triangle of A is read.
  /// ```java
  /// Tensor.of(new float[][] {{4, 2}, {2, 5}}).cholesky();   // [[2. 0.]
  ///                                                         //  [1. 2.]]
  /// ```
  /// @throws IllegalArgumentException if this is not square and positive definite
  default Tensor cholesky() {
    return Factors.cholesky(self());
  }

  /// Q with orthonormal columns and upper triangular R with `Q R = A`: `torch.linalg.qr`.
  /// ```java
  /// Tensor.rand(5, 3).qr().r().shape();   // (3, 3)
  /// ```
  /// @return Q (..., m, k) and R (..., k, n), where k is the smaller of m and n
  default QrFactors qr() {
    return Factors.qr(self());
  }

  /// The eigenvalues in ascending order, and the eigenvectors, of a symmetric matrix: `torch.linalg.eigh`. Only the lower triangle is read.
  /// ```java
  /// Tensor.of(new float[][] {{3, 0}, {0, 1}}).eigh().values();   // [1. 3.]
  /// ```
  /// @throws IllegalArgumentException if this is not square
  default Eigen eigh() {
    return Factors.eigh(self());
  }

  /// The eigenvalues of [#eigh]: `torch.linalg.eigvalsh`.
  /// ```java
  /// Tensor.of(new float[][] {{3, 0}, {0, 1}}).eigvalsh();   // [1. 3.]
  /// ```
  default Tensor eigvalsh() {
    return eigh().values();
  }

  /// U, s, Vᵀ with `U diag(s) Vᵀ = A`, the singular values in descending order: `torch.linalg.svd(full_matrices=False)`.
  /// ```java
  /// Tensor.rand(5, 3).svd().u().shape();   // (5, 3)
  /// ```
  default Svd svd() {
    return Factors.svd(self());
  }

  /// The singular values of [#svd]: `torch.linalg.svdvals`.
  /// ```java
  /// Tensor.of(new float[][] {{3, 0}, {0, -4}}).svdvals();   // [4. 3.]
  /// ```
  default Tensor svdvals() {
    return svd().s();
  }
}
