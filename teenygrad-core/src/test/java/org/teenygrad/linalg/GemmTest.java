package org.teenygrad.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GemmTest {
  private final Workspace workspace = new Workspace();

  @AfterEach
  void close() {
    workspace.close();
  }

  private Matrix matrix(int seed, int m, int n) {
    Random random = new Random(seed);
    Matrix matrix = workspace.matrix(m, n);
    for (int i = 0; i < m; i++) {
      matrix.setRow(i, random.doubles(n, -1, 1).toArray());
    }
    return matrix;
  }

  private static double[] row(Matrix matrix, int i) {
    double[] row = new double[matrix.columns];
    matrix.copyRow(i, row);
    return row;
  }

  /// So it does not matter by how many threads, and in which blocks, rows are computed.
  @Test
  void aRowHasTheSameBitsAloneAndAmongMany() {
    int inner = 135;
    Matrix a = matrix(1, 151, inner + 3).part(0, 151, 3, inner + 3);
    Matrix b = matrix(2, inner, 301).part(0, inner, 5, 290);
    Matrix all = matrix(3, 151, 301);
    Matrix alone = matrix(3, 151, 301);
    Gemm.add(all.part(0, 151, 5, 290), -0.5, a, b);
    for (int i = 0; i < 151; i++) {
      Gemm.add(alone.part(i, i + 1, 5, 290), -0.5, a.part(i, i + 1), b);
      double[] expected = row(matrix(3, 151, 301), i);
      for (int j = 0; j < 285; j++) {
        for (int from = 0; from < inner; from += 128) {
          double sum = 0;
          for (int l = from; l < Math.min(from + 128, inner); l++) {
            sum = Math.fma(a.get(i, l), b.get(l, j), sum);
          }
          expected[5 + j] = Math.fma(-0.5, sum, expected[5 + j]);
        }
      }
      assertThat(Arrays.equals(row(alone, i), expected)).as("row " + i + " in order").isTrue();
      assertThat(Arrays.equals(row(all, i), expected)).as("row " + i + " of many").isTrue();
    }
  }

  /// Sizes on both sides of what machine code computes whole tiles, strips and squares of.
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 700, 3", "3, 77, 200", "4, 24, 128", "5, 25, 129", "8, 8, 300", "33, 40, 7", "96, 72, 257", "130, 23, 64", "7, 1, 900", "200, 1, 90"})
  void productsOfAllKindsAreSums(int m, int n, int k) {
    Matrix a = matrix(1, m, k);
    Matrix b = matrix(2, k, n);
    Matrix product = matrix(3, m, n);
    Matrix ofTransposed = matrix(3, m, n);
    Matrix inner = matrix(3, m + 2, n + 2); // what lies around stays as it is
    Gemm.add(product, 2, a, b);
    Gemm.addTransposed(ofTransposed, 2, workspace.transposed(a), b);
    Gemm.addInner(inner.part(1, m + 1, 1, n + 1), 2, a, workspace.transposed(b));
    Matrix before = matrix(3, m, n);
    Matrix around = matrix(3, m + 2, n + 2);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          sum += a.get(i, l) * b.get(l, j);
        }
        assertThat(product.get(i, j)).isCloseTo(before.get(i, j) + 2 * sum, within(1e-12));
        assertThat(ofTransposed.get(i, j)).isEqualTo(product.get(i, j));
        assertThat(inner.get(i + 1, j + 1)).isCloseTo(around.get(i + 1, j + 1) + 2 * sum, within(1e-12));
        around.set(i + 1, j + 1, inner.get(i + 1, j + 1));
      }
    }
    for (int i = 0; i < inner.rows; i++) {
      assertThat(row(inner, i)).isEqualTo(row(around, i));
    }
  }
}
