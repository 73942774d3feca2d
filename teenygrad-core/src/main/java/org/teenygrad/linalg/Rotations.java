package org.teenygrad.linalg;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.ref.Reference;
import org.teenygrad.engine.codegen.MatrixPrograms;
import org.teenygrad.engine.codegen.MatrixPrograms.RotationWord;
import org.teenygrad.engine.codegen.MatrixPrograms.SweepWord;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.HostBuffer;

/// Plane rotations of neighbouring rows that wait until there are many: sweep after sweep, each from top to bottom, several of
/// which go down the rows together (Van Zee, van de Geijn and Quintana-Ortí, "Restructuring the tridiagonal and bidiagonal QR
/// algorithms for performance", 2014).
final class Rotations {
  /// Sweeps that go together. Where all rows fit into the first-level cache, two are enough.
  private static final int SWEEPS = 24;

  /// Elements that do.
  private static final int NEAR = 3072;

  private static final int FIELDS = SweepWord.values().length;

  private final Matrix rows;
  private final Matrix parts;
  private final int most;
  private final HostBuffer sweeps;
  private final Matrix angles;
  private final double[] line; // of the angles, for the sweep that is begun
  private int waiting;

  /// @param rows that are rotated, as they are seen after [#finish]
  Rotations(Workspace workspace, Matrix rows) {
    this.rows = rows;
    parts = workspace.zeros(partCount() * rows.rows, MatrixPrograms.PART);
    for (int part = 0; part < partCount(); part++) {
      partOf(parts, part).set(columnsOf(part));
    }
    most = rows.rows * rows.columns <= NEAR ? 2 : SWEEPS;
    sweeps = HostAllocator.shared().allocate((most + 1L) * FIELDS * Long.BYTES); // what is behind the last is looked at
    sweeps.segment().fill((byte) 0);
    angles = workspace.matrix(most, 2 * rows.rows);
    line = new double[angles.columns];
  }

  private int partCount() {
    return Math.ceilDiv(rows.columns, MatrixPrograms.PART);
  }

  private Matrix columnsOf(int part) {
    return rows.part(0, rows.rows, part * MatrixPrograms.PART, Math.min((part + 1) * MatrixPrograms.PART, rows.columns));
  }

  private Matrix partOf(Matrix parts, int part) {
    return parts.part(part * rows.rows, (part + 1) * rows.rows, 0, columnsOf(part).columns);
  }

  /// Begins a sweep of so many rotations, the first of the row `first` and the next one.
  void begin(int first, int count) {
    set(waiting, SweepWord.FIRST, first);
    set(waiting, SweepWord.LAST, (long) first + count);
    set(waiting, SweepWord.ANGLES, angles.address() + waiting * angles.strideBytes());
  }

  /// The angle of the sweep's `i`-th rotation.
  void set(int i, double cosine, double sine) {
    line[2 * i] = cosine;
    line[2 * i + 1] = sine;
  }

  /// Ends a sweep.
  void end() {
    angles.setRow(waiting, line);
    waiting++;
    if (waiting == most) {
      apply();
    }
  }

  private void set(int sweep, SweepWord word, long value) {
    sweeps.segment().setAtIndex(JAVA_LONG, (long) sweep * FIELDS + word.ordinal(), value);
  }

  private int get(int sweep, SweepWord word) {
    return (int) sweeps.segment().getAtIndex(JAVA_LONG, (long) sweep * FIELDS + word.ordinal());
  }

  /// Makes all that wait, and writes the rows.
  void finish() {
    apply();
    for (int part = 0; part < partCount(); part++) {
      columnsOf(part).set(partOf(parts, part));
    }
    sweeps.free();
  }

  private void apply() {
    int begin = rows.rows;
    int end = 0;
    for (int i = 0; i < waiting; i++) {
      begin = Math.min(begin, get(i, SweepWord.FIRST));
      end = Math.max(end, get(i, SweepWord.LAST));
    }
    double flops = 6.0 * rows.columns * Math.max(0, end - begin) * waiting;
    if (MatrixKernel.isWorth(flops)) {
      long top = begin;
      long bottom = end;
      MatrixKernel.ROTATIONS.run(flops, argument -> argument
          .set(RotationWord.PARTS, partCount()).set(RotationWord.FIRST_PART, parts.address()).set(RotationWord.PART_STRIDE, rows.rows * parts.strideBytes())
          .set(RotationWord.ROW, parts.strideBytes())
          .set(RotationWord.SWEEPS, sweeps.address()).set(RotationWord.COUNT, waiting).set(RotationWord.BEGIN, top).set(RotationWord.END, bottom));
      Reference.reachabilityFence(this);
    } else {
      for (int i = 0; i < waiting; i++) {
        sweep(i);
      }
    }
    waiting = 0;
  }

  private void sweep(int number) {
    int first = get(number, SweepWord.FIRST);
    for (int row = first; row < get(number, SweepWord.LAST); row++) {
      double c = angles.get(number, 2 * (row - first));
      double s = angles.get(number, 2 * (row - first) + 1);
      for (int part = 0; part < partCount(); part++) {
        rotate(partOf(parts, part), row, c, s);
      }
    }
  }

  private static void rotate(Matrix part, int row, double c, double s) {
    for (int j = 0; j < part.columns; j++) {
      double x = part.get(row, j);
      double y = part.get(row + 1, j);
      part.set(row, j, Math.fma(c, x, s * y));
      part.set(row + 1, j, Math.fma(c, y, -s * x));
    }
  }

  /// The square root of `x² + y²`, by `hypot` only where squares could overflow or vanish.
  static double length(double x, double y) {
    double squares = x * x + y * y;
    return squares > 1e-280 && squares < 1e280 ? Math.sqrt(squares) : Math.hypot(x, y);
  }
}
