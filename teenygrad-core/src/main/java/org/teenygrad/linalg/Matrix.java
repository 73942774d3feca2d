package org.teenygrad.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.HostBuffer;

/// A matrix of doubles, or a part of one, row by row in memory that machine code reads: a tensor's, or a [Workspace]'s.
public final class Matrix {
  /// Rows and columns of a block that is transposed at once, so that lines of the cache are used whole.
  private static final int TILE = 16;

  final int rows;
  final int columns;
  private final MemorySegment memory;
  private final @Nullable HostBuffer owner;
  private final long first;
  private final int stride;

  /// @param owner is kept for as long as this; null if somebody else does
  Matrix(MemorySegment memory, @Nullable HostBuffer owner, long first, int rows, int columns, int stride) {
    this.memory = memory;
    this.owner = owner;
    this.first = first;
    this.rows = rows;
    this.columns = columns;
    this.stride = stride;
  }

  /// A matrix in row-major order without gaps, in memory outside of Java's heap, which must live as long as it is used.
  /// @param first where it begins, in elements
  public static Matrix of(MemorySegment memory, long first, int rows, int columns) {
    return new Matrix(memory, null, first, rows, columns, columns);
  }

  public double get(int row, int column) {
    return memory.getAtIndex(JAVA_DOUBLE, first + (long) row * stride + column);
  }

  public void set(int row, int column, double value) {
    memory.setAtIndex(JAVA_DOUBLE, first + (long) row * stride + column, value);
  }

  private long bytes(int row, int column) {
    return (first + (long) row * stride + column) * Double.BYTES;
  }

  /// Where the first element is; valid while this is reachable.
  long address() {
    return memory.address() + first * Double.BYTES;
  }

  long strideBytes() {
    return (long) stride * Double.BYTES;
  }

  /// The same memory: some rows and columns, ends exclusive.
  public Matrix part(int firstRow, int endRow, int firstColumn, int endColumn) {
    return new Matrix(memory, owner, first + (long) firstRow * stride + firstColumn, endRow - firstRow, endColumn - firstColumn, stride);
  }

  /// The same memory: some rows.
  Matrix part(int firstRow, int endRow) {
    return part(firstRow, endRow, 0, columns);
  }

  /// The same elements as another matrix of this size.
  public void set(Matrix from) {
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(from.memory, from.bytes(i, 0), memory, bytes(i, 0), (long) columns * Double.BYTES);
    }
  }

  /// Copies a row to the beginning of an array.
  void copyRow(int i, double[] to) {
    MemorySegment.copy(memory, JAVA_DOUBLE, bytes(i, 0), to, 0, columns);
  }

  /// Sets a row to what is at the beginning of an array.
  public void setRow(int i, double[] row) {
    MemorySegment.copy(row, 0, memory, JAVA_DOUBLE, bytes(i, 0), columns);
  }

  /// All elements become 0.
  public void clear() {
    if (stride == columns) {
      memory.asSlice(bytes(0, 0), (long) rows * columns * Double.BYTES).fill((byte) 0);
      return;
    }
    for (int i = 0; i < rows; i++) {
      memory.asSlice(bytes(i, 0), (long) columns * Double.BYTES).fill((byte) 0);
    }
  }

  /// All elements become 0 but those of the diagonal, which become 1.
  void setIdentity() {
    clear();
    for (int i = 0; i < Math.min(rows, columns); i++) {
      set(i, i, 1);
    }
  }

  /// Multiplies all elements.
  public void scale(double factor) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        set(i, j, get(i, j) * factor);
      }
    }
  }

  /// Divides a row's elements from a column on.
  void divideRow(int i, int begin, double divisor) {
    for (int j = begin; j < columns; j++) {
      set(i, j, get(i, j) / divisor);
    }
  }

  /// The largest size of an element; NaN if one is.
  double largest() {
    double largest = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        largest = Math.max(largest, Math.abs(get(i, j)));
      }
    }
    return largest;
  }

  /// Writes the transpose of this.
  void transposeTo(Matrix result) {
    transposeTo(result, null);
  }

  /// Writes the transpose of this with its rows in another order.
  /// @param order which row becomes the first column, the second, ...; null for the order as it is
  void transposeTo(Matrix result, int @Nullable [] order) {
    double[][] lines = new double[TILE][columns];
    double[] across = new double[TILE];
    for (int top = 0; top < rows; top += TILE) {
      int count = Math.min(TILE, rows - top);
      for (int i = 0; i < count; i++) {
        copyRow(order == null ? top + i : order[top + i], lines[i]);
      }
      for (int j = 0; j < columns; j++) {
        for (int i = 0; i < count; i++) {
          across[i] = lines[i][j];
        }
        MemorySegment.copy(across, 0, result.memory, JAVA_DOUBLE, result.bytes(j, top), count);
      }
    }
  }

  /// Copies every column to the beginning of an array.
  void copyColumns(double[][] to) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        to[j][i] = get(i, j);
      }
    }
  }

  /// Sets every column to what is at the beginning of an array.
  void setColumns(double[][] from) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        set(i, j, from[j][i]);
      }
    }
  }
}
