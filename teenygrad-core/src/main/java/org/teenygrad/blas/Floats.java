package org.teenygrad.blas;

import java.util.Arrays;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.blas.MatrixMatrix.Matrix;

/// Floats: as [Doubles], number by number.
record Floats(float[] array, int start) implements Numbers {
  private static final int PARTS = 8;

  private static final int BLOCK = 256;

  @Override
  public char letter() {
    return 'S';
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
    array[start + position] = (float) value;
  }

  @Override
  public Floats from(int position) {
    return new Floats(array, start + position);
  }

  @Override
  public void add(int n, double alpha, Numbers x, int xFrom, int incx, int from, int inc) {
    float[] source = ((Floats) x).array;
    int ix = x.start() + xFrom;
    int iy = start + from;
    float factor = (float) alpha;
    if (incx == 1 && inc == 1 && n >= PARTS) {
      int size = Math.min(n, BLOCK);
      float[] xs = new float[size];
      float[] ys = new float[size];
      for (int done = 0; done < n; done += size) {
        int count = Math.min(size, n - done);
        System.arraycopy(source, ix + done, xs, 0, count);
        System.arraycopy(array, iy + done, ys, 0, count);
        for (int i = 0; i < count; i++) {
          ys[i] += factor * xs[i];
        }
        System.arraycopy(ys, 0, array, iy + done, count);
      }
    } else {
      for (int i = 0; i < n; i++) {
        array[iy + i * inc] += factor * source[ix + i * incx];
      }
    }
  }

  @Override
  public void addProduct(int m, int n, int k, double alpha, Matrix a, Matrix b, int leading) {
    float factor = (float) alpha;
    float[][] block = new float[Math.min(k, BLOCK)][Math.min(m, BLOCK)]; // columns of A
    float[] sum = new float[Math.min(m, BLOCK)];
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
            addFour(rows, block, l, (float) b.get(l0 + l, j), (float) b.get(l0 + l + 1, j), (float) b.get(l0 + l + 2, j),
                (float) b.get(l0 + l + 3, j), sum);
          }
          for (; l < columns; l++) {
            addOne(rows, block[l], (float) b.get(l0 + l, j), sum);
          }
          for (int i = 0; i < rows; i++) {
            array[start + j * leading + i0 + i] += factor * sum[i];
          }
        }
      }
    }
  }

  private static void copyColumn(Matrix a, int row, int column, int rows, float[] copy) {
    if (a.transposed()) {
      for (int i = 0; i < rows; i++) {
        copy[i] = (float) a.get(row + i, column);
      }
    } else {
      System.arraycopy(((Floats) a.numbers()).array, a.numbers().start() + row + column * a.leading(), copy, 0, rows);
    }
  }

  private static void addFour(int rows, float[][] block, int l, float x0, float x1, float x2, float x3, float[] sum) {
    float[] a0 = block[l];
    float[] a1 = block[l + 1];
    float[] a2 = block[l + 2];
    float[] a3 = block[l + 3];
    for (int i = 0; i < rows; i++) {
      sum[i] += x0 * a0[i] + x1 * a1[i] + x2 * a2[i] + x3 * a3[i];
    }
  }

  private static void addOne(int rows, float[] a, float x, float[] sum) {
    for (int i = 0; i < rows; i++) {
      sum[i] += x * a[i];
    }
  }

  @Override
  public double dot(int n, int from, int inc, Numbers y, int yFrom, int incy) {
    float[] other = ((Floats) y).array;
    int ix = start + from;
    int iy = y.start() + yFrom;
    float sum = 0;
    int i = 0;
    if (inc == 1 && incy == 1 && n >= PARTS) {
      float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
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
    float factor = (float) alpha;
    if (inc == 1 && alpha == 0) {
      Arrays.fill(array, first, first + Math.max(0, n), 0);
    } else if (inc == 1) {
      for (int i = 0; i < n; i++) {
        array[first + i] *= factor;
      }
    } else {
      for (int i = 0; i < n; i++) {
        array[first + i * inc] = alpha == 0 ? 0 : factor * array[first + i * inc];
      }
    }
  }

  @Override
  public Tensor tensor(int rows, int columns, int leading, int paddedRows, int paddedColumns, Device device) {
    Shape shape = Shape.of(paddedColumns, paddedRows);
    if (start == 0 && rows == leading && rows == paddedRows && columns == paddedColumns && array.length == shape.elements()) {
      return Tensor.of(array, shape, device);
    }
    float[] padded = new float[paddedRows * paddedColumns];
    for (int j = 0; j < columns; j++) {
      System.arraycopy(array, start + j * leading, padded, j * paddedRows, rows);
    }
    return Tensor.of(padded, shape, device);
  }

  @Override
  public Floats values(Tensor tensor) {
    return new Floats(tensor.toFloatArray(), 0);
  }
}
