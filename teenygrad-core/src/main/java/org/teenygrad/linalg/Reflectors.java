package org.teenygrad.linalg;

/// The product of reflections `I - tau v vᵀ`, `H₁ H₂ ... = I - V T Vᵀ` with an upper triangular T: the compact WY form (Schreiber and Van
/// Loan, 1989; LAPACK's `larft` and `larfb`), by which a matrix is reflected in three products.
///
/// @param workspace of the matrices
/// @param columns the vectors, the rows of Vᵀ; the one of number j has zeros before its element j
/// @param t upper triangular
record Reflectors(Workspace workspace, Matrix columns, Matrix t) {

  static Reflectors of(Workspace workspace, Matrix columns, double[] tau) {
    int count = columns.rows;
    Matrix along = workspace.zeros(count, count);
    Gemm.addInner(along, 1, columns, columns);
    Matrix t = workspace.zeros(count, count);
    for (int j = 0; j < count; j++) {
      t.set(j, j, tau[j]);
      for (int k = 0; k < j; k++) { // column j is -tau T Vᵀ v
        double factor = -tau[j] * along.get(k, j);
        for (int i = 0; i <= k; i++) {
          t.set(i, j, Math.fma(factor, t.get(i, k), t.get(i, j)));
        }
      }
    }
    return new Reflectors(workspace, columns, t);
  }

  /// Reflects the columns of X by the product, or by its transpose, which is its inverse.
  void apply(boolean transposed, Matrix x) {
    Workspace.Mark mark = workspace.mark();
    Matrix along = workspace.zeros(columns.rows, x.columns);
    Gemm.add(along, 1, columns, x);
    Matrix scaled = workspace.zeros(columns.rows, x.columns);
    if (transposed) {
      Gemm.addTransposed(scaled, 1, t, along);
    } else {
      Gemm.add(scaled, 1, t, along);
    }
    Gemm.addTransposed(x, -1, columns, scaled);
    workspace.release(mark);
  }

  /// Makes of a row the vector v, with 1 as its first element, of a reflection `I - tau v vᵀ` that leaves only the first.
  /// @param tau gets the reflection's, 0 if there is nothing to reflect
  /// @return what the first element becomes
  static double reflector(Matrix row, double[] tau, int number) {
    double norm = norm(row);
    double first = row.get(0, 0);
    row.set(0, 0, 1);
    tau[number] = 0;
    if (norm == 0 || row.columns == 1) {
      return first;
    }
    double becomes = first > 0 ? -norm : norm;
    tau[number] = (becomes - first) / becomes;
    row.divideRow(0, 1, first - becomes);
    return becomes;
  }

  /// The length of a row, scaled only where squares would overflow or vanish.
  private static double norm(Matrix row) {
    double squares = Gemm.dot(row, row);
    if (squares > 1e-280 && squares < 1e280) {
      return Math.sqrt(squares);
    }
    double largest = row.largest();
    double sum = 0;
    for (int j = 0; j < row.columns && largest > 0; j++) {
      double part = row.get(0, j) / largest;
      sum += part * part;
    }
    return Math.sqrt(sum) * largest;
  }
}
