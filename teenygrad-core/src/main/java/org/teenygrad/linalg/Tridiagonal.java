package org.teenygrad.linalg;

import java.util.ArrayList;
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

  private final Workspace workspace;
  private final int n;
  private final Matrix a; // both triangles; of finished blocks, what was there before them
  private final double[] diagonal;
  private final double[] beside;
  private final List<Reflectors> blocks = new ArrayList<>(); // of rows from BLOCK times its number, plus one, on

  private Tridiagonal(Workspace workspace, Matrix a) {
    this.workspace = workspace;
    this.a = a;
    n = a.rows;
    diagonal = new double[n];
    beside = new double[n];
  }

  /// Writes eigenvalues (ascending) and eigenvectors (columns) of the symmetric matrix with this lower triangle.
  /// @throws IllegalArgumentException if the matrix holds NaN or infinities
  public static void eigen(Matrix matrix, Matrix values, Matrix vectors) {
    int n = matrix.rows;
    try (Workspace workspace = new Workspace()) {
      Matrix a = workspace.transposed(matrix);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
          a.set(i, j, matrix.get(i, j));
        }
      }
      double largest = a.largest();
      if (!Double.isFinite(largest)) {
        throw new IllegalArgumentException("eigh: a matrix holds NaN or infinities");
      }
      double unit = largest == 0 ? 1 : largest; // neither squares nor their sums overflow
      for (int i = 0; i < n; i++) {
        a.divideRow(i, 0, unit);
      }
      Tridiagonal found = new Tridiagonal(workspace, a);
      for (int begin = 0; begin < n; begin += BLOCK) {
        found.reduce(begin, Math.min(begin + BLOCK, n));
      }
      Matrix rows = found.vectors();
      found.diagonalize(new Rotations(workspace, rows));
      int[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> found.diagonal[i])).mapToInt(i -> i).toArray();
      for (int i = 0; i < n; i++) {
        values.set(0, i, found.diagonal[order[i]] * unit);
      }
      rows.transposeTo(vectors, order);
    }
  }

  /// The rows and columns from `begin` to `end`. What reflections v do to the rest, `A - v wᵀ - w vᵀ` each, is done for a column when it
  /// is needed, and for
  /// all that follow at the end, in one product.
  private void reduce(int begin, int end) {
    int count = end - begin;
    Matrix v = workspace.zeros(count, n);
    Matrix w = workspace.zeros(count, n);
    Matrix line = workspace.zeros(1, n);
    double[] tau = new double[count];
    for (int k = begin; k < end; k++) {
      int done = k - begin;
      line.set(a.part(k, k + 1));
      Gemm.addTransposed(line.part(0, 1, k, n), -1, w.part(0, done, k, k + 1), v.part(0, done, k, n));
      Gemm.addTransposed(line.part(0, 1, k, n), -1, v.part(0, done, k, k + 1), w.part(0, done, k, n));
      diagonal[k] = line.get(0, k);
      if (k == n - 1) {
        continue;
      }
      Matrix tail = v.part(done, done + 1, k + 1, n);
      tail.set(line.part(0, 1, k + 1, n));
      beside[k] = Reflectors.reflector(tail, tau, done);
      if (tau[done] != 0) {
        reflectBothSides(k, v.part(0, done + 1, k + 1, n), w.part(0, done + 1, k + 1, n), tau[done]);
      }
    }
    if (end < n) {
      Matrix rest = a.part(end, n, end, n);
      Gemm.addTransposed(rest, -1, v.part(0, count, end, n), w.part(0, count, end, n));
      Gemm.addTransposed(rest, -1, w.part(0, count, end, n), v.part(0, count, end, n));
    }
    blocks.add(Reflectors.of(workspace, v.part(0, count, Math.min(begin + 1, n), n), tau));
  }

  /// The last w, such that `A - v wᵀ - w vᵀ` is A reflected from both sides, where A is what the reflections before leave of the
  /// rows and columns behind k.
  private void reflectBothSides(int k, Matrix v, Matrix w, double tau) {
    Workspace.Mark mark = workspace.mark();
    int done = v.rows - 1;
    Matrix mine = v.part(done, done + 1);
    Matrix sums = w.part(done, done + 1);
    Gemm.add(sums, 1, mine, a.part(k + 1, n, k + 1, n));
    Matrix alongW = workspace.zeros(done, 1);
    Gemm.addInner(alongW, 1, w.part(0, done), mine);
    Matrix alongV = workspace.zeros(done, 1);
    Gemm.addInner(alongV, 1, v.part(0, done), mine);
    Gemm.addTransposed(sums, -1, alongW, v.part(0, done));
    Gemm.addTransposed(sums, -1, alongV, w.part(0, done));
    double along = tau * tau / 2 * Gemm.dot(sums, mine);
    for (int i = 0; i < sums.columns; i++) {
      sums.set(0, i, Math.fma(-along, mine.get(0, i), tau * sums.get(0, i)));
    }
    workspace.release(mark);
  }

  /// The transpose of the product of all reflections.
  private Matrix vectors() {
    Matrix q = workspace.identity(n);
    for (int block = blocks.size() - 1; block >= 0; block--) {
      int first = Math.min(block * BLOCK + 1, n);
      blocks.get(block).apply(false, q.part(first, n, first, n));
    }
    return workspace.transposed(q);
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
    rotations.finish();
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
    rotations.begin(start, end - start);
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
      rotations.set(k - start, c, s);
    }
    rotations.end();
  }
}
