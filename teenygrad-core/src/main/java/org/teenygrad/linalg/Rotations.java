package org.teenygrad.linalg;

/// Plane rotations of neighbouring rows that wait until there are many: sweep after sweep, each from top to bottom.
///
/// Several sweeps go down the rows together, one row apart, so that the few rows between the first and the last stay in the first-level
/// cache; two
/// rotations that share a row are made at once (Van Zee, van de Geijn and Quintana-Ortí, "Restructuring the tridiagonal and bidiagonal
/// QR algorithms
/// for performance", 2014). Columns are independent, and are shared by the threads.
final class Rotations {
  /// Sweeps that go together. Where all rows fit into the first-level cache, two are enough.
  private static final int SWEEPS = 24;

  /// Columns of which so many rows fit into the first-level cache.
  private static final int COLUMNS = 128;

  private final double[][] rows;
  private final int columns;
  private final Sweep[] sweeps;
  private int waiting;

  /// Rotates the row `first + i` and the next one by the angle with this cosine and sine.
  private record Sweep(int first, double[] cosines, double[] sines) {
    int last() {
      return first + cosines.length;
    }
  }

  /// @param rows that are rotated
  Rotations(double[][] rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    sweeps = new Sweep[rows.length * columns <= SWEEPS * COLUMNS ? 2 : SWEEPS];
  }

  /// @param first row of the first rotation
  void add(int first, double[] cosines, double[] sines) {
    sweeps[waiting++] = new Sweep(first, cosines, sines);
    if (waiting == sweeps.length) {
      apply();
    }
  }

  /// Makes all that wait.
  void apply() {
    int begin = rows.length;
    int end = 0;
    for (int i = 0; i < waiting; i++) {
      begin = Math.min(begin, sweeps[i].first);
      end = Math.max(end, sweeps[i].last());
    }
    int top = begin;
    int bottom = end;
    int parts = Math.ceilDiv(columns, COLUMNS);
    Parallel.ranges(parts, 6.0 * columns * (end - begin) * waiting, (first, last) -> {
      for (int part = first; part < last; part++) {
        apply(top, bottom, part * COLUMNS, Math.min((part + 1) * COLUMNS, columns));
      }
    });
    waiting = 0;
  }

  /// A sweep's rotation of row k comes after the earlier sweep's of row k + 1: at the same step, one row behind.
  private void apply(int begin, int end, int from, int to) {
    for (int step = begin; step < end + waiting - 1; step++) {
      for (int i = 0; i < waiting; i++) {
        int row = step - i;
        Sweep sweep = sweeps[i];
        Sweep next = i + 1 < waiting ? sweeps[i + 1] : null;
        boolean now = row >= sweep.first && row < sweep.last();
        if (now && next != null && row - 1 >= next.first && row - 1 < next.last()) {
          int a = row - sweep.first;
          int b = row - 1 - next.first;
          rotateTwo(rows[row - 1], rows[row], rows[row + 1], from, to, sweep.cosines[a], sweep.sines[a], next.cosines[b], next.sines[b]);
          i++;
        } else if (now) {
          int a = row - sweep.first;
          rotate(rows[row], rows[row + 1], from, to, sweep.cosines[a], sweep.sines[a]);
        }
      }
    }
  }

  private static void rotate(double[] x, double[] y, int from, int to, double c, double s) {
    for (int j = from; j < to; j++) {
      double first = x[j];
      double second = y[j];
      x[j] = Math.fma(c, first, s * second);
      y[j] = Math.fma(c, second, -s * first);
    }
  }

  /// Rotates y and z, then x and y.
  private static void rotateTwo(double[] x, double[] y, double[] z, int from, int to, double c, double s, double nextC, double nextS) {
    for (int j = from; j < to; j++) {
      double second = y[j];
      double third = z[j];
      double first = x[j];
      double between = Math.fma(c, second, s * third);
      z[j] = Math.fma(c, third, -s * second);
      x[j] = Math.fma(nextC, first, nextS * between);
      y[j] = Math.fma(nextC, between, -nextS * first);
    }
  }

  /// The square root of `x² + y²`, by `hypot` only where squares could overflow or vanish.
  static double length(double x, double y) {
    double squares = x * x + y * y;
    return squares > 1e-280 && squares < 1e280 ? Math.sqrt(squares) : Math.hypot(x, y);
  }
}
