package org.teenygrad.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GemmTest {
  private static double[][] matrix(int seed, int m, int n) {
    return DenseMatrix.rows(new Random(seed).doubles((long) m * n, -1, 1).toArray(), m, n);
  }

  /// So it does not matter by how many threads, and in which blocks, rows are computed.
  @Test
  void aRowHasTheSameBitsAloneAndAmongMany() {
    int inner = 135;
    double[][] a = matrix(1, 151, inner + 3);
    double[][] b = matrix(2, inner, 301);
    double[][] all = matrix(3, 151, 301);
    double[][] alone = matrix(3, 151, 301);
    Gemm.add(all, 5, 290, -0.5, a, 3, b);
    for (int i = 0; i < alone.length; i++) {
      Gemm.add(Triangular.part(alone, i, i + 1), 5, 290, -0.5, Triangular.part(a, i, i + 1), 3, b);
      double[] expected = matrix(3, 151, 301)[i];
      for (int j = 5; j < 290; j++) {
        for (int l = 0; l < inner; l++) {
          expected[j] = Math.fma(-0.5 * a[i][3 + l], b[l][j], expected[j]);
        }
      }
      assertThat(Arrays.equals(alone[i], expected)).as("row " + i + " in order").isTrue();
      assertThat(Arrays.equals(all[i], expected)).as("row " + i + " of many").isTrue();
    }
  }
}
