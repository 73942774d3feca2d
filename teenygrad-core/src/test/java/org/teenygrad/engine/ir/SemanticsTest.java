package org.teenygrad.engine.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.teenygrad.DType.*;
import static org.teenygrad.engine.ir.OpCode.*;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;

class SemanticsTest {
  /// The known answers that the authors of Random123 publish (kat_vectors): counter, key, result.
  @Test
  void threefryGivesThePublishedAnswers() {
    assertThat(threefry(0, 0, 0, 0)).isEqualTo(words(0x6b200159, 0x99ba4efe));
    assertThat(threefry(-1, -1, -1, -1)).isEqualTo(words(0x1cb996fc, 0xbb002be7));
    assertThat(threefry(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344))
        .isEqualTo(words(0xc4923a9c, 0x483df7a0));
  }

  private static long threefry(int counter0, int counter1, int key0, int key1) {
    return Semantics.integral(THREEFRY, INT64, words(counter0, counter1), words(key0, key1), 0);
  }

  private static long words(int low, int high) {
    return Integer.toUnsignedLong(low) | (long) high << 32;
  }

  /// Values from mpmath with 30 digits.
  @Test
  void erfIsRightToTheLastBitsOfADouble() {
    double[][] table = {
      {0, 0},
      {1e-10, 1.1283791670955126e-10},
      {0.1, 0.1124629160182849},
      {0.46875, 0.49261347321793800},
      {0.5, 0.5204998778130465},
      {1, 0.8427007929497149},
      {1.5, 0.9661051464753108},
      {2.5, 0.9995930479825550},
      {4, 0.9999999845827421},
      {4.5, 0.9999999998033839},
      {7, 1},
      {Double.POSITIVE_INFINITY, 1}
    };
    for (double[] row : table) {
      assertThat(Semantics.floating(ERF, FLOAT64, row[0], 0, 0))
          .isCloseTo(row[1], within(4 * Math.ulp(row[1])));
      assertThat(Semantics.floating(ERF, FLOAT64, -row[0], 0, 0))
          .isEqualTo(-Semantics.floating(ERF, FLOAT64, row[0], 0, 0));
    }
    assertThat(Semantics.floating(ERF, FLOAT64, Double.NaN, 0, 0)).isNaN();
  }

