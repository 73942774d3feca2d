package org.teenygrad.linalg;

import java.lang.ref.Reference;
import org.teenygrad.engine.codegen.MatrixPrograms;
import org.teenygrad.engine.codegen.MatrixPrograms.ProductWord;

/// The products on which blocked factorizations spend their time (BLAS's `gemm`, `gemv` and `ger`), in machine code but for the smallest.
///
/// Each element is summed in the order of the rows of B, one rounding each, [MatrixPrograms#DEPTH] at a time, whatever the other
/// sizes and the number of threads are.
final class Gemm {
  private Gemm() {}

  /// `C = C + f A B`.
  static void add(Matrix c, double f, Matrix a, Matrix b) {
    add(c, f, a, false, b);
  }

  /// `C = C + f Aᵀ B`.
  static void addTransposed(Matrix c, double f, Matrix a, Matrix b) {
    add(c, f, a, true, b);
  }

  private static void add(Matrix c, double f, Matrix a, boolean transposed, Matrix b) {
    double flops = 2.0 * c.rows * c.columns * b.rows;
    if (MatrixKernel.isWorth(flops)) {
      MatrixKernel.PRODUCTS.run(flops, argument -> argument
          .set(ProductWord.LEFT, a.address()).set(ProductWord.LEFT_ROW, transposed ? Double.BYTES : a.strideBytes())
          .set(ProductWord.LEFT_INNER, transposed ? a.strideBytes() : Double.BYTES)
          .set(ProductWord.RIGHT, b.address()).set(ProductWord.RIGHT_ROW, b.strideBytes())
          .set(ProductWord.SUMS, c.address()).set(ProductWord.SUMS_ROW, c.strideBytes())
          .set(ProductWord.ROWS, c.rows).set(ProductWord.COLUMNS, c.columns).set(ProductWord.INNER, b.rows).set(ProductWord.FACTOR, f));
      keep(a, b, c);
      return;
    }
    for (int from = 0; from < b.rows; from += MatrixPrograms.DEPTH) {
      int to = Math.min(from + MatrixPrograms.DEPTH, b.rows);
      for (int i = 0; i < c.rows; i++) {
        double[] sums = new double[c.columns];
        for (int l = from; l < to; l++) {
          double left = transposed ? a.get(l, i) : a.get(i, l);
          for (int j = 0; j < sums.length; j++) {
            sums[j] = Math.fma(left, b.get(l, j), sums[j]);
          }
        }
        for (int j = 0; j < sums.length; j++) {
          c.set(i, j, Math.fma(f, sums[j], c.get(i, j)));
        }
      }
    }
  }

  /// `C = C + f A Bᵀ`: the inner products of rows.
  static void addInner(Matrix c, double f, Matrix a, Matrix b) {
    double flops = 2.0 * c.rows * c.columns * a.columns;
    if (MatrixKernel.isWorth(flops)) {
      boolean turned = c.rows == 1; // of one row and many, the many are the left ones
      Matrix left = turned ? b : a;
      Matrix right = turned ? a : b;
      MatrixKernel.INNER_PRODUCTS.run(flops, argument -> argument
          .set(ProductWord.LEFT, left.address()).set(ProductWord.LEFT_ROW, left.strideBytes())
          .set(ProductWord.RIGHT, right.address()).set(ProductWord.RIGHT_ROW, right.strideBytes())
          .set(ProductWord.SUMS, c.address()).set(ProductWord.SUMS_ROW, turned ? Double.BYTES : c.strideBytes())
          .set(ProductWord.ROWS, left.rows).set(ProductWord.COLUMNS, right.rows).set(ProductWord.INNER, a.columns).set(ProductWord.FACTOR, f));
      keep(a, b, c);
      return;
    }
    for (int i = 0; i < c.rows; i++) {
      for (int j = 0; j < c.columns; j++) {
        double sum = 0;
        for (int l = 0; l < a.columns; l++) {
          sum = Math.fma(a.get(i, l), b.get(j, l), sum);
        }
        c.set(i, j, Math.fma(f, sum, c.get(i, j)));
      }
    }
  }

  private static void keep(Matrix a, Matrix b, Matrix c) {
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
    Reference.reachabilityFence(c);
  }

  /// The inner product of two rows, in eight sums, which need not wait for each other.
  static double dot(Matrix x, Matrix y) {
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int i = 0;
    for (; i + 7 < x.columns; i += 8) {
      s0 = Math.fma(x.get(0, i), y.get(0, i), s0);
      s1 = Math.fma(x.get(0, i + 1), y.get(0, i + 1), s1);
      s2 = Math.fma(x.get(0, i + 2), y.get(0, i + 2), s2);
      s3 = Math.fma(x.get(0, i + 3), y.get(0, i + 3), s3);
      s4 = Math.fma(x.get(0, i + 4), y.get(0, i + 4), s4);
      s5 = Math.fma(x.get(0, i + 5), y.get(0, i + 5), s5);
      s6 = Math.fma(x.get(0, i + 6), y.get(0, i + 6), s6);
      s7 = Math.fma(x.get(0, i + 7), y.get(0, i + 7), s7);
    }
    for (; i < x.columns; i++) {
      s0 = Math.fma(x.get(0, i), y.get(0, i), s0);
    }
    return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
  }
}
