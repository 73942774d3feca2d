package org.teenygrad.blas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/// The grids of netlib's `sblat2` and `dblat2`: sizes 0 to 9, increments 1, 2, -1 and -2, bands, all alphas and betas.
class Level2GridTest {

  /// A matrix by dense values and as it is stored, and the arguments that a routine takes for it.
  private record Held(String name, double[][] dense, Stored stored, List<Object> sizes, List<Object> leading) {}

  @Test
  void generalMatricesTimesVectors() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(1);
      int calls = 0;
      double worst = 0;
      for (int n : Grid.SIZES) {
        for (int m : new int[] {Math.max(0, n - n / 2 - 1), n + n / 2 + 1}) {
          for (Held a : general(random, call, m, n)) {
            for (char trans : Grid.TRANS) {
              for (int incx : Grid.INCREMENTS) {
                for (int incy : Grid.INCREMENTS) {
                  for (double alpha : Grid.ALPHAS) {
                    for (double beta : Grid.BETAS_OF_VECTORS) {
                      List<Object> head = new ArrayList<>(List.of(trans));
                      head.addAll(a.sizes());
                      double[][] op = trans == 'N' ? a.dense() : Grid.flipped(a.dense(), m, n);
                      worst = Math.max(worst, product(call, random, a, op, trans == 'N' ? m : n, trans == 'N' ? n : m, head, call.rounded(alpha), incx, call.rounded(beta), incy));
                      calls++;
                    }
                  }
                }
              }
            }
          }
        }
      }
      assertThat(calls).isEqualTo(6 * 2 * (1 + 4) * 432);
      assertThat(worst).as(call.toString()).isPositive().isLessThan(Grid.MOST);
    }
  }

  /// Sizes of several blocks of rows and columns.
  @Test
  void largeMatricesTimesVectors() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(5);
      double[][] dense = Grid.dense(random, call, 300, 270);
      Stored stored = Stored.general(dense, 300, 270);
      Held a = new Held("gemv", dense, stored, List.of(300, 270), List.of(stored.leading()));
      for (int incx : Grid.INCREMENTS) {
        for (int incy : Grid.INCREMENTS) {
          assertThat(product(call, random, a, dense, 300, 270, List.of('N', 300, 270), call.rounded(0.7), incx, 0, incy)).isLessThan(Grid.MOST);
          assertThat(product(call, random, a, Grid.flipped(dense, 300, 270), 270, 300, List.of('T', 300, 270), 1, incx, call.rounded(0.9), incy))
              .isLessThan(Grid.MOST);
        }
      }
    }
  }

  private static List<Held> general(Random random, Call call, int m, int n) {
    List<Held> forms = new ArrayList<>();
    double[][] dense = Grid.dense(random, call, m, n);
    Stored full = Stored.general(dense, m, n);
    forms.add(new Held("gemv", dense, full, List.of(m, n), List.of(full.leading())));
    for (int above : Grid.BANDS) {
      int below = Math.max(0, above - 1);
      double[][] band = Grid.dense(random, call, m, n);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          band[i][j] = i - j > below || j - i > above ? 0 : band[i][j];
        }
      }
      Stored stored = Stored.band(band, m, n, below, above);
      forms.add(new Held("gbmv", band, stored, List.of(m, n, below, above), List.of(stored.leading())));
    }
    return forms;
  }

  @Test
  void symmetricMatricesTimesVectors() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(2);
      double worst = 0;
      for (int n : Grid.SIZES) {
        for (char uplo : Grid.UPLO) {
          for (Held a : symmetric(random, call, n, uplo == 'U')) {
            for (int incx : Grid.INCREMENTS) {
              for (int incy : Grid.INCREMENTS) {
                for (double alpha : Grid.ALPHAS) {
                  for (double beta : Grid.BETAS_OF_VECTORS) {
                    List<Object> head = new ArrayList<>(List.of(uplo));
                    head.addAll(a.sizes());
                    worst = Math.max(worst, product(call, random, a, a.dense(), n, n, head, call.rounded(alpha), incx, call.rounded(beta), incy));
                  }
                }
              }
            }
          }
        }
      }
      assertThat(worst).as(call.toString()).isPositive().isLessThan(Grid.MOST);
    }
  }

  private static List<Held> symmetric(Random random, Call call, int n, boolean upper) {
    List<Held> forms = new ArrayList<>();
    double[][] dense = Grid.symmetric(random, call, n, n);
    Stored full = Stored.triangle(dense, n, upper, false);
    forms.add(new Held("symv", dense, full, List.of(n), List.of(full.leading())));
    forms.add(new Held("spmv", dense, Stored.packed(dense, n, upper, false), List.of(n), List.of()));
    for (int k : Grid.BANDS) {
      double[][] band = Grid.symmetric(random, call, n, k);
      Stored stored = Stored.bandTriangle(band, n, k, upper, false);
      forms.add(new Held("sbmv", band, stored, List.of(n, k), List.of(stored.leading())));
    }
    return forms;
  }

  /// y = alpha A x + beta y, of a dense (rows, columns): what the call makes of y against what the dense matrix does.
  private static double product(
      Call call, Random random, Held a, double[][] dense, int rows, int columns, List<Object> head, double alpha, int incx, double beta, int incy) {
    double[] x = Grid.vector(random, call, columns);
    double[] y = Grid.vector(random, call, rows);
    Stored storedX = Stored.vector(x, incx);
    Stored before = Stored.vector(y, incy);
    Stored after = before.copy();
    if (beta == 0) {
      Arrays.fill(after.array(), Double.NaN);
    }
    Stored keptA = a.stored().copy();
    Stored keptX = storedX.copy();
    Stored keptY = after.copy();
    List<Object> arguments = new ArrayList<>(head);
    arguments.addAll(List.of(alpha, a.stored().array(), a.stored().offset()));
    arguments.addAll(a.leading());
    arguments.addAll(List.of(storedX.array(), storedX.offset(), incx, beta, after.array(), after.offset(), incy));
    call.of(a.name(), arguments.toArray());
    a.stored().isAsBefore(keptA);
    storedX.isAsBefore(keptX);
    if (rows == 0 || columns == 0) { // the reference leaves y alone
      after.isAsBefore(keptY);
      return 0;
    }
    return after.ratio(before, Grid.product(rows, 1, columns, alpha, dense, Grid.column(x), beta, Grid.column(y)),
        Grid.product(rows, 1, columns, Math.abs(alpha), Grid.magnitudes(dense), Grid.magnitudes(Grid.column(x)), Math.abs(beta), Grid.magnitudes(Grid.column(y))), call.eps());
  }

  @Test
  void triangularMatricesTimesVectorsAndBack() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(3);
      double worst = 0;
      for (int n : Grid.SIZES) {
        for (char uplo : Grid.UPLO) {
          for (char diag : Grid.DIAG) {
            for (Held a : triangular(random, call, n, uplo == 'U', diag == 'U')) {
              for (char trans : Grid.TRANS) {
                for (int incx : Grid.INCREMENTS) {
                  double[][] op = trans == 'N' ? a.dense() : Grid.flipped(a.dense(), n, n);
                  Stored before = Stored.vector(Grid.vector(random, call, n), incx);
                  Stored product = before.copy();
                  triangular(call, a, "mv", uplo, trans, diag, product, incx);
                  worst = Math.max(worst, product.ratio(before, times(op, before), times(Grid.magnitudes(op), magnitudes(before)), call.eps()));
                  // What is solved, multiplied again, is what was given.
                  Stored solution = before.copy();
                  triangular(call, a, "sv", uplo, trans, diag, solution, incx);
                  Stored again = before.copy();
                  double[][] back = times(op, solution);
                  for (int i = 0; i < n; i++) {
                    again.array()[again.place()[i][0]] = back[i][0];
                  }
                  worst = Math.max(worst, again.ratio(before, values(before), times(Grid.magnitudes(op), magnitudes(solution)), call.eps()));
                  assertThat(solution.ratio(before, values(solution), values(solution), call.eps())).as("guards").isZero();
                }
              }
            }
          }
        }
      }
      assertThat(worst).as(call.toString()).isPositive().isLessThan(Grid.MOST);
    }
  }

  private static List<Held> triangular(Random random, Call call, int n, boolean upper, boolean unit) {
    List<Held> forms = new ArrayList<>();
    double[][] dense = Grid.triangular(random, call, n, n, upper, unit);
    Stored full = Stored.triangle(dense, n, upper, unit);
    forms.add(new Held("tr", dense, full, List.of(n), List.of(full.leading())));
    forms.add(new Held("tp", dense, Stored.packed(dense, n, upper, unit), List.of(n), List.of()));
    for (int k : Grid.BANDS) {
      double[][] band = Grid.triangular(random, call, n, k, upper, unit);
      Stored stored = Stored.bandTriangle(band, n, k, upper, unit);
      forms.add(new Held("tb", band, stored, List.of(n, k), List.of(stored.leading())));
    }
    return forms;
  }

  private static void triangular(Call call, Held a, String operation, char uplo, char trans, char diag, Stored x, int incx) {
    Stored keptA = a.stored().copy();
    List<Object> arguments = new ArrayList<>(List.of(uplo, trans, diag));
    arguments.addAll(a.sizes());
    arguments.addAll(List.of(a.stored().array(), a.stored().offset()));
    arguments.addAll(a.leading());
    arguments.addAll(List.of(x.array(), x.offset(), incx));
    call.of(a.name() + operation, arguments.toArray());
    a.stored().isAsBefore(keptA);
  }

  private static double[][] values(Stored x) {
    double[][] values = new double[x.place().length][];
    Arrays.setAll(values, i -> new double[] {x.get(i, 0)});
    return values;
  }

  private static Stored magnitudes(Stored x) {
    return new Stored(DoubleStream.of(x.array()).map(Math::abs).toArray(), x.offset(), x.leading(), x.place());
  }

  private static double[][] times(double[][] a, Stored x) {
    return Grid.product(a.length, 1, a.length, 1, a, values(x), 0, values(x));
  }

  @Test
  void rankOneAndTwoUpdates() {
    for (Call call : Grid.BOTH) {
      Random random = new Random(4);
      double worst = 0;
      for (int n : Grid.SIZES) {
        for (int incx : Grid.INCREMENTS) {
          for (int incy : Grid.INCREMENTS) {
            for (double given : Grid.ALPHAS) {
              double alpha = call.rounded(given);
              for (int m : new int[] {Math.max(0, n - n / 2 - 1), n + n / 2 + 1}) {
                double[][] dense = Grid.dense(random, call, m, n);
                worst = Math.max(worst, update(call, random, "ger", List.of(m, n), alpha, m, n, incx, incy, dense, Stored.general(dense, m, n), true));
              }
              for (char uplo : Grid.UPLO) {
                double[][] dense = Grid.symmetric(random, call, n, n);
                for (String two : new String[] {"", "2"}) {
                  Stored full = Stored.triangle(dense, n, uplo == 'U', false);
                  Stored packed = Stored.packed(dense, n, uplo == 'U', false);
                  worst = Math.max(worst, update(call, random, "syr" + two, List.of(uplo, n), alpha, n, n, incx, incy, dense, full, true));
                  worst = Math.max(worst, update(call, random, "spr" + two, List.of(uplo, n), alpha, n, n, incx, incy, dense, packed, false));
                }
              }
            }
          }
        }
      }
      assertThat(worst).as(call.toString()).isPositive().isLessThan(Grid.MOST);
    }
  }

  /// A = alpha x yᵀ + A and its symmetric kin.
  private static double update(
      Call call, Random random, String name, List<Object> head, double alpha, int m, int n, int incx, int incy, double[][] dense, Stored before, boolean leading) {
    boolean two = name.endsWith("2");
    double[] x = Grid.vector(random, call, m);
    double[] y = two || name.equals("ger") ? Grid.vector(random, call, n) : x;
    Stored storedX = Stored.vector(x, incx);
    Stored storedY = Stored.vector(y, incy);
    Stored after = before.copy();
    List<Object> arguments = new ArrayList<>(head);
    arguments.addAll(List.of(alpha, storedX.array(), storedX.offset(), incx));
    if (two || name.equals("ger")) {
      arguments.addAll(List.of(storedY.array(), storedY.offset(), incy));
    }
    arguments.addAll(List.of(after.array(), after.offset()));
    if (leading) {
      arguments.add(after.leading());
    }
    call.of(name, arguments.toArray());
    double[][] wanted = new double[m][n];
    double[][] gauge = new double[m][n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double added = alpha * x[i] * y[j] + (two ? alpha * y[i] * x[j] : 0);
        wanted[i][j] = dense[i][j] + added;
        gauge[i][j] = Math.abs(dense[i][j]) + Math.abs(alpha * x[i] * y[j]) + Math.abs(two ? alpha * y[i] * x[j] : 0);
      }
    }
    return after.ratio(before, wanted, gauge, call.eps());
  }
}
