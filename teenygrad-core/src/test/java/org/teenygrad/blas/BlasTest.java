package org.teenygrad.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlasTest {
  /// A legal call, and what netlib's error exits change in it.
  /// @param legal arguments; of nothing, so that no array is looked at
  /// @param illegal `number=value` of parameters as the reference counts them
  record Exits(String routine, String illegal, List<Object> legal) {
    /// The argument that is the reference's parameter of that number: offsets are not counted.
    int argument(int number) {
      int count = 0;
      for (int i = 0; i < legal.size(); i++) {
        boolean offset = i > 0 && legal.get(i - 1) instanceof double[];
        count += offset ? 0 : 1;
        if (count == number && !offset) {
          return i;
        }
      }
      throw new IllegalArgumentException(routine + " has no parameter " + number);
    }
  }

  private static Exits exits(String routine, String illegal, Object... arguments) {
    return new Exits(routine, illegal, Arrays.stream(arguments).flatMap(x -> x instanceof double[] ? Stream.of(x, 0) : Stream.of(x)).toList());
  }

  static Stream<Exits> exits() {
    double[] a = {};
    return Stream.of(
        exits("gemv", "1=/ 2=-1 3=-1 6=1 8=0 11=0", 'N', 2, 0, 1.0, a, 2, a, 1, 0.0, a, 1),
        exits("gbmv", "1=/ 2=-1 3=-1 4=-1 5=-1 8=2 10=0 13=0", 'N', 0, 0, 1, 1, 1.0, a, 3, a, 1, 0.0, a, 1),
        exits("symv", "1=/ 2=-1 5=0 7=0 10=0", 'U', 0, 1.0, a, 1, a, 1, 0.0, a, 1),
        exits("sbmv", "1=/ 2=-1 3=-1 6=1 8=0 11=0", 'U', 0, 1, 1.0, a, 2, a, 1, 0.0, a, 1),
        exits("spmv", "1=/ 2=-1 6=0 9=0", 'U', 0, 1.0, a, a, 1, 0.0, a, 1),
        exits("trmv", "1=/ 2=/ 3=/ 4=-1 6=0 8=0", 'U', 'N', 'N', 0, a, 1, a, 1),
        exits("tbmv", "1=/ 2=/ 3=/ 4=-1 5=-1 7=1 9=0", 'U', 'N', 'N', 0, 1, a, 2, a, 1),
        exits("tpmv", "1=/ 2=/ 3=/ 4=-1 7=0", 'U', 'N', 'N', 0, a, a, 1),
        exits("trsv", "1=/ 2=/ 3=/ 4=-1 6=0 8=0", 'U', 'N', 'N', 0, a, 1, a, 1),
        exits("tbsv", "1=/ 2=/ 3=/ 4=-1 5=-1 7=1 9=0", 'U', 'N', 'N', 0, 1, a, 2, a, 1),
        exits("tpsv", "1=/ 2=/ 3=/ 4=-1 7=0", 'U', 'N', 'N', 0, a, a, 1),
        exits("ger", "1=-1 2=-1 5=0 7=0 9=1", 2, 0, 1.0, a, 1, a, 1, a, 2),
        exits("syr", "1=/ 2=-1 5=0 7=0", 'U', 0, 1.0, a, 1, a, 1),
        exits("spr", "1=/ 2=-1 5=0", 'U', 0, 1.0, a, 1, a),
        exits("syr2", "1=/ 2=-1 5=0 7=0 9=0", 'U', 0, 1.0, a, 1, a, 1, a, 1),
        exits("spr2", "1=/ 2=-1 5=0 7=0", 'U', 0, 1.0, a, 1, a, 1, a),
        exits("gemm", "1=/ 2=/ 3=-1 4=-1 5=-1 8=1 10=2 13=1", 'N', 'N', 2, 0, 3, 1.0, a, 2, a, 3, 0.0, a, 2),
        exits("gemm", "8=2 10=4", 'T', 'T', 0, 5, 3, 1.0, a, 3, a, 5, 0.0, a, 1),
        exits("symm", "1=/ 2=/ 3=-1 4=-1 7=1 9=1 12=1", 'L', 'U', 2, 0, 1.0, a, 2, a, 2, 0.0, a, 2),
        exits("symm", "7=2", 'R', 'U', 0, 3, 1.0, a, 3, a, 1, 0.0, a, 1),
        exits("syrk", "1=/ 2=/ 3=-1 4=-1 7=1 10=0", 'U', 'T', 0, 2, 1.0, a, 2, 0.0, a, 1),
        exits("syr2k", "1=/ 2=/ 3=-1 4=-1 7=1 9=1 12=0", 'U', 'T', 0, 2, 1.0, a, 2, a, 2, 0.0, a, 1),
        exits("trmm", "1=/ 2=/ 3=/ 4=/ 5=-1 6=-1 9=1 11=1", 'L', 'U', 'N', 'N', 2, 0, 1.0, a, 2, a, 2),
        exits("trsm", "1=/ 2=/ 3=/ 4=/ 5=-1 6=-1 9=1 11=1", 'L', 'U', 'N', 'N', 2, 0, 1.0, a, 2, a, 2));
  }

  @ParameterizedTest
  @MethodSource("exits")
  void illegalParametersAreNamed(Exits exits) {
    for (Call call : Grid.BOTH) {
      call.of(exits.routine(), exits.legal().toArray());
      for (String change : exits.illegal().split(" ")) {
        String[] parts = change.split("=");
        Object[] arguments = exits.legal().toArray();
        arguments[exits.argument(Integer.parseInt(parts[0]))] = parts[1].equals("/") ? (Object) '/' : (Object) Integer.valueOf(parts[1]);
        BlasParameterException e = catchThrowableOfType(BlasParameterException.class, () -> call.of(exits.routine(), arguments));
        assertThat(e).as(exits.routine() + " " + change).isNotNull();
        assertThat(e.routine()).isEqualToIgnoringCase(call.letter() + exits.routine());
        assertThat(e.parameter()).isEqualTo(Integer.parseInt(parts[0]));
      }
    }
  }

  @Test
  void messagesSayWhatWouldWork() {
    double[] x = new double[6];
    assertThatThrownBy(() -> Blas.dgemm('N', 'X', 2, 2, 2, 1, x, 0, 2, x, 0, 2, 0, x, 0, 2)).hasMessage("DGEMM: parameter 2, transb = 'X'; it must be one of N, T, C");
    assertThatThrownBy(() -> Blas.dgemv('n', 3, 2, 1, x, 0, 2, x, 0, 1, 0, x, 0, 1)).hasMessage("DGEMV: parameter 6, lda = 2; it must be at least 3");
    assertThatThrownBy(() -> Blas.dgemv('t', 3, 2, 1, x, 1, 3, x, 0, 1, 0, x, 0, 1)).hasMessage("DGEMV: array a has 5 elements from offset 1 on; 6 are needed");
    assertThatThrownBy(() -> Blas.daxpy(4, 1, x, 0, -2, new double[4], 0, 1)).hasMessage("DAXPY: array x has 6 elements from offset 0 on; 7 are needed");
    assertThatThrownBy(() -> Blas.dscal(1, 1, x, -1, 1)).hasMessageContaining("offset -1");
  }

  /// Where alpha is 0, what is multiplied may be anything; where beta is 0, the grids fill the result with NaN.
  @Test
  void alphaZeroReadsNeitherMatrixNorVector() {
    double[] nan = new double[9];
    Arrays.fill(nan, Double.NaN);
    double[] y = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    Blas.dgemv('N', 3, 3, 0, nan, 0, 3, nan, 0, 1, 2, y, 0, 1);
    Blas.dsymv('U', 3, 0, nan, 0, 3, nan, 0, 1, 1, y, 0, 1);
    Blas.dgemm('N', 'T', 3, 3, 3, 0, nan, 0, 3, nan, 0, 3, 1, y, 0, 3);
    Blas.dsymm('R', 'L', 3, 3, 0, nan, 0, 3, nan, 0, 3, 1, y, 0, 3);
    Blas.dsyrk('L', 'N', 3, 3, 0, nan, 0, 3, 1, y, 0, 3);
    assertThat(y).containsExactly(2, 4, 6, 4, 5, 6, 7, 8, 9);
    Blas.dtrsm('L', 'U', 'N', 'N', 3, 3, 0, nan, 0, 3, y, 0, 3);
    assertThat(y).containsOnly(0);
  }

  /// NaN in what is multiplied is seen, also where the other factor is 0.
  @Test
  void nanIsNotSkipped() {
    double[] y = {1, 1};
    Blas.dgemv('N', 2, 2, 1, new double[] {1, Double.NaN, 1, 1}, 0, 2, new double[] {0, 1}, 0, 1, 1, y, 0, 1);
    assertThat(y).containsExactly(2, Double.NaN);
  }

  @Test
  void vectorsAreReadByIncrements() {
    double[] x = {1, 9, 2, 9, 3};
    double[] y = {10, 20, 30};
    assertThat(Blas.ddot(3, x, 0, 2, y, 0, -1)).isEqualTo(30 + 40 + 30);
    Blas.daxpy(3, 2, x, 0, -2, y, 0, 1);
    assertThat(y).containsExactly(16, 24, 32);
    Blas.dswap(2, x, 1, 2, y, 0, 1);
    assertThat(x).containsExactly(1, 16, 2, 24, 3);
    assertThat(y).containsExactly(9, 9, 32);
    Blas.dcopy(3, x, 0, 2, y, 0, -1);
    assertThat(y).containsExactly(3, 2, 1);
    Blas.dscal(2, -1, x, 1, 2);
    assertThat(x).containsExactly(1, -16, 2, -24, 3);
    Blas.dscal(3, 5, x, 0, -1);
    assertThat(x).as("a negative increment scales nothing").containsExactly(1, -16, 2, -24, 3);
    Blas.drot(2, x, 0, 1, y, 1, 1, 0, 1);
    assertThat(x).startsWith(2, 1);
    assertThat(y).containsExactly(3, -1, 16);
    float[] big = {1e30f, 1, -1e30f};
    assertThat(Blas.dsdot(3, big, 0, 1, new float[] {1, 1, 1}, 0, 1)).isEqualTo(0);
    assertThat(Blas.sdsdot(2, 0.5f, new float[] {1, 2}, 0, 1, new float[] {3, 4}, 0, 1)).isEqualTo(11.5f);
  }

  @Test
  void longDotProductsAreAsShortOnes() {
    Random random = new Random(5);
    for (Call call : Grid.BOTH) {
      for (int n : new int[] {7, 8, 9, 31, 1000}) {
        double[] x = Grid.vector(random, call, n);
        double[] y = Grid.vector(random, call, n);
        double sum = 0;
        double gauge = 0;
        for (int i = 0; i < n; i++) {
          sum += x[i] * y[i];
          gauge += Math.abs(x[i] * y[i]);
        }
        assertThat(((Number) call.of("dot", n, x, 0, 1, y, 0, 1)).doubleValue()).isCloseTo(sum, within(Grid.MOST * call.eps() * gauge));
      }
    }
  }

  @Test
  void magnitudes() {
    assertThat(Blas.dnrm2(2, new double[] {3e300, -4e300}, 0, 1)).isCloseTo(5e300, within(1e285));
    assertThat(Blas.dnrm2(2, new double[] {3e-310, 4e-310}, 0, 1)).isCloseTo(5e-310, within(1e-322));
    assertThat(Blas.dnrm2(2, new double[] {1, Double.NaN}, 0, 1)).isNaN();
    assertThat(Blas.dnrm2(2, new double[] {1, Double.NEGATIVE_INFINITY}, 0, 1)).isInfinite();
    assertThat(Blas.snrm2(2, new float[] {3e30f, 4e30f}, 0, 1)).isEqualTo(5e30f);
    assertThat(Blas.dnrm2(0, new double[0], 0, 1)).isZero();
    assertThat(Blas.dasum(2, new double[] {-1, 5, 2}, 0, 2)).isEqualTo(3);
    assertThat(Blas.sasum(2, new float[] {-1, 2}, 0, -1)).isZero();
    assertThat(Blas.idamax(3, new double[] {1, 0, -2, 0, 2}, 0, 2)).isEqualTo(1);
    assertThat(Blas.isamax(0, new float[0], 0, 1)).isEqualTo(-1);
  }

  /// Netlib's `dblat1` has (0.6, 0.8) and its signs; r has the sign of the larger of both.
  @Test
  void rotationsMakeTheSecondZero() {
    for (double[] ab : new double[][] {{0.3, 0.4}, {0.4, 0.3}, {-0.3, 0.4}, {0.4, -0.3}, {0, 0}, {1, 0}, {0, 1}, {1e300, 1e300}, {1e-310, 2e-310}}) {
      Rotation g = Blas.drotg(ab[0], ab[1]);
      double size = Math.max(Math.abs(ab[0]), Math.abs(ab[1]));
      assertThat(g.c() * ab[0] + g.s() * ab[1]).isCloseTo(g.r(), within(1e-15 * size + 1e-323));
      assertThat(g.c() * ab[1] - g.s() * ab[0]).isCloseTo(0, within(1e-15 * size + 1e-323));
      assertThat(g.c() * g.c() + g.s() * g.s()).isCloseTo(1, within(1e-9));
      assertThat(Math.signum(g.r())).isEqualTo(Math.signum(Math.abs(ab[0]) > Math.abs(ab[1]) ? ab[0] : ab[1]));
    }
    assertThat(Blas.drotg(0.4, 0.3).z()).isEqualTo(0.6, within(1e-15));
    assertThat(Blas.drotg(0.3, 0.4).z()).isEqualTo(1 / 0.6, within(1e-15));
    assertThat(Blas.srotg(3, 4)).isEqualTo(new Rotation(5, 1 / 0.6f, 0.6f, 0.8f));
  }

  @Test
  void modifiedRotationsKeepTheWeightedSquare() {
    for (double[] in : new double[][] {{1, 1, 3, 4}, {2, 1, 5, 1}, {0.5, 3, 1, 2}, {1e-12, 1, 1, 1}, {1e12, 1e9, 2, 3}, {1, 1e-20, 1, 1}, {1, -0.25, 2, 1}, {7, 8, 9, 0}}) {
      ModifiedRotation h = Blas.drotmg(in[0], in[1], in[2], in[3]);
      double[] x = {in[2]};
      double[] y = {in[3]};
      Blas.drotm(1, x, 0, 1, y, 0, 1, h);
      double square = in[0] * in[2] * in[2] + in[1] * in[3] * in[3];
      assertThat(x[0]).isCloseTo(h.x1(), within(1e-14 * Math.abs(h.x1())));
      assertThat(Math.abs(y[0])).as(Arrays.toString(in)).isLessThan(1e-15 * (Math.abs(h.h21() * in[2]) + Math.abs(h.h22() * in[3])) + 1e-300);
      assertThat(h.d1() * x[0] * x[0]).as(Arrays.toString(in)).isCloseTo(square, within(1e-14 * Math.abs(square)));
      if (in[3] != 0) {
        assertThat(Math.abs(h.d1())).isBetween(0x1p-24, 0x1p24);
      }
    }
    assertThat(Blas.drotmg(-1, 1, 1, 1)).isEqualTo(new ModifiedRotation(0, 0, 0, 0, 0, 0, 0));
    assertThat(Blas.srotmg(1, 1, 3, 4).x1()).isEqualTo(6.25);
  }
}
