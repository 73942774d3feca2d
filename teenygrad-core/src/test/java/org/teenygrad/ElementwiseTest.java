package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ElementwiseTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  @Test
  void shapesBroadcast() {
    Tensor sum = Tensor.of(new float[] {1, 2}, 2, 1).add(Tensor.of(10f, 20f, 30f));
    assertThat(sum.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(sum.data()).containsExactly(11, 21, 31, 12, 22, 32);
    assertThat(Tensor.zeros(0, 3).add(Tensor.of(1f)).shape()).isEqualTo(Shape.of(0, 3));
    assertThat(Tensor.zeros(0).add(Tensor.zeros(1)).shape()).isEqualTo(Shape.of(0));
  }

  @Test
  void shapesThatDoNotBroadcastAreNamed() {
    assertThatThrownBy(() -> Tensor.zeros(3, 4).add(Tensor.zeros(5)))
        .hasMessage("add: shapes (3, 4) and (5,) do not broadcast: axis 1 is 4 against 5");
    assertThatThrownBy(() -> Tensor.zeros(3, 4).lt(Tensor.zeros(2, 4)))
        .hasMessage("lt: shapes (3, 4) and (2, 4) do not broadcast: axis 0 is 3 against 2");
  }

  @Test
  void typesPromoteAsInPyTorch() {
    Tensor i = Tensor.of(1, 2);
    Tensor f = Tensor.of(1f, 2f);
    assertThat(i.add(f).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(i.add(2).dtype()).isEqualTo(DType.INT32);
    assertThat(i.add(2.5).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(i.div(2).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(f.toHalf().mul(2.5).dtype()).isEqualTo(DType.FLOAT16);
    assertThat(f.toHalf().add(f.toBfloat16()).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(i.toBool().add(2).dtype()).isEqualTo(DType.INT64);
    assertThat(i.toBool().add(i.toBool()).dtype()).isEqualTo(DType.BOOL);
    assertThat(i.cast(DType.UINT8).add(i.cast(DType.INT8)).dtype()).isEqualTo(DType.INT16);
    assertThat(f.toHalf().mul(Tensor.of(2f)).dtype()).as("a scalar tensor is weak").isEqualTo(DType.FLOAT16);
    assertThat(i.mul(Tensor.of(2f)).dtype()).isEqualTo(DType.FLOAT32);
    assertThat(f.lt(i).dtype()).isEqualTo(DType.BOOL);
    assertThat(i.sqrt().dtype()).isEqualTo(DType.FLOAT32);
  }

  @Test
  void arithmetic() {
    Tensor x = Tensor.of(6f, -4f);
    Tensor y = Tensor.of(4f, 0f);
    assertThat(x.sub(y).data()).containsExactly(2, -4);
    assertThat(x.mul(y).data()).containsExactly(24, -0f);
    assertThat(x.div(y).data()).containsExactly(1.5f, -INF);
    assertThat(x.rsub(1).data()).containsExactly(-5, 5);
    assertThat(x.rdiv(12).data()).containsExactly(2, -3);
    assertThat(Tensor.of(2, 4).rdiv(1).data()).containsExactly(0.5f, 0.25f);
    assertThat(x.neg().data()).containsExactly(-6, 4);
    assertThat(x.abs().data()).containsExactly(6, 4);
    assertThat(Tensor.of(-3f, 0f, 5f, NAN).sign().data()).containsExactly(-1, 0, 1, 0);
    assertThat(x.square().data()).containsExactly(36, 16);
    assertThat(Tensor.of(1f, 2f).lerp(Tensor.of(3f, 4f), 0.5).data()).containsExactly(2, 3);
    assertThatThrownBy(() -> Tensor.of(true).sub(Tensor.of(true))).hasMessageStartingWith("sub: is not for bool");
  }

  @Test
  void remaindersHaveTheSignOfTheDivisorAndFmodOfTheDividend() {
    int[] x = {7, -7, 7, -7, 6, 0};
    int[] y = {3, 3, -3, -3, 3, -3};
    int[] floored = new int[x.length];
    int[] modulo = new int[x.length];
    int[] truncated = new int[x.length];
    int[] rest = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      floored[i] = Math.floorDiv(x[i], y[i]);
      modulo[i] = Math.floorMod(x[i], y[i]);
      truncated[i] = x[i] / y[i];
      rest[i] = x[i] % y[i];
    }
    for (DType type : new DType[] {DType.INT32, DType.INT8, DType.FLOAT32, DType.FLOAT64}) {
      Tensor a = Tensor.of(x).cast(type);
      Tensor b = Tensor.of(y).cast(type);
      assertThat(a.floorDiv(b).toIntArray()).containsExactly(floored);
      assertThat(a.remainder(b).toIntArray()).containsExactly(modulo);
      assertThat(a.truncDiv(b).toIntArray()).containsExactly(truncated);
      assertThat(a.fmod(b).toIntArray()).containsExactly(rest);
      assertThat(a.floorDiv(b).dtype()).isEqualTo(type);
    }
    assertThat(Tensor.of(5f).remainder(0.8).item()).isCloseTo(0.2f, within(1e-6f));
    assertThat(Tensor.of(5f, -5f).floorDiv(0).data()).containsExactly(INF, -INF);
  }

  @Test
  void roundingKeepsIntegers() {
    Tensor x = Tensor.of(-2.5f, -0.5f, 0.5f, 1.5f, 2.7f);
    assertThat(x.floor().data()).containsExactly(-3, -1, 0, 1, 2);
    assertThat(x.ceil().data()).containsExactly(-2, -0f, 1, 2, 3);
    assertThat(x.trunc().data()).containsExactly(-2, -0f, 0, 1, 2);
    assertThat(x.round().data()).containsExactly(-2, -0f, 0, 2, 3);
    assertThat(Tensor.of(3).floor().dtype()).isEqualTo(DType.INT32);
  }

  @Test
  void extremesAndClampsCarryNan() {
    Tensor x = Tensor.of(-2f, 0.5f, 3f, NAN);
    assertThat(x.clamp(-1, 1).data()).containsExactly(-1, 0.5f, 1, NAN);
    assertThat(x.maximum(0).data()).containsExactly(0, 0.5f, 3, NAN);
    assertThat(x.minimum(Tensor.of(1f)).data()).containsExactly(-2, 0.5f, 1, NAN);
    assertThat(x.clamp(Tensor.of(-1f), Tensor.of(1f)).data()).containsExactly(-1, 0.5f, 1, NAN);
    assertThat(Tensor.of(5, 9).clamp(6, 7).toIntArray()).containsExactly(6, 7);
  }

  @Test
  void comparisonsWithNanAreFalseButNe() {
    Tensor x = Tensor.of(1f, 2f, NAN);
    Tensor y = Tensor.of(2f, 2f, NAN);
    assertThat(x.eq(y).toBooleanArray()).containsExactly(false, true, false);
    assertThat(x.ne(y).toBooleanArray()).containsExactly(true, false, true);
    assertThat(x.lt(y).toBooleanArray()).containsExactly(true, false, false);
    assertThat(x.le(y).toBooleanArray()).containsExactly(true, true, false);
    assertThat(x.gt(y).toBooleanArray()).containsExactly(false, false, false);
    assertThat(x.ge(y).toBooleanArray()).containsExactly(false, true, false);
    assertThat(Tensor.of(1, 2, 3).ge(2).toBooleanArray()).containsExactly(false, true, true);
    assertThat(Tensor.of(1, 2, 3).le(2.5).toBooleanArray()).containsExactly(true, true, false);
    Tensor z = Tensor.of(NAN, INF, -INF, 0f);
    assertThat(z.isNan().toBooleanArray()).containsExactly(true, false, false, false);
    assertThat(z.isInf().toBooleanArray()).containsExactly(false, true, true, false);
    assertThat(z.isFinite().toBooleanArray()).containsExactly(false, false, false, true);
    assertThat(Tensor.of(1).isFinite().itemBoolean()).isTrue();
    assertThat(Tensor.of(1).isInf().itemBoolean()).isFalse();
  }

  @Test
  void whereChoosesAndPromotes() {
    Tensor condition = Tensor.of(true, false);
    Tensor chosen = condition.where(Tensor.of(new int[] {1, 2}, 2, 1), Tensor.of(0.5f));
    assertThat(chosen.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(chosen.data()).containsExactly(1, 0.5f, 2, 0.5f);
    assertThat(condition.where(-1, Tensor.of(3, 4)).toIntArray()).containsExactly(-1, 4);
    assertThat(condition.where(Tensor.of(3, 4), 0).dtype()).isEqualTo(DType.INT32);
    assertThatThrownBy(() -> condition.where(Tensor.zeros(3), Tensor.zeros(2)))
        .hasMessageContaining("where: shapes (2,) and (3,) and (2,) do not broadcast");
  }

  @Test
  void logicAndBits() {
    Tensor x = Tensor.of(0b1100, 0b1010);
    assertThat(x.and(0b0110).toIntArray()).containsExactly(0b0100, 0b0010);
    assertThat(x.or(Tensor.of(1, 1)).toIntArray()).containsExactly(0b1101, 0b1011);
    assertThat(x.xor(0b1111).toIntArray()).containsExactly(0b0011, 0b0101);
    assertThat(x.not().toIntArray()).containsExactly(~0b1100, ~0b1010);
    assertThat(x.shiftLeft(2).toIntArray()).containsExactly(48, 40);
    assertThat(Tensor.of(-8, 8).shiftRight(1).toIntArray()).containsExactly(-4, 4);
    Tensor a = Tensor.of(0f, 2f, 0f);
    Tensor b = Tensor.of(0f, 1f, 5f);
    assertThat(a.logicalAnd(b).toBooleanArray()).containsExactly(false, true, false);
    assertThat(a.logicalOr(b).toBooleanArray()).containsExactly(false, true, true);
    assertThat(a.logicalXor(b).toBooleanArray()).containsExactly(false, false, true);
    assertThat(a.logicalNot().toBooleanArray()).containsExactly(true, false, true);
    assertThatThrownBy(() -> a.and(b)).hasMessage("and: is for integers and bool, not float32 and float32");
  }

  @Test
  void powersAreExactWhereTheyCanBe() {
    Tensor x = Tensor.of(-2f, 0f, 3f);
    assertThat(x.pow(0).data()).containsExactly(1, 1, 1);
    assertThat(x.pow(2).data()).containsExactly(4, 0, 9);
    assertThat(x.pow(3).data()).containsExactly(-8, 0, 27);
    assertThat(x.pow(-1).data()).containsExactly(-0.5f, INF, 1 / 3f);
    assertThat(Tensor.of(4f, 9f).pow(0.5).data()).containsExactly(2, 3);
    assertThat(Tensor.of(3, 5).pow(7).toIntArray()).containsExactly(2187, 78125);
    assertThat(Tensor.of(3, 5).pow(Tensor.of(2, 3)).toIntArray()).containsExactly(9, 125);
    assertThat(Tensor.of(2f, 3f).pow(Tensor.of(3f, 0.5f)).data()[0]).isEqualTo(8);
    assertThat(Tensor.of(2, 3).pow(0.5).dtype()).isEqualTo(DType.FLOAT32);
    assertThatThrownBy(() -> Tensor.of(2).pow(-1)).hasMessageStartingWith("pow: int32 to the negative power -1");
  }

  @Test
  void functionsAgreeWithJava() {
    double[] points = {-3, -0.6, -1e-4, 0, 1e-9, 1e-4, 0.4999, 0.5, 0.7, 2, 20};
    check(points, Tensor::exp, Math::exp);
    check(points, Tensor::expm1, Math::expm1);
    check(points, Tensor::exp2, x -> Math.pow(2, x));
    check(points, Tensor::sin, Math::sin);
    check(points, Tensor::cos, Math::cos);
    check(points, Tensor::tan, Math::tan);
    check(points, Tensor::tanh, Math::tanh);
    double[] positive = {1e-30, 1e-4, 0.5, 1, 2, 1000, 1e30};
    check(positive, Tensor::log, Math::log);
    check(positive, Tensor::log2, x -> Math.log(x) / Math.log(2));
    check(positive, Tensor::log10, Math::log10);
    check(positive, Tensor::sqrt, Math::sqrt);
    check(positive, Tensor::rsqrt, x -> 1 / Math.sqrt(x));
    check(positive, Tensor::reciprocal, x -> 1 / x);
    check(new double[] {-0.9999, -0.5, -1e-5, -1e-12, 0, 1e-12, 1e-5, 0.4, 3, 1e20}, Tensor::log1p, Math::log1p);
    assertThat(Tensor.of(-1f, INF, NAN).log1p().data()).containsExactly(-INF, INF, NAN);
    assertThat(Tensor.of(-INF, INF, NAN).expm1().data()).containsExactly(-1, INF, NAN);
    assertThat(Tensor.of(0.5f).erf().item()).isCloseTo(0.5204999f, within(1e-6f));
  }

  private static void check(double[] points, UnaryOperator<Tensor> function, DoubleUnaryOperator expected) {
    float[] singles = function.apply(Tensor.of(points).toFloat()).data();
    double[] doubles = function.apply(Tensor.of(points)).toDoubleArray();
    for (int i = 0; i < points.length; i++) {
      double exact = expected.applyAsDouble((float) points[i]);
      assertThat((double) singles[i]).isCloseTo(exact, within(4 * Math.ulp((float) Math.abs(exact)) + 0.0));
      exact = expected.applyAsDouble(points[i]);
      assertThat(doubles[i]).isCloseTo(exact, within(8 * Math.ulp(exact)));
    }
  }

  @Test
  void castsRoundAndTruncate() {
    assertThat(Tensor.of(-1.7f, 2.9f).toInt().toIntArray()).containsExactly(-1, 2);
    assertThat(Tensor.of(0f, -0f, 0.5f, NAN).toBool().toBooleanArray()).containsExactly(false, false, true, true);
    assertThat(Tensor.of(300, -1).cast(DType.UINT8).toIntArray()).containsExactly(44, 255);
    assertThat(Tensor.of(1 + 1f / 256, 1 + 3f / 256).toBfloat16().data()).containsExactly(1, 1 + 4f / 256);
    assertThat(Tensor.of(1f).bitcast(DType.INT32).itemLong()).isEqualTo(0x3f800000);
    assertThatThrownBy(() -> Tensor.of(1f).bitcast(DType.INT64))
        .hasMessage("bitcast: float32 has 4 bytes, int64 has 8");
  }

  @Test
  void aDivisionByTheConstantZeroGivesZeros() {
    Tensor x = Tensor.of(true, false).realize();
    assertThat(x.floorDiv(0).add(x.remainder(0)).toLongArray()).containsExactly(0, 0);
  }

  /// PyTorch 2.13's values and derivatives; where x is 0 the one by x is the logarithm all the same.
  @Test
  void productsWithLogarithmsAreNothingWhereTheFirstIs() {
    Tensor x = Tensor.of(0f, 0f, 0f, 1f, 0f, 0f).requiresGrad();
    Tensor y = Tensor.of(2f, 0f, -1f, 0f, Float.NaN, Float.POSITIVE_INFINITY);
    x.xlogy(y).sum().backward();
    assertThat(x.xlogy(y).data()).containsExactly(0, 0, 0, Float.NEGATIVE_INFINITY, Float.NaN, 0);
    assertThat(x.grad().narrow(0, 0, 4).data()).containsExactly(0.6931472f, 0, 0, Float.NEGATIVE_INFINITY);

    x.zeroGrad();
    Tensor less = y.sub(1);
    x.xlog1py(less).sum().backward();
    assertThat(x.xlog1py(less).data()).containsExactly(0, 0, 0, Float.NEGATIVE_INFINITY, Float.NaN, 0);
    assertThat(x.grad().narrow(0, 0, 4).data()).containsExactly(0.6931472f, 0, 0, Float.NEGATIVE_INFINITY);
  }
}
