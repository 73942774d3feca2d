package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Tensors print as NumPy 2 prints arrays of the same values.
class FormattingTest {
  @Test
  void floatsAreAlignedAtThePoint() {
    assertThat(Tensor.of(1, 2.5f, 3.25f)).hasToString("[1.   2.5  3.25]");
    assertThat(Tensor.of(new float[][] {{1, 2.5f}, {3, 4}})).hasToString("[[1.  2.5]\n [3.  4. ]]");
    assertThat(Tensor.of(-0f, 0f)).hasToString("[-0.  0.]");
    assertThat(Tensor.of(0.00012345f, 0.1f)).hasToString("[0.00012345 0.1       ]");
    assertThat(Tensor.arange(12).toFloat().reshape(2, 3, 2))
        .hasToString("[[[ 0.  1.]\n  [ 2.  3.]\n  [ 4.  5.]]\n\n [[ 6.  7.]\n  [ 8.  9.]\n  [10. 11.]]]");
  }

  @Test
  void largeSmallAndVeryDifferentFloatsAreScientific() {
    assertThat(Tensor.of(1e-5f, 2.5f)).hasToString("[1.0e-05 2.5e+00]");
    assertThat(Tensor.of(0.1f, 0.12345678f, 100.5f)).hasToString("[1.0000000e-01 1.2345678e-01 1.0050000e+02]");
    assertThat(Tensor.of(1e10f, 1f)).hasToString("[1.e+10 1.e+00]");
    assertThat(Tensor.of(1e-200, 1)).hasToString("[1.e-200 1.e+000]");
    assertThat(Tensor.of(123456.789, 0.5)).hasToString("[1.23456789e+05 5.00000000e-01]");
  }

  @Test
  void eachTypeShowsTheDigitsThatItHas() {
    assertThat(Tensor.of(1 / 3.0, 2 / 3.0)).hasToString("[0.33333333 0.66666667]");
    assertThat(Tensor.of(1 / 3.0, 2 / 3.0).toHalf()).hasToString("[0.3333 0.6665]");
    assertThat(Tensor.of(-5, 10, 300)).hasToString("[ -5  10 300]");
    assertThat(Tensor.of(new boolean[] {true, false, false, false}, 2, 2))
        .hasToString("[[ True False]\n [False False]]");
  }

  @Test
  void notANumberAndInfinityTakeTheirPlace() {
    assertThat(Tensor.of(Float.NaN, 1, Float.NEGATIVE_INFINITY)).hasToString("[ nan   1. -inf]");
    assertThat(Tensor.of(new float[][] {{Float.POSITIVE_INFINITY}})).hasToString("[[inf]]");
  }

  @Test
  void scalarsShowAllDigits() {
    assertThat(Tensor.of(0.1f)).hasToString("0.1");
    assertThat(Tensor.of(3f)).hasToString("3.0");
    assertThat(Tensor.of(1e-5f)).hasToString("1e-05");
    assertThat(Tensor.of(1.5e20f)).hasToString("1.5e+20");
    assertThat(Tensor.of(Float.NaN)).hasToString("nan");
    assertThat(Tensor.of(-7)).hasToString("-7");
    assertThat(Tensor.of(true)).hasToString("True");
    assertThat(Tensor.zeros(0, 3)).hasToString("[]");
  }

  @Test
  void linesBreakAt75Characters() {
    assertThat(Tensor.arange(30).toFloat().div(7))
        .hasToString(
            """
            [0.         0.14285715 0.2857143  0.42857143 0.5714286  0.71428573
             0.85714287 1.         1.1428572  1.2857143  1.4285715  1.5714285
             1.7142857  1.8571428  2.         2.142857   2.2857144  2.4285715
             2.5714285  2.7142856  2.857143   3.         3.142857   3.2857144
             3.4285715  3.5714285  3.7142856  3.857143   4.         4.142857  ]""");
  }

  @Test
  void longTensorsAreShortened() {
    assertThat(Tensor.arange(2000).toFloat())
        .hasToString("[0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03]");
    assertThat(Tensor.arange(1200).reshape(3, 4, 100).toString())
        .startsWith("[[[   0    1    2 ...   97   98   99]\n  [ 100  101  102 ...  197  198  199]\n")
        .contains("  [ 300  301  302 ...  397  398  399]]\n\n [[ 400  401")
        .endsWith("  [1100 1101 1102 ... 1197 1198 1199]]]");
    assertThat(Tensor.arange(4000).reshape(1000, 4).toString())
        .isEqualTo(
            """
            [[   0    1    2    3]
             [   4    5    6    7]
             [   8    9   10   11]
             ...
             [3988 3989 3990 3991]
             [3992 3993 3994 3995]
             [3996 3997 3998 3999]]""");
  }
}
