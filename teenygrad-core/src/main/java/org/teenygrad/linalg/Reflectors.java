package org.teenygrad.linalg;

/// The product of reflections `I - tau v vᵀ`, `H₁ H₂ ... = I - V T Vᵀ` with an upper triangular T: the compact WY form (Schreiber and Van
/// Loan, 1989; LAPACK's `larft` and `larfb`), by which a matrix is reflected in three products.
///
/// @param columns the vectors, the rows of Vᵀ; the one of number j has zeros before its element j
/// @param v the rows of V
/// @param t upper triangular
record Reflectors(double[][] columns, double[][] v, double[][] t) {

  static Reflectors of(double[][] columns, double[] tau) {
    int count = columns.length;
    int length = count == 0 ? 0 : columns[0].length;
    double[][] t = new double[count][count];
    for (int j = 0; j < count; j++) {
      t[j][j] = tau[j];
      for (int k = 0; k < j; k++) { // column j is -tau T Vᵀ v
        double along = -tau[j] * Gemm.dot(columns[k], columns[j], j, length);
        for (int i = 0; i <= k; i++) {
          t[i][j] += along * t[i][k];
        }
      }
    }
    return new Reflectors(columns, DenseMatrix.flipped(columns, 0, length), t);
  }

  /// Reflects the columns `begin` to `end`, exclusively, of X by the product, or by its transpose, which is its inverse.
  void apply(boolean transposed, double[][] x, int begin, int end) {
    double[][] along = new double[columns.length][end];
    Gemm.add(along, begin, end, 1, columns, 0, x);
    double[][] scaled = new double[columns.length][end];
    Gemm.add(scaled, begin, end, 1, transposed ? DenseMatrix.flipped(t, 0, t.length) : t, 0, along);
    Gemm.add(x, begin, end, -1, v, 0, scaled);
  }
}
