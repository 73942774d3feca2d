package org.teenygrad.linalg;

import java.util.ArrayList;
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

  private final Workspace workspace;
  private final int n;
  private final Matrix a; // of finished blocks, what was there before them
  private final double[] diagonal;
  private final double[] above;
  private final List<Reflectors> left = new ArrayList<>(); // of rows from BLOCK times its number on
  private final List<Reflectors> right = new ArrayList<>(); // of columns from one more on

  private Bidiagonal(Workspace workspace, Matrix a) {
    this.workspace = workspace;
    this.a = a;
    n = a.rows;
    diagonal = new double[n];
    above = new double[n];
  }

  /// Writes singular values (descending) and both kinds of vectors (columns).
  /// @param a square, whose squares do not overflow; it is changed
  static void svd(Workspace workspace, Matrix a, Matrix values, Matrix u, Matrix v) {
    Bidiagonal found = new Bidiagonal(workspace, a);
    int n = a.rows;
    for (int begin = 0; begin < n; begin += BLOCK) {
      found.reduce(begin, Math.min(begin + BLOCK, n));
    }
    Matrix left = found.vectors(found.left, 0);
    Matrix right = found.vectors(found.right, 1);
    found.diagonalize(new Rotations(workspace, left), new Rotations(workspace, right));
    for (int i = 0; i < n; i++) {
      if (found.diagonal[i] < 0) {
        found.diagonal[i] = -found.diagonal[i];
        right.part(i, i + 1).scale(-1);
      }
    }
    int[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> -found.diagonal[i])).mapToInt(i -> i).toArray();
    for (int i = 0; i < n; i++) {
      values.set(0, i, found.diagonal[order[i]]);
    }
    left.transposeTo(u, order);
    right.transposeTo(v, order);
  }

  /// The rows and columns from `begin` to `end`. What reflections v from the left and u from the right do to the rest, `A - v yᵀ - x uᵀ`
  /// each, is done for a
  /// column and a row when they are needed, and for all that follow at the end, in one product.
  private void reduce(int begin, int end) {
    int count = end - begin;
    Matrix v = workspace.zeros(count, n);
    Matrix y = workspace.zeros(count, n);
    Matrix x = workspace.zeros(count, n);
    Matrix u = workspace.zeros(count, n);
    Matrix line = workspace.zeros(1, n);
    double[] leftTau = new double[count];
    double[] rightTau = new double[count];
    for (int k = begin; k < end; k++) {
      int done = k - begin;
      for (int i = k; i < n; i++) {
        line.set(0, i, a.get(i, k));
      }
      Matrix column = line.part(0, 1, k, n);
      Gemm.addTransposed(column, -1, y.part(0, done, k, k + 1), v.part(0, done, k, n));
      Gemm.addTransposed(column, -1, u.part(0, done, k, k + 1), x.part(0, done, k, n));
      Matrix mine = v.part(done, done + 1, k, n);
      diagonal[k] = reflector(column, mine, leftTau, done);
      if (k == n - 1) {
        continue;
      }
      Matrix sums = y.part(done, done + 1, k + 1, n);
      Gemm.add(sums, leftTau[done], mine, a.part(k, n, k + 1, n));
      addAlong(sums, -leftTau[done], v.part(0, done, k, n), mine, y.part(0, done, k + 1, n));
      addAlong(sums, -leftTau[done], x.part(0, done, k, n), mine, u.part(0, done, k + 1, n));
      line.set(a.part(k, k + 1));
      Matrix row = line.part(0, 1, k + 1, n);
      Gemm.addTransposed(row, -1, v.part(0, done + 1, k, k + 1), y.part(0, done + 1, k + 1, n));
      Gemm.addTransposed(row, -1, x.part(0, done, k, k + 1), u.part(0, done, k + 1, n));
      Matrix other = u.part(done, done + 1, k + 1, n);
      above[k] = reflector(row, other, rightTau, done);
      Matrix products = x.part(done, done + 1, k + 1, n);
      Gemm.addInner(products, rightTau[done], other, a.part(k + 1, n, k + 1, n));
      addAlong(products, -rightTau[done], y.part(0, done + 1, k + 1, n), other, v.part(0, done + 1, k + 1, n));
      addAlong(products, -rightTau[done], u.part(0, done, k + 1, n), other, x.part(0, done, k + 1, n));
    }
    if (end < n) {
      Matrix rest = a.part(end, n, end, n);
      Gemm.addTransposed(rest, -1, v.part(0, count, end, n), y.part(0, count, end, n));
      Gemm.addTransposed(rest, -1, x.part(0, count, end, n), u.part(0, count, end, n));
    }
    left.add(Reflectors.of(workspace, v.part(0, count, begin, n), leftTau));
    right.add(Reflectors.of(workspace, u.part(0, count, Math.min(begin + 1, n), n), rightTau));
  }

  /// Adds rows, each `factor` times the inner product of another row with a vector.
  private void addAlong(Matrix sums, double factor, Matrix others, Matrix vector, Matrix rows) {
    Workspace.Mark mark = workspace.mark();
    Matrix along = workspace.zeros(others.rows, 1);
    Gemm.addInner(along, 1, others, vector);
    Gemm.addTransposed(sums, factor, along, rows);
    workspace.release(mark);
  }

  /// Makes the vector of a reflection that leaves only the first of these elements.
  /// @return what that becomes
  private static double reflector(Matrix elements, Matrix vector, double[] tau, int number) {
    vector.set(elements);
    return Reflectors.reflector(vector, tau, number);
  }

  /// The transpose of the product of all reflections.
  private Matrix vectors(List<Reflectors> blocks, int offset) {
    Matrix q = workspace.identity(n);
    for (int block = blocks.size() - 1; block >= 0; block--) {
      int first = Math.min(block * BLOCK + offset, n);
      blocks.get(block).apply(false, q.part(first, n, first, n));
    }
    return workspace.transposed(q);
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
    u.finish();
    v.finish();
  }

  private boolean vanishes(int i, double largest) {
    return Math.abs(above[i]) <= EPSILON * Math.max(Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1]), EPSILON * largest);
  }

  private void step(int start, int end, Rotations u, Rotations v) {
    u.begin(start, end - start);
    v.begin(start, end - start);
    double shift = leastValue(diagonal[end - 1], above[end - 1], diagonal[end]);
    double part = diagonal[start] == 0 ? 0 : shift / diagonal[start];
    boolean singular = IntStream.rangeClosed(start, end).anyMatch(i -> diagonal[i] == 0);
    if (singular || part * part < EPSILON) {
      unshifted(start, end, u, v);
    } else {
      shifted(start, end, shift, u, v);
    }
    u.end();
    v.end();
  }

  private void shifted(int start, int end, double shift, Rotations u, Rotations v) {
    double f = (Math.abs(diagonal[start]) - shift) * (Math.signum(diagonal[start]) + shift / diagonal[start]);
    double g = above[start];
    for (int i = start; i < end; i++) {
      double length = Rotations.length(f, g);
      double c = length == 0 ? 1 : f / length;
      double s = length == 0 ? 0 : g / length;
      v.set(i - start, c, s);
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
      u.set(i - start, c, s);
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

  private void unshifted(int start, int end, Rotations u, Rotations v) {
    double c = 1;
    double oldC = 1;
    double oldS = 0;
    for (int i = start; i < end; i++) {
      double f = diagonal[i] * c;
      double length = Rotations.length(f, above[i]);
      c = length == 0 ? 1 : f / length;
      double s = length == 0 ? 0 : above[i] / length;
      v.set(i - start, c, s);
      if (i > start) {
        above[i - 1] = oldS * length;
      }
      f = oldC * length;
      double g = diagonal[i + 1] * s;
      diagonal[i] = Rotations.length(f, g);
      oldC = diagonal[i] == 0 ? 1 : f / diagonal[i];
      oldS = diagonal[i] == 0 ? 0 : g / diagonal[i];
      u.set(i - start, oldC, oldS);
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