  @Test
  void logarithmToBaseTwoIsExactAtPowersOfTwo() {
    for (int exponent = -1074; exponent < 1024; exponent++) {
      assertThat(Semantics.floating(LOG2, FLOAT64, Math.scalb(1.0, exponent), 0, 0))
          .isEqualTo(exponent);
    }
    assertThat(Semantics.floating(LOG2, FLOAT64, 10, 0, 0)).isEqualTo(3.321928094887362);
    assertThat(Semantics.floating(LOG2, FLOAT64, 0, 0, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Semantics.floating(LOG2, FLOAT64, -1, 0, 0)).isNaN();
  }

  @Test
  void sixteenBitFloatsAreRoundedOnceFromDouble() {
    // Just above the middle of two bfloat16s: a float in between would lose what tips the balance.
    assertThat(Semantics.round(BFLOAT16, 1 + 0x1p-8 + 0x1p-40)).isEqualTo(1 + 0x1p-7);
    assertThat(Semantics.round(BFLOAT16, 1 + 0x1p-8)).isEqualTo(1);
    assertThat(Semantics.round(FLOAT16, 1 + 0x1p-11 + 0x1p-40)).isEqualTo(1 + 0x1p-10);
    assertThat(Semantics.round(FLOAT16, 65519.99)).isEqualTo(65504);
    assertThat(Semantics.round(FLOAT16, 65520)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Semantics.round(FLOAT16, -1e300)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Semantics.round(BFLOAT16, Double.NaN)).isNaN();
    assertThat(Semantics.round(FLOAT16, 0x1p-25)).isEqualTo(0);
    assertThat(Semantics.round(FLOAT16, 0x1.00001p-25)).isEqualTo(0x1p-24);
  }

  @Test
  void roundingPicksTheNearestNeighbour() {
    Random random = new Random(1);
    for (DType dtype : List.of(FLOAT16, BFLOAT16)) {
      double[] all = new double[1 << 16];
      for (int bits = 0; bits < all.length; bits++) {
        all[bits] = Semantics.bitsToFloating(dtype, bits);
      }
      all = Arrays.stream(all).filter(Double::isFinite).sorted().distinct().toArray();
      for (int i = 0; i < 20_000; i++) {
        int at = random.nextInt(all.length - 1);
        double between = all[at] + (all[at + 1] - all[at]) * random.nextDouble();
        double rounded = Semantics.round(dtype, between);
        assertThat(Math.abs(rounded - between))
            .isLessThanOrEqualTo(
                Math.min(Math.abs(all[at] - between), Math.abs(all[at + 1] - between)));
      }
    }
  }

  @Test
  void largeIntegersAreRoundedOnce() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      double rounded = Semantics.integralToFloating(BFLOAT16, value);
      BigDecimal error = distance(value, rounded);
      long bits = Semantics.floatingBits(BFLOAT16, rounded);
      for (int step = -1; step <= 1; step += 2) {
        double neighbour = Semantics.bitsToFloating(BFLOAT16, bits + step);
        if (Double.isFinite(neighbour)) {
          assertThat(error).isLessThanOrEqualTo(distance(value, neighbour));
        }
      }
      assertThat(Semantics.integralToFloating(FLOAT32, value)).isEqualTo((float) value);
    }
  }

  private static BigDecimal distance(long value, double rounded) {
    return new BigDecimal(rounded).subtract(BigDecimal.valueOf(value)).abs();
  }

  @Test
  void castsFromFloatingTruncateAndWrap() {
    assertThat(Semantics.cast(INT32, -1.9)).isEqualTo(-1L);
    assertThat(Semantics.cast(UINT8, -1.0)).isEqualTo(255L);
    assertThat(Semantics.cast(UINT8, 300.7)).isEqualTo(44L);
    assertThat(Semantics.cast(INT64, 1e30)).isEqualTo(Long.MAX_VALUE);
    assertThat(Semantics.cast(INT64, Double.NaN)).isEqualTo(0L);
    assertThat(Semantics.cast(BOOL, Double.NaN)).isEqualTo(true);
    assertThat(Semantics.cast(BOOL, 0.25)).isEqualTo(true);
    assertThat(Semantics.cast(BOOL, -0.0)).isEqualTo(false);
    assertThat(Semantics.coerce(INT32, 2.9)).isEqualTo(2L);
    assertThat(Semantics.coerce(FLOAT16, 0.1)).isEqualTo(0.0999755859375);
  }

  @Test
  void castsFromIntegersWrap() {
    assertThat(Semantics.cast(INT8, 200)).isEqualTo(-56L);
    assertThat(Semantics.cast(BOOL, 256)).isEqualTo(true);
    assertThat(Semantics.cast(FLOAT32, 16777217)).isEqualTo(16777216.0);
  }

  @Test
  void bitcastsKeepTheBits() {
    assertThat(Semantics.evaluate(BITCAST, INT32, List.of(FLOAT32), 1.0)).isEqualTo(0x3f800000L);
    assertThat(Semantics.evaluate(BITCAST, FLOAT32, List.of(INT32), 0x3f800000L)).isEqualTo(1.0);
    assertThat(Semantics.evaluate(BITCAST, BFLOAT16, List.of(INT16), 0x4049L)).isEqualTo(3.140625);
    assertThat(Semantics.evaluate(BITCAST, INT16, List.of(FLOAT16), -2.0)).isEqualTo(-16384L);
    assertThat(Semantics.evaluate(BITCAST, UINT8, List.of(INT8), -1L)).isEqualTo(255L);
  }

  @Test
  void integersWrapAround() {
    assertThat(Semantics.integral(ADD, INT8, 127, 1, 0)).isEqualTo(-128);
    assertThat(Semantics.integral(SUB, UINT8, 3, 5, 0)).isEqualTo(254);
    assertThat(Semantics.integral(NEG, UINT8, 1, 0, 0)).isEqualTo(255);
    assertThat(Semantics.integral(MUL, INT32, 1 << 20, 1 << 20, 0)).isEqualTo(0);
    assertThat(Semantics.integral(ABS, INT8, -128, 0, 0)).isEqualTo(-128);
    assertThat(Semantics.integral(NOT, UINT8, 0, 0, 0)).isEqualTo(255);
  }

  @Test
  void integerDivisionTruncatesAndSurvivesZero() {
    assertThat(Semantics.integral(IDIV, INT32, -7, 2, 0)).isEqualTo(-3);
    assertThat(Semantics.integral(MOD, INT32, -7, 2, 0)).isEqualTo(-1);
    assertThat(Semantics.integral(IDIV, INT32, 7, 0, 0)).isEqualTo(0);
    assertThat(Semantics.integral(MOD, INT32, 7, 0, 0)).isEqualTo(0);
    assertThat(Semantics.integral(IDIV, INT64, Long.MIN_VALUE, -1, 0)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void shiftsBeyondTheWidthShiftEverythingOut() {
    assertThat(Semantics.integral(SHL, INT8, 1, 7, 0)).isEqualTo(-128);
    assertThat(Semantics.integral(SHL, INT8, 1, 8, 0)).isEqualTo(0);
    assertThat(Semantics.integral(SHL, INT64, 1, -1, 0)).isEqualTo(0);
    assertThat(Semantics.integral(SHR, INT8, -128, 3, 0)).isEqualTo(-16);
    assertThat(Semantics.integral(SHR, INT8, -128, 9, 0)).isEqualTo(-1);
    assertThat(Semantics.integral(SHR, UINT8, 255, 4, 0)).isEqualTo(15);
    assertThat(Semantics.integral(SHR, UINT8, 255, 8, 0)).isEqualTo(0);
  }

  @Test
  void boolAddsAsOrAndMultipliesAsAnd() {
    assertThat(Semantics.evaluate(ADD, BOOL, List.of(BOOL, BOOL), true, true)).isEqualTo(true);
    assertThat(Semantics.evaluate(MUL, BOOL, List.of(BOOL, BOOL), true, false)).isEqualTo(false);
    assertThat(Semantics.evaluate(NOT, BOOL, List.of(BOOL), true)).isEqualTo(false);
  }

  @Test
  void nanSpreadsThroughMaxAndFailsComparisons() {
    assertThat(Semantics.floating(MAX, FLOAT32, Double.NaN, 1, 0)).isNaN();
    assertThat(Semantics.floating(MIN, FLOAT32, 1, Double.NaN, 0)).isNaN();
    assertThat(Semantics.compare(LT, Double.NaN, 1.0)).isFalse();
    assertThat(Semantics.compare(EQ, Double.NaN, Double.NaN)).isFalse();
    assertThat(Semantics.compare(NE, Double.NaN, Double.NaN)).isTrue();
  }

  @Test
  void floatingOperationsFollowC() {
    assertThat(Semantics.floating(POW, FLOAT64, 1, Double.NaN, 0)).isEqualTo(1);
    assertThat(Semantics.floating(POW, FLOAT64, -1, Double.NEGATIVE_INFINITY, 0)).isEqualTo(1);
    assertThat(Semantics.floating(POW, FLOAT64, -8, 1.0 / 3, 0)).isNaN();
    assertThat(Semantics.floating(MOD, FLOAT64, -7.5, 2, 0)).isEqualTo(-1.5);
    assertThat(Semantics.floating(ROUND, FLOAT64, 2.5, 0, 0)).isEqualTo(2);
    assertThat(Semantics.floating(TRUNC, FLOAT64, -2.5, 0, 0)).isEqualTo(-2);
    assertThat(Semantics.floating(ADD, FLOAT32, 16777216, 1, 0)).isEqualTo(16777216);
    assertThat(Semantics.floating(FMA, FLOAT32, 1 + 0x1p-12, 1 + 0x1p-12, -1))
        .isEqualTo(0x1p-11 + 0x1p-24);
  }

  @Test
  void neutralElementsChangeNothing() {
    for (DType dtype : DType.values()) {
      for (OpCode combine : List.of(ADD, MUL, MAX, MIN)) {
        Object one = Semantics.coerce(dtype, 1);
        Object neutral = Semantics.identity(combine, dtype);
        assertThat(Semantics.evaluate(combine, dtype, List.of(dtype, dtype), neutral, one))
            .as("%s %s", combine, dtype)
            .isEqualTo(one);
      }
    }
  }

  @Test
  void operationsWithoutElementwiseMeaningAreRefused() {
    assertThatThrownBy(() -> Semantics.floating(RESHAPE, FLOAT32, 1, 1, 1))
        .hasMessage("RESHAPE has no elementwise meaning for float32");
    assertThatThrownBy(() -> Semantics.integral(SQRT, INT32, 1, 1, 1))
        .hasMessage("SQRT has no elementwise meaning for int32");
  }
}
