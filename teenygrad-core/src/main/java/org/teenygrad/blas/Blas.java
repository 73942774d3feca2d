package org.teenygrad.blas;

/// The Basic Linear Algebra Subprograms: all real routines of the reference interface, levels 1 to 3, on arrays of Java.
///
/// A routine has its reference's name and parameters, in their order: `d` for doubles, `s` for floats. Matrices lie in
/// column-major order, element (i, j) at `i + j * lda`. What Fortran does by passing an element for an array, the
/// offset behind each array does: the matrix or vector begins there. A vector of increment -1 is read from its last
/// element to its first.
///
/// ```java
/// float[] a = {1, 4, 2, 5, 3, 6};       // the columns of [[1, 2, 3], [4, 5, 6]]
/// float[] x = {1, 1, 1};
/// float[] y = new float[2];
/// Blas.sgemv('N', 2, 3, 1, a, 0, 2, x, 0, 1, 0, y, 0, 1);
/// Arrays.toString(y);                   // [6.0, 15.0]
/// ```
/// | level | operations | routines |
/// | --- | --- | --- |
/// | 1: vectors | O(n) | rotg rotmg rot rotm swap scal copy axpy dot dsdot sdsdot nrm2 asum iamax |
/// | 2: matrix and vector | O(n²) | gemv gbmv symv sbmv spmv trmv tbmv tpmv trsv tbsv tpsv ger syr spr syr2 spr2 |
/// | 3: matrices | O(n³) | gemm symm syrk syr2k trmm trsm |
///
/// Where beta is 0, the result is written and never read: it may hold NaN before. Where alpha is 0, A, B and x are not
/// read. What a form does not hold (the other triangle, a unit diagonal) is not read, and nothing outside of the result
/// is written.
///
/// Level 3 comes down to general products. The large ones, from 5e8 operations on, are computed by
/// [org.teenygrad.Tensor#matmul(org.teenygrad.Tensor)] on all cores; everything else runs in the caller's thread, in
/// loops over columns that Java's compiler vectorizes. Arrays that are written must not overlap with others.
///
/// Source: Lawson, Hanson, Kincaid and Krogh (1979), Dongarra et al. (1988 and 1990); the routines' descriptions at netlib.
public final class Blas extends Level3 {
  private Blas() {}
}
