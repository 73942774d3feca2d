package org.teenygrad.linalg;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.HostBuffer;

/// Where the matrices of one computation are: one after the other in a few large buffers, which are given back together. Memory
/// that was used before costs nothing, where an array of Java's heap costs the system a fault for each of its pages until the heap
/// has its size.
///
/// ```java
/// try (Workspace workspace = new Workspace()) {
///   Matrix copy = workspace.copy(a);
/// }
/// ```
final class Workspace implements AutoCloseable {
  private static final int LINE = 8;
  private static final long LEAST_BYTES = 64 << 10;

  private final List<HostBuffer> buffers = new ArrayList<>();
  private int buffer = -1;
  private long used;

  /// What has been handed out.
  record Mark(int buffer, long used) {}

  Mark mark() {
    return new Mark(buffer, used);
  }

  /// Takes back all matrices that were made after a mark: nobody may use them any more.
  void release(Mark mark) {
    buffer = mark.buffer;
    used = mark.used;
  }

  /// A matrix that holds anything. Each row is a whole number of vectors, and an odd number of the cache's lines after the one
  /// before, so that a column's elements do not all want the same place in a cache.
  Matrix matrix(int rows, int columns) {
    int stride = Math.ceilDiv(columns, LINE) * LINE | LINE;
    long bytes = (long) rows * stride * Double.BYTES;
    while (buffer < 0 || used + bytes > buffers.get(buffer).bytes()) {
      buffer++;
      used = 0;
      if (buffer == buffers.size()) {
        buffers.add(HostAllocator.shared().allocate(Math.max(bytes, LEAST_BYTES << buffer)));
      }
    }
    HostBuffer here = buffers.get(buffer);
    Matrix matrix = new Matrix(here.segment(), here, used / Double.BYTES, rows, columns, stride);
    used += bytes;
    return matrix;
  }

  Matrix zeros(int rows, int columns) {
    Matrix matrix = matrix(rows, columns);
    matrix.clear();
    return matrix;
  }

  Matrix copy(Matrix of) {
    Matrix matrix = matrix(of.rows, of.columns);
    matrix.set(of);
    return matrix;
  }

  Matrix identity(int n) {
    Matrix matrix = matrix(n, n);
    matrix.setIdentity();
    return matrix;
  }

  Matrix transposed(Matrix of) {
    Matrix matrix = matrix(of.columns, of.rows);
    of.transposeTo(matrix);
    return matrix;
  }

  @Override
  public void close() {
    buffers.forEach(HostBuffer::free);
    buffers.clear();
    release(new Mark(-1, 0));
  }
}
