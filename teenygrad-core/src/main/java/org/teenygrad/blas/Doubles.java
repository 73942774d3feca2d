package org.teenygrad.blas;

import java.util.Arrays;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.blas.MatrixMatrix.Matrix;

/// Doubles.
///
/// Java's compiler uses vector instructions for a loop over several arrays only where all have one index, as otherwise
/// it cannot know that they do not overlap. Therefore what is added is first copied to short arrays of its own, which
/// stay in the first-level cache. A sum, whose order Java keeps, has eight parts that do not wait for each other.
record Doubles(double[] array, int start) implements Numbers {
  private static final int PARTS = 8;

  /// Elements of a copy; also the rows and columns of a block of a matrix, which stays in the second-level cache.
  private static final int BLOCK = 256;

  @Override
  public char letter() {
    return 'D';
  }

  @Override
  public int available() {
    return array.length - start;
  }

  @Override
  public double get(int position) {
    return array[start + position];
  }

  @Override
  public void set(int position, double value) {
    array[start + position] = value;
  }

  @Override
  public Doubles from(int position) {
    return new Doubles(array, start + position);
  }

  @Override
  public void add(int n, double alpha, Numbers x, int xFrom, int incx, int from, int inc) {
    double[] source = ((Doubles) x).array;
    int ix = x.start() + xFrom;
    int iy = start + from;
    if (incx == 1 && inc == 1 && n >= PARTS) {
      int size = Math.min(n, BLOCK);
      double[] xs = new double[size];
      double[] ys = new double[size];
      for (int done = 0; done < n; done += size) {
        int count = Math.min(size, n - done);
        System.arraycopy(source, ix + done, xs, 0, count);
        System.arraycopy(array, iy + done, ys, 0, count);
        for (int i = 0; i < count; i++) {
          ys[i] += alpha * xs[i];
        }
        System.arraycopy(ys, 0, array, iy + done, count);
      }
    } else {
      for (int i = 0; i < n; i++) {
        array[iy + i * inc] += alpha * source[ix + i * incx];
      }
    }
  }

  @Override
  public void addProduct(int m, int n, int k, double alpha, Matrix a, Matrix b, int leading) {
    double[][] block = new double[Math.min(k, BLOCK)][Math.min(m, BLOCK)]; // columns of A
    double[] sum = new double[Math.min(m, BLOCK)];
    for (int i0 = 0; i0 < m; i0 += BLOCK) {
      int rows = Math.min(BLOCK, m - i0);
      for (int l0 = 0; l0 < k; l0 += BLOCK) {
        int columns = Math.min(BLOCK, k - l0);
        for (int l = 0; l < columns; l++) {
          copyColumn(a, i0, l0 + l, rows, block[l]);
        }
        for (int j = 0; j < n; j++) {
          Arrays.fill(sum, 0);
          int l = 0;
          for (; l <= columns - 4; l += 4) {
            addFour(rows, block, l, b.get(l0 + l, j), b.get(l0 + l + 1, j), b.get(l0 + l + 2, j), b.get(l0 + l + 3, j), sum);
          }
          for (; l < columns; l++) {
            addOne(rows, block[l], b.get(l0 + l, j), sum);
          }
          for (int i = 0; i < rows; i++) {
            array[start + j * leading + i0 + i] += alpha * sum[i];
          }
        }
      }
    }
  }

  private static void copyColumn(Matrix a, int row, int column, int rows, double[] copy) {
    if (a.transposed()) {
      for (int i = 0; i < rows; i++) {
        copy[i] = a.get(row + i, column);
      }
    } else {
      System.arraycopy(((Doubles) a.numbers()).array, a.numbers().start() + row + column * a.leading(), copy, 0, rows);
    }
  }

  private static void addFour(int rows, double[][] block, int l, double x0, double x1, double x2, double x3, double[] sum) {
    double[] a0 = block[l];
    double[] a1 = block[l + 1];
    double[] a2 = block[l + 2];
    double[] a3 = block[l + 3];
    for (int i = 0; i < rows; i++) {
      sum[i] += x0 * a0[i] + x1 * a1[i] + x2 * a2[i] + x3 * a3[i];
    }
  }

  private static void addOne(int rows, double[] a, double x, double[] sum) {
    for (int i = 0; i < rows; i++) {
      sum[i] += x * a[i];
    }
  }

  @Override
  public double dot(int n, int from, int inc, Numbers y, int yFrom, int incy) {
    double[] other = ((Doubles) y).array;
    int ix = start + from;
    int iy = y.start() + yFrom;
    double sum = 0;
    int i = 0;
    if (inc == 1 && incy == 1 && n >= PARTS) {
      double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
      for (; i <= n - PARTS; i += PARTS) {
        s0 += array[ix + i] * other[iy + i];
        s1 += array[ix + i + 1] * other[iy + i + 1];
        s2 += array[ix + i + 2] * other[iy + i + 2];
        s3 += array[ix + i + 3] * other[iy + i + 3];
        s4 += array[ix + i + 4] * other[iy + i + 4];
        s5 += array[ix + i + 5] * other[iy + i + 5];
        s6 += array[ix + i + 6] * other[iy + i + 6];
        s7 += array[ix + i + 7] * other[iy + i + 7];
      }
      sum = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }
    for (; i < n; i++) {
      sum += array[ix + i * inc] * other[iy + i * incy];
    }
    return sum;
  }

  @Override
  public void scale(int n, double alpha, int from, int inc) {
    int first = start + from;
    if (inc == 1 && alpha == 0) {
      Arrays.fill(array, first, first + Math.max(0, n), 0);
    } else if (inc == 1) {
      for (int i = 0; i < n; i++) {
        array[first + i] *= alpha;
      }
    } else {
      for (int i = 0; i < n; i++) {
        array[first + i * inc] = alpha == 0 ? 0 : alpha * array[first + i * inc];
      }
    }
  }

  @Override
  public Tensor tensor(int rows, int columns, int leading, int paddedRows, int paddedColumns, Device device) {
    Shape shape = Shape.of(paddedColumns, paddedRows);
    if (start == 0 && rows == leading && rows == paddedRows && columns == paddedColumns && array.length == shape.elements()) {
      return Tensor.of(array, shape, device);
    }
    double[] padded = new double[paddedRows * paddedColumns];
    for (int j = 0; j < columns; j++) {
      System.arraycopy(array, start + j * leading, padded, j * paddedRows, rows);
    }
    return Tensor.of(padded, shape, device);
  }

  @Override
  public Doubles values(Tensor tensor) {
    return new Doubles(tensor.toDoubleArray(), 0);
  }
}
