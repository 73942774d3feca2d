package org.teenygrad.linalg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Singular values and vectors of a square matrix: reflections from both sides make it upper bidiagonal, block by block (Dongarra,
/// Sorensen and Hammarling,
/// 1989; LAPACK's `labrd`), and implicit QR steps make that diagonal (Golub and Kahan, 1965), without a shift where that would cost
/// small values
/// their digits (Demmel and Kahan, 1990; LAPACK's `bdsqr`). Values are as exact as the rounding of the largest one.
final class Bidiagonal {
  private static final double EPSILON = 0x1p-53;
  private static final int STEPS_PER_VALUE = 50;
  private static final int BLOCK = 32;

  private final int n;
  private final double[][] a; // of finished blocks, what was there before them
  private final double[] diagonal;
  private final double[] above;
  private final List<Reflectors> left = new ArrayList<>(); // of rows from BLOCK times its number on
  private final List<Reflectors> right = new ArrayList<>(); // of columns from one more on

  private Bidiagonal(double[][] a) {
    this.a = a;
    n = a.length;
    diagonal = new double[n];
    above = new double[n];
  }

  /// @param rows of a square matrix whose squares do not overflow; they are changed
  static SingularVectors svd(double[][] rows) {
    Bidiagonal found = new Bidiagonal(rows);
    int n = rows.length;
    for (int begin = 0; begin < n; begin += BLOCK) {
      found.reduce(begin, Math.min(begin + BLOCK, n));
    }
    double[][] u = found.vectors(found.left, 0);
    double[][] v = found.vectors(found.right, 1);
    found.diagonalize(new Rotations(u, n), new Rotations(v, n));
    for (int i = 0; i < n; i++) {
      if (found.diagonal[i] < 0) {
        found.diagonal[i] = -found.diagonal[i];
        Triangular.divide(v[i], 0, n, -1);
      }
    }
    int[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> -found.diagonal[i])).mapToInt(i -> i).toArray();
    return SingularVectors.of(found.diagonal, u, v, order);
  }

  /// The rows and columns from `begin` to `end`. What reflections v from the left and u from the right do to the rest, `A - v yᵀ - x uᵀ`
  /// each, is done for a
  /// column and a row when they are needed, and for all that follow at the end, in one product.
  private void reduce(int begin, int end) {
    int count = end - begin;
    double[][] v = new double[count][n];
    double[][] y = new double[count][n];
    double[][] x = new double[count][n];
    double[][] u = new double[count][n];
    double[] leftTau = new double[count];
    double[] rightTau = new double[count];
    for (int k = begin; k < end; k++) {
      int done = k - begin;
      double[] column = new double[n];
      for (int i = k; i < n; i++) {
        column[i] = a[i][k];
      }
      for (int l = 0; l < done; l++) {
        Gemm.addScaled(column, k, n, -y[l][k], v[l]);
        Gemm.addScaled(column, k, n, -u[l][k], x[l]);
      }
      diagonal[k] = reflector(column, k, v[done], leftTau, done);
      if (k == n - 1) {
        continue;
      }
      product(v[done], k, y[done], k + 1, leftTau[done]);
      for (int l = 0; l < done; l++) {
        Gemm.addScaled(y[done], k + 1, n, -leftTau[done] * Gemm.dot(v[l], v[done], k, n), y[l]);
        Gemm.addScaled(y[done], k + 1, n, -leftTau[done] * Gemm.dot(x[l], v[done], k, n), u[l]);
      }
      double[] row = a[k].clone();
      for (int l = 0; l <= done; l++) {
        Gemm.addScaled(row, k + 1, n, -v[l][k], y[l]);
      }
      for (int l = 0; l < done; l++) {
        Gemm.addScaled(row, k + 1, n, -x[l][k], u[l]);
      }
      above[k] = reflector(row, k + 1, u[done], rightTau, done);
      for (int i = k + 1; i < n; i++) {
        x[done][i] = rightTau[done] * Gemm.dot(a[i], u[done], k + 1, n);
      }
      for (int l = 0; l <= done; l++) {
        Gemm.addScaled(x[done], k + 1, n, -rightTau[done] * Gemm.dot(y[l], u[done], k + 1, n), v[l]);
      }
      for (int l = 0; l < done; l++) {
        Gemm.addScaled(x[done], k + 1, n, -rightTau[done] * Gemm.dot(u[l], u[done], k + 1, n), x[l]);
      }
    }
    update(end, v, y, x, u);
    left.add(Reflectors.of(tails(v, begin), leftTau));
    right.add(Reflectors.of(tails(u, Math.min(begin + 1, n)), rightTau));
  }

  /// Makes the vector of a reflection that leaves of the elements from `first` on only that one.
  /// @return what that becomes
  private double reflector(double[] elements, int first, double[] vector, double[] tau, int number) {
    double[] tail = Arrays.copyOfRange(elements, first, n);
    double[] scale = new double[1];
    double becomes = Householder.reflector(tail, 0, scale);
    tau[number] = scale[0];
    System.arraycopy(tail, 0, vector, first, tail.length);
    return becomes;
  }

  /// The columns from `begin` on of a factor times vᵀ A.
  private void product(double[] v, int first, double[] result, int begin, double factor) {
    Gemm.add(new double[][] {result}, begin, n, factor, new double[][] {v}, first, Triangular.part(a, first, n));
  }

  /// A - V Yᵀ - X U for the rows and columns from `end` on.
  private void update(int end, double[][] v, double[][] y, double[][] x, double[][] u) {
    if (end == n) {
      return;
    }
    int count = v.length;
    double[][] columns = new double[n - end][2 * count];
    for (int i = end; i < n; i++) {
      for (int l = 0; l < count; l++) {
        columns[i - end][l] = v[l][i];
        columns[i - end][count + l] = x[l][i];
      }
    }
    double[][] rows = new double[2 * count][];
    System.arraycopy(y, 0, rows, 0, count);
    System.arraycopy(u, 0, rows, count, count);
    Gemm.add(Triangular.part(a, end, n), end, n, -1, columns, 0, rows);
  }

  private double[][] tails(double[][] vectors, int begin) {
    return Arrays.stream(vectors).map(each -> Arrays.copyOfRange(each, begin, n)).toArray(double[][]::new);
  }

  /// The transpose of the product of all reflections.
  private double[][] vectors(List<Reflectors> blocks, int offset) {
    double[][] q = DenseMatrix.rows(DenseMatrix.identity(n), n, n);
    for (int block = blocks.size() - 1; block >= 0; block--) {
      int first = Math.min(block * BLOCK + offset, n);
      blocks.get(block).apply(false, Triangular.part(q, first, n), first, n);
    }
    return DenseMatrix.flipped(q, 0, n);
  }

  private void diagonalize(Rotations u, Rotations v) {
    double largest = IntStream.range(0, n).mapToDouble(i -> Math.max(Math.abs(diagonal[i]), Math.abs(above[i]))).max().orElse(0);
    int end = n - 1;
    for (int steps = 0; end > 0; steps++) {
      if (vanishes(end - 1, largest)) {
        end--;
        steps--;
        continue;
      }
      if (steps > STEPS_PER_VALUE * n) {
        throw new IllegalArgumentException("svd: the rotations do not converge");
      }
      int start = end - 1;
      while (start > 0 && !vanishes(start - 1, largest)) {
        start--;
      }
      step(start, end, u, v);
    }
    u.apply();
    v.apply();
  }

  private boolean vanishes(int i, double largest) {
    return Math.abs(above[i]) <= EPSILON * Math.max(Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1]), EPSILON * largest);
  }

  private void step(int start, int end, Rotations u, Rotations v) {
    int count = end - start;
    double[][] turns = new double[4][count]; // cosines and sines from the left, then from the right
    double shift = leastValue(diagonal[end - 1], above[end - 1], diagonal[end]);
    double part = diagonal[start] == 0 ? 0 : shift / diagonal[start];
    boolean singular = IntStream.rangeClosed(start, end).anyMatch(i -> diagonal[i] == 0);
    if (singular || part * part < EPSILON) {
      unshifted(start, end, turns);
    } else {
      shifted(start, end, shift, turns);
    }
    u.add(start, turns[0], turns[1]);
    v.add(start, turns[2], turns[3]);
  }

  private void shifted(int start, int end, double shift, double[][] turns) {
    double f = (Math.abs(diagonal[start]) - shift) * (Math.signum(diagonal[start]) + shift / diagonal[start]);
    double g = above[start];
    for (int i = start; i < end; i++) {
      double length = Rotations.length(f, g);
      double c = length == 0 ? 1 : f / length;
      double s = length == 0 ? 0 : g / length;
      turns[2][i - start] = c;
      turns[3][i - start] = s;
      if (i > start) {
        above[i - 1] = length;
      }
      f = c * diagonal[i] + s * above[i];
      above[i] = c * above[i] - s * diagonal[i];
      g = s * diagonal[i + 1];
      diagonal[i + 1] *= c;
      length = Rotations.length(f, g);
      c = length == 0 ? 1 : f / length;
      s = length == 0 ? 0 : g / length;
      turns[0][i - start] = c;
      turns[1][i - start] = s;
      diagonal[i] = length;
      f = c * above[i] + s * diagonal[i + 1];
      diagonal[i + 1] = c * diagonal[i + 1] - s * above[i];
      if (i + 1 < end) {
        g = s * above[i + 1];
        above[i + 1] *= c;
      }
    }
    above[end - 1] = f;
  }

  private void unshifted(int start, int end, double[][] turns) {
    double c = 1;
    double oldC = 1;
    double oldS = 0;
    for (int i = start; i < end; i++) {
      double f = diagonal[i] * c;
      double length = Rotations.length(f, above[i]);
      c = length == 0 ? 1 : f / length;
      double s = length == 0 ? 0 : above[i] / length;
      turns[2][i - start] = c;
      turns[3][i - start] = s;
      if (i > start) {
        above[i - 1] = oldS * length;
      }
      f = oldC * length;
      double g = diagonal[i + 1] * s;
      diagonal[i] = Rotations.length(f, g);
      oldC = diagonal[i] == 0 ? 1 : f / diagonal[i];
      oldS = diagonal[i] == 0 ? 0 : g / diagonal[i];
      turns[0][i - start] = oldC;
      turns[1][i - start] = oldS;
    }
    double last = diagonal[end] * c;
    diagonal[end] = last * oldC;
    above[end - 1] = last * oldS;
  }

  /// The smaller singular value of the triangle (f, g; 0, h): LAPACK's `las2`.
  private static double leastValue(double f, double g, double h) {
    double small = Math.min(Math.abs(f), Math.abs(h));
    double large = Math.max(Math.abs(f), Math.abs(h));
    double between = Math.abs(g);
    if (small == 0) {
      return 0;
    }
    double sum = 1 + small / large;
    double difference = (large - small) / large;
    if (between < large) {
      double square = between / large * (between / large);
      return small * 2 / (Math.sqrt(sum * sum + square) + Math.sqrt(difference * difference + square));
    }
    double ratio = large / between;
    double inverse = 1 / (Math.sqrt(1 + sum * ratio * (sum * ratio)) + Math.sqrt(1 + difference * ratio * (difference * ratio)));
    return small * inverse * ratio * 2;
  }
}
