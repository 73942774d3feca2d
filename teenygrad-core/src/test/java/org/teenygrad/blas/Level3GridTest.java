package org.teenygrad.blas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The grids of netlib's `sblat3` and `dblat3` for what is symmetric or triangular, and sizes that are halved; [GemmGridTest] has general products.
class Level3GridTest {
  private record Size(int m, int n) {}

  private static List<Size> sizes() {
    List<Size> sizes = new ArrayList<>(List.of(new Size(130, 70), new Size(70, 200), new Size(3, 65), new Size(129, 2)));
    for (int m : Grid.SIZES) {
      for (int n : Grid.SIZES) {
        sizes.add(new Size(m, n));
      }
    }
    return sizes;
  }

  @Test
  void symmetricTimesGeneral() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(1);
      double worst = 0;
      for (Size size : sizes()) {
        for (char side : Grid.SIDE) {
          for (char uplo : Grid.UPLO) {
            for (double alpha : Grid.ALPHAS) {
              for (double beta : Grid.BETAS) {
                worst = Math.max(worst, symm(call, random, size.m(), size.n(), side, uplo, call.rounded(alpha), call.rounded(beta)));
              }
            }
          }
        }
      }
      assertThat(worst).as(call.toString()).isPositive().isLessThan(Grid.MOST);
    }
  }

  private static double symm(Call call, Random random, int m, int n, char side, char uplo, double alpha, double beta) {
    int order = side == 'L' ? m : n;
    double[][] a = Grid.symmetric(random, call, order, order);
    double[][] b = Grid.dense(random, call, m, n);
    double[][] c = Grid.dense(random, call, m, n);
    Stored storedA = Stored.triangle(a, order, uplo == 'U', false);
    Stored storedB = Stored.general(b, m, n);
    Stored before = Stored.general(c, m, n);
    Stored after = before.copy();
    if (beta == 0) {
      Arrays.fill(after.array(), Double.NaN);
    }
    call.of("symm", side, uplo, m, n, alpha, storedA.array(), storedA.offset(), storedA.leading(), storedB.array(), storedB.offset(), storedB.leading(),
        beta, after.array(), after.offset(), after.leading());
    double[][] left = side == 'L' ? a : b;
    double[][] right = side == 'L' ? b : a;
    return after.ratio(before, Grid.product(m, n, order, alpha, left, right, beta, c),
        Grid.product(m, n, order, Math.abs(alpha), Grid.magnitudes(left), Grid.magnitudes(right), Math.abs(beta), Grid.magnitudes(c)), call.eps());
  }

  @Test
  void rankKAndRank2KUpdates() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(2);
      double worst = 0;
      for (Size size : sizes()) {
        for (char uplo : Grid.UPLO) {
          for (char trans : Grid.TRANS) {
            for (double alpha : Grid.ALPHAS) {
              for (double beta : Grid.BETAS) {
                for (boolean two : new boolean[] {false, true}) {
                  worst = Math.max(worst, rankK(call, random, two, size.m(), size.n(), uplo, trans, call.rounded(alpha), call.rounded(beta)));
                }
              }
            }
          }
        }
      }
      assertThat(worst).as(call.toString()).isPositive().isLessThan(Grid.MOST);
    }
  }

  private static double rankK(Call call, Random random, boolean two, int n, int k, char uplo, char trans, double alpha, double beta) {
    boolean transposed = trans != 'N';
    int rows = transposed ? k : n;
    int columns = transposed ? n : k;
    double[][] a = Grid.dense(random, call, rows, columns);
    double[][] b = two ? Grid.dense(random, call, rows, columns) : a;
    double[][] c = Grid.symmetric(random, call, n, n);
    Stored storedA = Stored.general(a, rows, columns);
    Stored storedB = Stored.general(b, rows, columns);
    Stored before = Stored.triangle(c, n, uplo == 'U', false);
    Stored after = before.copy();
    if (beta == 0) {
      Arrays.fill(after.array(), Double.NaN);
    }
    List<Object> arguments = new ArrayList<>(List.of(uplo, trans, n, k, alpha, storedA.array(), storedA.offset(), storedA.leading()));
    if (two) {
      arguments.addAll(List.of(storedB.array(), storedB.offset(), storedB.leading()));
    }
    arguments.addAll(List.of(beta, after.array(), after.offset(), after.leading()));
    call.of(two ? "syr2k" : "syrk", arguments.toArray());
    double[][] opA = transposed ? Grid.flipped(a, rows, columns) : a;
    double[][] opB = transposed ? Grid.flipped(b, rows, columns) : b;
    double[][] wanted = Grid.product(n, n, k, alpha, opA, Grid.flipped(opB, n, k), beta, c);
    double[][] gauge = Grid.product(n, n, k, Math.abs(alpha), Grid.magnitudes(opA), Grid.magnitudes(Grid.flipped(opB, n, k)), Math.abs(beta), Grid.magnitudes(c));
    if (two) {
      wanted = Grid.product(n, n, k, alpha, opB, Grid.flipped(opA, n, k), 1, wanted);
      gauge = Grid.product(n, n, k, Math.abs(alpha), Grid.magnitudes(opB), Grid.magnitudes(Grid.flipped(opA, n, k)), 1, gauge);
    }
    return after.ratio(before, wanted, gauge, call.eps());
  }

  @Test
  void triangularTimesGeneralAndBack() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(3);
      double worst = 0;
      for (Size size : sizes()) {
        for (char side : Grid.SIDE) {
          for (char uplo : Grid.UPLO) {
            for (char trans : Grid.TRANS) {
              for (char diag : Grid.DIAG) {
                for (double alpha : Grid.ALPHAS) {
                  worst = Math.max(worst, triangular(call, random, size.m(), size.n(), side, uplo, trans, diag, call.rounded(alpha)));
                }
              }
            }
          }
        }
      }
      assertThat(worst).as(call.toString()).isPositive().isLessThan(Grid.MOST);
    }
  }

  private static double triangular(Call call, Random random, int m, int n, char side, char uplo, char trans, char diag, double alpha) {
    int order = side == 'L' ? m : n;
    double[][] a = Grid.triangular(random, call, order, 20, uplo == 'U', diag == 'U'); // few diagonals: large ones must stay well conditioned
    double[][] b = Grid.dense(random, call, m, n);
    double[][] op = trans == 'N' ? a : Grid.flipped(a, order, order);
    Stored storedA = Stored.triangle(a, order, uplo == 'U', diag == 'U');
    Stored before = Stored.general(b, m, n);
    Stored after = before.copy();
    Object[] arguments = {side, uplo, trans, diag, m, n, alpha, storedA.array(), storedA.offset(), storedA.leading(), after.array(), after.offset(), after.leading()};
    call.of("trmm", arguments);
    double worst = after.ratio(before, product(side, m, n, alpha, op, b), product(side, m, n, Math.abs(alpha), Grid.magnitudes(op), Grid.magnitudes(b)), call.eps());
    // What is solved, multiplied again, is alpha times what was given.
    Stored solved = before.copy();
    arguments[10] = solved.array();
    call.of("trsm", arguments);
    double[][] x = new double[m][n];
    double[][] scaled = new double[m][n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        x[i][j] = solved.get(i, j);
        scaled[i][j] = alpha * b[i][j];
      }
    }
    assertThat(solved.ratio(before, x, x, call.eps())).as("guards").isZero();
    double[][] gauge = product(side, m, n, 1, Grid.magnitudes(op), Grid.magnitudes(x));
    return Math.max(worst, Stored.general(product(side, m, n, 1, op, x), m, n).ratio(Stored.general(scaled, m, n), scaled, gauge, call.eps()));
  }

  private static double[][] product(char side, int m, int n, double alpha, double[][] op, double[][] b) {
    return side == 'L' ? Grid.product(m, n, m, alpha, op, b, 0, b) : Grid.product(m, n, n, alpha, b, op, 0, b);
  }
}
