package org.teenygrad.blas;

import java.util.Set;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.blas.MatrixMatrix.Matrix;
import org.teenygrad.engine.runtime.Devices;

/// Large general products, by [Tensor#matmul(Tensor)]: a kernel compiled for this processor, on all of its cores.
///
/// A kernel is made for each size, which takes a fraction of a second the first time on a machine. Therefore sizes are
/// rounded up by zeros, and only products for which the loops of Java would take about as long are computed here.
final class CompiledProduct {
  /// Multiplications and additions from which it pays to compile.
  private static final double LEAST_FLOPS = 5e8;

  /// Sizes of kernels are multiples of this.
  private static final int GRAIN = 64;

  private static final Device CPU = Device.of("cpu");
  private static final Set<String> WITHOUT_COMPILER = Set.of("interpreter", "null");

  private CompiledProduct() {}

  static boolean pays(int m, int n, int k) {
    return 2.0 * m * n * k >= LEAST_FLOPS && Math.min(Math.min(m, n), k) >= GRAIN
        && !WITHOUT_COMPILER.contains(Devices.defaultDevice().name());
  }

  /// C = C + alpha A B, of (m, k) and (k, n).
  static void add(int m, int n, int k, double alpha, Matrix a, Matrix b, Matrix c) {
    // Columns one after the other are the rows of the transpose: Cᵀ = Bᵀ Aᵀ in row-major order.
    Numbers product = c.numbers().values(transpose(b, k, n).matmul(transpose(a, m, k)));
    for (int j = 0; j < n; j++) {
      c.numbers().add(m, alpha, product, j * rounded(m), 1, j * c.leading(), 1);
    }
  }

  /// The transpose of a matrix, with zeros up to whole grains.
  private static Tensor transpose(Matrix x, int rows, int columns) {
    return x.transposed()
        ? x.numbers().tensor(columns, rows, x.leading(), rounded(columns), rounded(rows), CPU).t()
        : x.numbers().tensor(rows, columns, x.leading(), rounded(rows), rounded(columns), CPU);
  }

  private static int rounded(int size) {
    return Math.ceilDiv(size, GRAIN) * GRAIN;
  }
}
