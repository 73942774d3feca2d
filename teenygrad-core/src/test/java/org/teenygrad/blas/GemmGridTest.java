package org.teenygrad.blas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GemmGridTest {

  /// Netlib's grid: each m, n and k of 0 to 9, each pair of transposes, alphas and betas, and where beta is 0 a C that holds NaN.
  @Test
  void gemmPassesNetlibsGrid() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(1);
      int calls = 0;
      double worst = 0;
      for (int m : Grid.SIZES) {
        for (int n : Grid.SIZES) {
          for (int k : Grid.SIZES) {
            for (char transa : Grid.TRANS) {
              for (char transb : Grid.TRANS) {
                for (double alpha : Grid.ALPHAS) {
                  for (double beta : Grid.BETAS) {
                    worst = Math.max(worst, ratio(call, random, transa, transb, m, n, k, call.rounded(alpha), call.rounded(beta)));
                    calls++;
                  }
                }
              }
            }
          }
        }
      }
      assertThat(calls).isEqualTo(17_496);
      assertThat(worst).as(call.toString()).isPositive().isLessThan(Grid.MOST);
    }
  }

  /// Products that a compiled kernel makes, none of whose sizes is a multiple of what it computes.
  @Test
  void largeProductsAreThoseOfTheGrid() {
    Random random = new Random(2);
    for (Call call : Grid.BOTH) {
      assertThat(CompiledProduct.pays(590, 651, 700)).isTrue();
      assertThat(ratio(call, random, 'N', 'T', 590, 651, 700, call.rounded(0.7), call.rounded(1.3))).isPositive().isLessThan(Grid.MOST);
      assertThat(ratio(call, random, 'T', 'N', 590, 651, 700, 1, 0)).isPositive().isLessThan(Grid.MOST);
      // Columns of 1024 elements fall on the same lines of a cache, and are copied.
      assertThat(ratio(call, random, 'N', 'N', 1024, 260, 1000, 1, 0)).isPositive().isLessThan(Grid.MOST);
    }
  }

  private static double ratio(Call call, Random random, char transa, char transb, int m, int n, int k, double alpha, double beta) {
    boolean ta = transa != 'N';
    boolean tb = transb != 'N';
    double[][] a = Grid.dense(random, call, ta ? k : m, ta ? m : k);
    double[][] b = Grid.dense(random, call, tb ? n : k, tb ? k : n);
    double[][] c = Grid.dense(random, call, m, n);
    Stored storedA = Stored.general(a, ta ? k : m, ta ? m : k);
    Stored storedB = Stored.general(b, tb ? n : k, tb ? k : n);
    Stored before = Stored.general(c, m, n);
    Stored after = before.copy();
    if (beta == 0) {
      Arrays.fill(after.array(), Double.NaN);
    }
    Stored keptA = storedA.copy();
    Stored keptB = storedB.copy();
    call.of("gemm", transa, transb, m, n, k, alpha, storedA.array(), storedA.offset(), storedA.leading(), storedB.array(), storedB.offset(),
        storedB.leading(), beta, after.array(), after.offset(), after.leading());
    storedA.isAsBefore(keptA);
    storedB.isAsBefore(keptB);
    double[][] opA = ta ? Grid.flipped(a, k, m) : a;
    double[][] opB = tb ? Grid.flipped(b, n, k) : b;
    return after.ratio(before, Grid.product(m, n, k, alpha, opA, opB, beta, c),
        Grid.product(m, n, k, Math.abs(alpha), Grid.magnitudes(opA), Grid.magnitudes(opB), Math.abs(beta), Grid.magnitudes(c)), call.eps());
  }
}
