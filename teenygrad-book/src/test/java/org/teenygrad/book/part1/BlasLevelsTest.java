package org.teenygrad.book.part1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.blas.Blas;
import org.teenygrad.book.Reading;

class BlasLevelsTest {
  @TempDir private Path folder;

  /// What is measured in time is not judged here.
  @Test
  void gemmAndGemvAgree() throws IOException {
    Reading reading = Reading.of(new BlasLevels(128, 0.01), folder);
    assertThat(reading.claims().getFirst().holds()).as(reading.text()).isTrue();
    assertThat(reading.text()).contains("saxpy", "0.1667", "sgemv", "0.5000", "sgemm 128");
    assertThat(reading.pictures()).hasSize(1);
  }

  @Test
  void refusesSmallMatrices() {
    assertThatThrownBy(() -> new BlasLevels(64, 1)).hasMessageContaining("at least 128");
  }

  /// Exercise 1: LU without pivoting by blocks of two columns: a triangular solve and a product, both of level 3, do nearly all of the work.
  @Test
  void blockedLuMultipliesBack() {
    int n = 6;
    double[] a = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      a[i] = (i * 7 % 11) / 11.0 + (i % (n + 1) == 0 ? 4 : 0);
    }
    double[] lu = a.clone();
    for (int j = 0; j < n; j += 2) {
      for (int k = j; k < j + 2; k++) { // two columns, one by one
        Blas.dscal(n - k - 1, 1 / lu[k + k * n], lu, k + 1 + k * n, 1);
        Blas.dger(n - k - 1, j + 1 - k, -1, lu, k + 1 + k * n, 1, lu, k + (k + 1) * n, n, lu, k + 1 + (k + 1) * n, n);
      }
      int rest = n - j - 2;
      Blas.dtrsm('L', 'L', 'N', 'U', 2, rest, 1, lu, j + j * n, n, lu, j + (j + 2) * n, n);
      Blas.dgemm('N', 'N', rest, rest, 2, -1, lu, j + 2 + j * n, n, lu, j + (j + 2) * n, n, 1, lu, j + 2 + (j + 2) * n, n);
    }
    double[] product = lu.clone(); // U, whose lower triangle is not looked at; times L from the left
    for (int j = 0; j < n; j++) {
      for (int i = j + 1; i < n; i++) {
        product[i + j * n] = 0;
      }
    }
    Blas.dtrmm('L', 'L', 'N', 'U', n, n, 1, lu, 0, n, product, 0, n);
    for (int i = 0; i < n * n; i++) {
      assertThat(product[i]).isCloseTo(a[i], within(1e-14));
    }
  }

  /// Exercise 2: with beta = 0 the result is written, not read.
  @Test
  void betaZeroForgetsNaN() {
    double[] y = {Double.NaN};
    Blas.dgemv('N', 1, 1, 2, new double[] {3}, 0, 1, new double[] {4}, 0, 1, 0, y, 0, 1);
    assertThat(y).containsExactly(24);
  }
}
