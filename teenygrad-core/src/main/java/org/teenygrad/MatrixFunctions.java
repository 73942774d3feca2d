package org.teenygrad;

import java.util.Arrays;
import java.util.stream.IntStream;

/// More of matrices, the last two axes: triangular factors and equations, powers, norms, ranks.
///
/// Factorizations are computed at once, on the host, as those of [LinearAlgebra]; powers, exponentials and what is made of singular
/// values are computed on the device.
sealed interface MatrixFunctions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The determinant as its sign and the logarithm of its size, which does not overflow: `torch.linalg.slogdet`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 2}, {4, 0}}).slogdet().sign();   // -1.0
  /// ```
  /// @throws IllegalArgumentException if this is not square
  default SlogDet slogdet() {
    return Triangles.slogdet(self());
  }

  /// The logarithm of the determinant; NaN where that is negative: `torch.logdet`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 0}, {0, 1}}).logdet();   // 0.0
  /// ```
  /// @throws IllegalArgumentException if this is not square
  default Tensor logdet() {
    SlogDet parts = slogdet();
    return parts.sign().lt(0).where(Double.NaN, parts.logAbs());
  }

  /// X with `T X = B`, where T is a triangle of this matrix: `torch.linalg.solve_triangular`.
  /// ```java
  /// Tensor.of(new float[][] {{2, 0}, {2, 4}}).solveTriangular(Tensor.of(new float[][] {{2}, {6}}), false, false);   // [[1.]
  ///                                                                                                                //  [1.]]
  /// ```
  /// @param upper whether the upper triangle
  /// @param unitriangular whether its diagonal counts as ones
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor solveTriangular(Tensor b, boolean upper, boolean unitriangular) {
    return Triangles.solve(self(), b, upper, unitriangular);
  }

  /// X with `L Lᵀ X = B`, for this B: `torch.cholesky_solve`.
  /// ```java
  /// Tensor.of(new float[][] {{4}, {8}}).choleskySolve(Tensor.of(new float[][] {{2, 0}, {0, 2}}), false);   // [[1.]
  ///                                                                                                        //  [2.]]
  /// ```
  /// @param factor as [LinearAlgebra#cholesky()] gives it
  /// @param upper whether it is transposed
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor choleskySolve(Tensor factor, boolean upper) {
    Matrices.requireMatrix("choleskySolve", factor, true);
    Tensor lower = upper ? Matrices.transposed(factor) : factor;
    return Matrices.transposed(lower).solveTriangular(lower.solveTriangular(self(), false, false), true, false);
  }

  /// The inverse of `L Lᵀ`, for this L: `torch.cholesky_inverse`.
  /// ```java
  /// Tensor.of(new float[][] {{2, 0}, {0, 1}}).choleskyInverse(false);   // [[0.25 0.  ]
  ///                                                                    //  [0.   1.  ]]
  /// ```
  /// @throws IllegalArgumentException if this is not square
  default Tensor choleskyInverse(boolean upper) {
    Matrices.requireMatrix("choleskyInverse", self(), true);
    return MatrixPowers.identity(self()).choleskySolve(self(), upper);
  }

  /// P, L, U with `P L U = A`: `torch.linalg.lu`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 2}, {4, 0}}).lu().u();   // [[4. 0.]
  ///                                                       //  [0. 2.]]
  /// ```
  /// @throws IllegalArgumentException if there are no two axes
  default LuFactors lu() {
    return Triangles.unpacked(luFactor());
  }

  /// L and U in one matrix, and which rows were exchanged: `torch.linalg.lu_factor`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 2}, {4, 0}}).luFactor().pivots();   // [2 2]
  /// ```
  /// @throws IllegalArgumentException if there are no two axes
  default PackedLu luFactor() {
    return Triangles.packed(self());
  }

  /// P, L, U from this, which [#luFactor()] gave: `torch.lu_unpack`.
  /// ```java
  /// var packed = Tensor.of(new float[][] {{0, 2}, {4, 0}}).luFactor();
  /// packed.lu().luUnpack(packed.pivots()).p();   // [[0. 1.]
  ///                                              //  [1. 0.]]
  /// ```
  /// @throws IllegalArgumentException if a pivot is outside
  default LuFactors luUnpack(Tensor pivots) {
    Matrices.requireMatrix("luUnpack", self(), false);
    return Triangles.unpacked(new PackedLu(self(), pivots));
  }

  /// X with `A X = B`, for this matrix, which [#luFactor()] gave of A: `torch.linalg.lu_solve`.
  /// ```java
  /// var packed = Tensor.of(new float[][] {{0, 2}, {4, 0}}).luFactor();
  /// packed.lu().luSolve(packed.pivots(), Tensor.of(new float[][] {{2}, {4}}));   // [[1.]
  ///                                                                              //  [1.]]
  /// ```
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor luSolve(Tensor pivots, Tensor b) {
    Matrices.requireMatrix("luSolve", self(), true);
    Tensor p = Triangles.permutation(pivots, self().size(-1)).cast(b.dtype());
    return self().solveTriangular(self().solveTriangular(Matrices.transposed(p).matmul(b), false, true), true, false);
  }

  /// A matrix multiplied with itself; of its inverse where `n` is negative: `torch.linalg.matrix_power`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 1}, {0, 1}}).matrixPower(5);   // [[1. 5.]
  ///                                                             //  [0. 1.]]
  /// ```
  /// @throws IllegalArgumentException if this is not square, or singular and `n` negative
  default Tensor matrixPower(int n) {
    return MatrixPowers.power(self(), n);
  }

  /// The exponential, `1 + A + A²/2 + A³/6...`: `torch.linalg.matrix_exp`. Its size is looked at, so that this is computed.
  /// ```java
  /// Tensor.of(new float[][] {{0, 1}, {0, 0}}).matrixExp();   // [[1. 1.]
  ///                                                          //  [0. 1.]]
  /// ```
  /// @throws IllegalArgumentException if this is not square, or not floating
  default Tensor matrixExp() {
    return MatrixPowers.exponential(self());
  }

  /// How many singular values are above rounding: `torch.linalg.matrix_rank`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 2}, {2, 4}}).matrixRank();   // 1
  /// ```
  /// @return int64, this shape without the last two axes
  /// @throws IllegalArgumentException if there are no two axes
  default Tensor matrixRank() {
    Matrices.requireMatrix("matrixRank", self(), false);
    return matrixRank(0, MatrixNorms.tolerance(self()), false);
  }

  /// How many singular values are above `atol` and above that part of the largest: `torch.linalg.matrix_rank(atol=..., rtol=...)`.
  /// @param hermitian whether the matrix is symmetric: then these are the sizes of eigenvalues
  /// @throws IllegalArgumentException if there are no two axes, or a symmetric matrix is not square
  default Tensor matrixRank(double atol, double rtol, boolean hermitian) {
    return MatrixNorms.rank(self(), atol, rtol, hermitian);
  }

  /// A norm of matrices along two axes: by 1 the largest sum of a column's sizes, by infinity of a row's, by 2 the largest singular
  /// value; with another sign the smallest: `torch.linalg.matrix_norm`. Frobenius' norm is [Arranging#norm(double, int...)] of both axes.
  /// ```java
  /// Tensor.of(new float[][] {{1, -2}, {3, 4}}).matrixNorm(1, -2, -1, false);   // 6.0
  /// ```
  /// @throws IllegalArgumentException for other numbers, or axes that are one
  default Tensor matrixNorm(double p, int first, int second, boolean keepDim) {
    return MatrixNorms.norm(self(), p, first, second, keepDim);
  }

  /// The sum of the singular values: `torch.linalg.matrix_norm(ord='nuc')`.
  /// ```java
  /// Tensor.of(new float[][] {{3, 0}, {0, -4}}).nuclearNorm(-2, -1, false);   // 7.0
  /// ```
  /// @throws IllegalArgumentException for axes that are one
  default Tensor nuclearNorm(int first, int second, boolean keepDim) {
    return MatrixNorms.nuclear(self(), first, second, keepDim);
  }

  /// How much errors may grow in equations with this matrix, in a norm of [#matrixNorm]: `torch.linalg.cond`.
  /// ```java
  /// Tensor.of(new float[][] {{2, 0}, {0, 4}}).cond(2);   // 2.0
  /// ```
  /// @throws IllegalArgumentException if this is not square and the norm is not by 2, or it is singular and the norm not by 2
  default Tensor cond(double p) {
    return MatrixNorms.condition(self(), p);
  }

  /// The sums of products along an axis: `torch.linalg.vecdot`.
  /// ```java
  /// Tensor.of(1f, 2f).vecdot(Tensor.of(3f, 4f), -1);   // 11.0
  /// ```
  default Tensor vecdot(Tensor other, int axis) {
    Tensor product = self().mul(other);
    return product.sum(axis, false).cast(product.dtype());
  }

  /// The inverse of the linear map from the last axes to the first `count`: `torch.linalg.tensorinv`.
  /// ```java
  /// Tensor.eye(6).reshape(2, 3, 6).tensorinv(2).shape();   // (6, 2, 3)
  /// ```
  /// @throws IllegalArgumentException if both parts have not as many elements, or the map is singular
  default Tensor tensorinv(int count) {
    Tensor x = self();
    int rows = count < 0 || count > x.rank() ? -1 : Arrays.stream(x.shape().toArray()).limit(count).reduce(1, Math::multiplyExact);
    if (count < 1 || rows < 0 || (long) rows * rows != x.numel()) {
      throw new IllegalArgumentException("tensorinv: the first " + count + " axes of " + x.shape() + " must hold as many elements as the others");
    }
    int[] turned = IntStream.concat(x.shape().stream().skip(count), x.shape().stream().limit(count)).toArray();
    return x.reshape(rows, rows).inv().reshape(turned);
  }

  /// X with `tensordot(A, X) = B` over all axes of X: `torch.linalg.tensorsolve`.
  /// ```java
  /// Tensor.eye(6).reshape(2, 3, 6).tensorsolve(Tensor.ones(2, 3)).shape();   // (6,)
  /// ```
  /// @param b whose shape this one begins with
  /// @throws IllegalArgumentException if the shapes do not fit, or the map is singular
  default Tensor tensorsolve(Tensor b) {
    int[] rest = self().shape().stream().skip(b.rank()).toArray();
    int n = Math.toIntExact(b.numel());
    if (self().numel() != (long) n * n) {
      throw new IllegalArgumentException("tensorsolve: " + self().shape() + " does not fit " + b.shape());
    }
    return self().reshape(n, n).solve(b.flatten()).reshape(rest);
  }

  /// The first columns of a product of reflections: `torch.linalg.householder_product`.
  /// ```java
  /// Tensor.of(new float[][] {{1}, {0}}).householderProduct(Tensor.of(new float[] {2}, 1));   // [[-1.]
  ///                                                                                         //  [ 0.]]
  /// ```
  /// @param tau the factor of each column's reflection
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor householderProduct(Tensor tau) {
    return HouseholderProducts.product(self(), tau);
  }

  /// [LinearAlgebra#qr()] with as many columns of Q as rows: `torch.linalg.qr(mode='complete')`. No derivatives flow through the
  /// columns that are added.
  /// ```java
  /// Tensor.rand(5, 3).qrComplete().q().shape();   // (5, 5)
  /// ```
  default QrFactors qrComplete() {
    QrFactors reduced = self().qr();
    int missing = self().size(-2) - reduced.r().size(-2);
    return missing == 0 ? reduced : new QrFactors(HouseholderProducts.completed(reduced.q()), reduced.r().padAxis(-2, 0, missing));
  }

  /// [LinearAlgebra#svd()] with square U and V: `torch.linalg.svd(full_matrices=True)`. No derivatives flow through the vectors
  /// that are added.
  /// ```java
  /// Tensor.rand(5, 3).svdFull().u().shape();   // (5, 5)
  /// ```
  default Svd svdFull() {
    Svd thin = self().svd();
    Tensor v = HouseholderProducts.completed(Matrices.transposed(thin.vt()));
    return new Svd(HouseholderProducts.completed(thin.u()), thin.s(), Matrices.transposed(v));
  }

  /// [LinearAlgebra#cholesky()] that says where it fails instead of throwing: `torch.linalg.cholesky_ex`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 0}, {0, 1}}).choleskyEx().info();   // 1
  /// ```
  /// @return info is the size of the first leading part that is not positive definite; the factor is then NaN
  /// @throws IllegalArgumentException if this is not square
  default Checked choleskyEx() {
    return Checked.cholesky(self());
  }

  /// [LinearAlgebra#inv()] that says where it fails instead of throwing: `torch.linalg.inv_ex`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 0}, {0, 1}}).invEx().info();   // 1
  /// ```
  /// @return info is the number of the first pivot that is 0; the inverse is then NaN
  /// @throws IllegalArgumentException if this is not square
  default Checked invEx() {
    return Checked.solve(self(), null);
  }

  /// [LinearAlgebra#solve] that says where it fails instead of throwing: `torch.linalg.solve_ex`.
  /// ```java
  /// Tensor.of(new float[][] {{2, 0}, {0, 1}}).solveEx(Tensor.of(2f, 3f)).value();   // [1. 3.]
  /// ```
  /// @return info is the number of the first pivot that is 0; the solution is then NaN
  /// @throws IllegalArgumentException if the shapes do not fit
  default Checked solveEx(Tensor b) {
    return Checked.solve(self(), b);
  }
}
