package org.teenygrad.linalg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Eigenvalues and eigenvectors of a symmetric matrix: reflections make it tridiagonal, block by block (Dongarra, Sorensen and
/// Hammarling, 1989;
/// LAPACK's `latrd`), and rotations with Wilkinson's shift make that diagonal (Golub and Van Loan, Matrix Computations, 8.3).
public final class Tridiagonal {
  private static final double EPSILON = 0x1p-53;
  private static final int STEPS_PER_VALUE = 50;
  private static final int BLOCK = 32;

  private final int n;
  private final double[][] a; // both triangles; of finished blocks, what was there before them
  private final double[] diagonal;
  private final double[] beside;
  private final List<Reflectors> blocks = new ArrayList<>(); // of rows from BLOCK times its number, plus one, on

  private Tridiagonal(double[][] a) {
    this.a = a;
    n = a.length;
    diagonal = new double[n];
    beside = new double[n];
  }

  /// Eigenvalues (ascending) and eigenvectors (columns) of the symmetric matrix with this lower triangle.
  public static List<double[]> eigen(double[] matrix, int n) {
    double[][] a = new double[n][n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        largest = Math.max(largest, Math.abs(matrix[i * n + j])); // NaN if one is
      }
    }
    if (!Double.isFinite(largest)) {
      throw new IllegalArgumentException("eigh: a matrix holds NaN or infinities");
    }
    double unit = largest == 0 ? 1 : largest; // neither squares nor their sums overflow
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i][j] = matrix[i * n + j] / unit;
        a[j][i] = a[i][j];
      }
    }
    Tridiagonal found = new Tridiagonal(a);
    for (int begin = 0; begin < n; begin += BLOCK) {
      found.reduce(begin, Math.min(begin + BLOCK, n));
    }
    double[][] vectors = found.vectors();
    found.diagonalize(new Rotations(vectors, n));
    int[] order =
        IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> found.diagonal[i])).mapToInt(i -> i).toArray();
    double[] values = Arrays.stream(order).mapToDouble(i -> found.diagonal[i] * unit).toArray();
    double[][] ordered = Arrays.stream(order).mapToObj(i -> vectors[i]).toArray(double[][]::new);
    return List.of(values, DenseMatrix.flat(DenseMatrix.flipped(ordered, 0, n), n));
  }

  /// The rows and columns from `begin` to `end`. What reflections v do to the rest, `A - v wᵀ - w vᵀ` each, is done for a column when it
  /// is needed, and for
  /// all that follow at the end, in one product.
  private void reduce(int begin, int end) {
    int count = end - begin;
    double[][] v = new double[count][n];
    double[][] w = new double[count][n];
    double[] tau = new double[count];
    for (int k = begin; k < end; k++) {
      int done = k - begin;
      double[] column = a[k].clone();
      for (int l = 0; l < done; l++) {
        Gemm.addScaled(column, k, n, -w[l][k], v[l]);
        Gemm.addScaled(column, k, n, -v[l][k], w[l]);
      }
      diagonal[k] = column[k];
      if (k == n - 1) {
        continue;
      }
      double[] tail = Arrays.copyOfRange(column, k + 1, n);
      double[] scale = new double[1];
      beside[k] = Householder.reflector(tail, 0, scale);
      tau[done] = scale[0];
      System.arraycopy(tail, 0, v[done], k + 1, tail.length);
      if (tau[done] != 0) {
        reflectBothSides(k, v, w, done, tau[done]);
      }
    }
    if (end < n) {
      double[][] left = new double[n - end][2 * count];
      for (int i = end; i < n; i++) {
        for (int l = 0; l < count; l++) {
          left[i - end][l] = v[l][i];
          left[i - end][count + l] = w[l][i];
        }
      }
      double[][] right = new double[2 * count][];
      System.arraycopy(w, 0, right, 0, count);
      System.arraycopy(v, 0, right, count, count);
      Gemm.add(Triangular.part(a, end, n), end, n, -1, left, 0, right);
    }
    double[][] vectors = Arrays.stream(v).map(each -> Arrays.copyOfRange(each, Math.min(begin + 1, n), n)).toArray(double[][]::new);
    blocks.add(Reflectors.of(vectors, tau));
  }

  /// w such that `A - v wᵀ - w vᵀ` is A reflected from both sides, where A is what the `done` reflections before leave.
  private void reflectBothSides(int k, double[][] v, double[][] w, int done, double tau) {
    double[] mine = v[done];
    double[] sums = w[done];
    Gemm.add(new double[][] {sums}, k + 1, n, 1, new double[][] {mine}, k + 1, Triangular.part(a, k + 1, n));
    for (int l = 0; l < done; l++) {
      double alongW = Gemm.dot(w[l], mine, k + 1, n);
      double alongV = Gemm.dot(v[l], mine, k + 1, n);
      Gemm.addScaled(sums, k + 1, n, -alongW, v[l]);
      Gemm.addScaled(sums, k + 1, n, -alongV, w[l]);
    }
    for (int i = k + 1; i < n; i++) {
      sums[i] *= tau;
    }
    Gemm.addScaled(sums, k + 1, n, -tau / 2 * Gemm.dot(sums, mine, k + 1, n), mine);
  }

  /// The transpose of the product of all reflections.
  private double[][] vectors() {
    double[][] q = DenseMatrix.rows(DenseMatrix.identity(n), n, n);
    for (int block = blocks.size() - 1; block >= 0; block--) {
      int first = Math.min(block * BLOCK + 1, n);
      blocks.get(block).apply(false, Triangular.part(q, first, n), first, n);
    }
    return DenseMatrix.flipped(q, 0, n);
  }

  private void diagonalize(Rotations rotations) {
    int end = n - 1;
    for (int steps = 0; end > 0; steps++) {
      if (vanishes(end - 1)) {
        end--;
        steps--;
        continue;
      }
      if (steps > STEPS_PER_VALUE * n) {
        throw new IllegalArgumentException("eigh: the rotations do not converge");
      }
      int start = end - 1;
      while (start > 0 && !vanishes(start - 1)) {
        start--;
      }
      step(start, end, rotations);
    }
    rotations.apply();
  }

  private boolean vanishes(int i) {
    return Math.abs(beside[i]) <= EPSILON * (Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1])) + Double.MIN_NORMAL;
  }

  /// One implicit step with the eigenvalue of the last 2 x 2 block that is nearer to its end.
  private void step(int start, int end, Rotations rotations) {
    double half = (diagonal[end - 1] - diagonal[end]) / 2;
    double off = beside[end - 1];
    double shift = diagonal[end] - off / (half + Math.copySign(Rotations.length(half, off), half)) * off;
    double x = diagonal[start] - shift;
    double z = beside[start];
    double[] cosines = new double[end - start];
    double[] sines = new double[end - start];
    for (int k = start; k < end; k++) {
      double length = Rotations.length(x, z);
      double c = length == 0 ? 1 : x / length;
      double s = length == 0 ? 0 : z / length;
      if (k > start) {
        beside[k - 1] = length;
      }
      double upper = diagonal[k];
      double lower = diagonal[k + 1];
      double between = beside[k];
      diagonal[k] = c * c * upper + 2 * c * s * between + s * s * lower;
      diagonal[k + 1] = s * s * upper - 2 * c * s * between + c * c * lower;
      beside[k] = c * s * (lower - upper) + (c * c - s * s) * between;
      x = beside[k];
      if (k + 1 < end) {
        z = s * beside[k + 1];
        beside[k + 1] *= c;
      }
      cosines[k - start] = c;
      sines[k - start] = s;
    }
    rotations.add(start, cosines, sines);
  }
}
