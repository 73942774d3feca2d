package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.engine.ir.OpCode.*;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.testing.Buffers;
import org.teenygrad.testing.Ulps;

/// Elementwise operations all the way through LLVM, in whole vectors and in what is left over, against [Semantics].
class CompiledOperationsTest {
  private static final Device CPU = Device.of("cpu");

  /// A prime, so that every exponent meets every pattern of low bits.
  private static final long STRIDE = 40_009;

  private static final double[] SPECIAL = {
    0.0, -0.0, 1, -1, 2, -2, 0.5, -2.5, 3.5, 7, 1e-3, 100, 255.5, 1e10, -1e10, 9.3e18, -9.3e18, 1e30, 0x1p-149, -0x1p-149,
    Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN
  };

  private static final long[] INTEGERS = {
    0, 1, -1, 2, -2, 3, -3, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 100, -100, 127, -128, 255, 1000, -32768,
    Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private static OpNode bits(DType dtype, long[] bits) {
    return Buffers.ofBits(CPU, dtype, Shape.of(bits.length), bits);
  }

  private static OpNode numbers(DType dtype, double[] numbers) {
    return Buffers.of(CPU, dtype, Shape.of(numbers.length), numbers);
  }

  @ParameterizedTest
  @CsvSource({
    "EXP, 0.88", "EXP2, 0.83", "LOG, 1.09", "LOG2, 0.95", "LOG10, 0.95", "TANH, 1.67", "ERF, 1.6", "SIN, 1.6", "COS, 1.6", "SQRT, 0.5"
  })
  void float32StaysWithinItsErrorOverAllBitPatterns(OpCode op, double allowed) {
    long[] patterns = LongStream.iterate(Integer.MIN_VALUE, i -> i <= Integer.MAX_VALUE, i -> i + STRIDE).toArray();
    long[] results = Buffers.bits(OpNode.of(op, bits(DType.FLOAT32, patterns)));
    double worst = 0;
    float at = 0;
    for (int i = 0; i < patterns.length; i++) {
      float x = Float.intBitsToFloat((int) patterns[i]);
      double exact = Semantics.floating(op, DType.FLOAT64, x, 0, 0);
      double ulps = Ulps.of(Float.intBitsToFloat((int) results[i]), exact);
      if (ulps > worst) {
        worst = ulps;
        at = x;
      }
    }
    assertThat(worst).as("%s at %s", op, at).isLessThanOrEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"EXP, 3", "EXP2, 3", "LOG, 3", "LOG2, 3", "LOG10, 3", "TANH, 3", "ERF, 4", "SIN, 3", "COS, 3", "SQRT, 0"})
  void float64StaysWithinItsError(OpCode op, double allowed) {
    Random random = new Random(op.ordinal());
    double[] points = new double[60_001];
    for (int i = 0; i < points.length; i++) {
      boolean anything = i % 2 == 0;
      points[i] = anything ? Double.longBitsToDouble(random.nextLong()) : 40 * random.nextDouble() - 20;
    }
    long[] results = Buffers.bits(OpNode.of(op, numbers(DType.FLOAT64, points)));
    for (int i = 0; i < points.length; i++) {
      double exact = Semantics.floating(op, DType.FLOAT64, points[i], 0, 0);
      double found = Double.longBitsToDouble(results[i]);
      assertThat(Ulps.between(found, exact)).as("%s(%s) = %s, not %s", op, points[i], found, exact).isLessThanOrEqualTo(allowed);
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void binaryOperationsOnSpecialValuesMeanWhatTheyMeanInJava(DType dtype) {
    List<UnaryOperator<OpNode>> before = List.of(x -> x, x -> OpNode.of(ABS, x), x -> OpNode.of(NEG, x));
    int n = SPECIAL.length;
    double[] left = new double[n * n];
    double[] right = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      left[i] = Semantics.round(dtype, SPECIAL[i / n]);
      right[i] = Semantics.round(dtype, SPECIAL[i % n]);
    }
    for (OpCode op : List.of(ADD, SUB, MUL, DIV, MAX, MIN, MOD, LT, EQ, NE)) {
      for (UnaryOperator<OpNode> one : before) {
        for (UnaryOperator<OpNode> other : before) {
          OpNode x = one.apply(numbers(dtype, left));
          OpNode y = other.apply(numbers(dtype, right));
          check(OpNode.of(op, x, y), Buffers.numbers(x), Buffers.numbers(y));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64"})
  void constantsOnEitherSideMeanTheSameAsData(DType dtype) {
    double[] special = DoubleStream.of(SPECIAL).map(x -> Semantics.round(dtype, x)).toArray();
    double[] repeated = new double[special.length * 3];
    Arrays.setAll(repeated, i -> special[i % special.length]);
    for (OpCode op : List.of(ADD, SUB, MUL, DIV, MAX, MIN, MOD, LT, EQ, NE, POW)) {
      for (double constant : new double[] {0.0, -0.0, 1, -2.5, 1e10, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN}) {
        OpNode x = OpNode.of(ABS, numbers(dtype, repeated));
        OpNode y = Uniform.of(dtype, x.shape(), constant);
        double[] magnitudes = Buffers.numbers(x);
        double[] constants = DoubleStream.generate(() -> constant).limit(repeated.length).toArray();
        check(OpNode.of(op, OpNode.of(ABS, numbers(dtype, repeated)), y), magnitudes, constants);
        check(OpNode.of(op, y, OpNode.of(ABS, numbers(dtype, repeated))), constants, magnitudes);
      }
    }
  }

  /// Equal up to the sign of zeros, and up to two units for powers.
  /// LLVM compares without taking the absolute value, if it finds out by itself that the other side is 0.
  @Test
  void theLargerOfAnAbsoluteValueAndPaddingIsTheAbsoluteValue() {
    float[] left = new float[160];
    float[] right = new float[25];
    for (int i = 0; i < left.length; i++) {
      left[i] = i % 7 - 3;
      right[i % 25] = i % 3 - 1;
    }
    Tensor sums = Tensor.of(left).reshape(2, 16, 1, 5).realize().mul(Tensor.of(right).reshape(1, 1, 5, 5).realize()).sum(3).abs();
    Tensor padded = Tensor.zeros(2, 3).contiguous().realize().pad(new int[][] {{0, 0}, {11, 2}}).unsqueeze(2);
    assertThat(sums.maximum(padded).data()).isEqualTo(sums.contiguous().realize().data());
    assertThat(sums.neg().minimum(padded).data()).isEqualTo(sums.neg().contiguous().realize().data());
  }

  private static void check(OpNode node, double[] x, double[] y) {
    double[] found = Buffers.numbers(node);
    DType dtype = node.input(0).dtype();
    for (int i = 0; i < found.length; i++) {
      boolean beyond = node.is(MOD) && Math.abs(x[i] / y[i]) >= 0x1p80 && Double.isFinite(x[i]);
      if (beyond) {
        continue; // beyond what FloatRemainder promises
      }
      Object expected = Semantics.evaluate(node.op(), node.dtype(), List.of(dtype, dtype), x[i], y[i]);
      double number = Semantics.toDouble(expected);
      double ulps = Ulps.between(found[i] + 0.0, number + 0.0);
      double allowed = !node.is(POW) ? 0 : dtype == DType.FLOAT64 ? 2 : 0x2p29;
      assertThat(ulps).as("%s %s(%s, %s) = %s, not %s", dtype, node.op(), x[i], y[i], found[i], number).isLessThanOrEqualTo(allowed);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void castsToAndFromEveryTypeAgree(DType from) {
    for (DType to : DType.values()) {
      double[] values = DoubleStream.concat(Arrays.stream(SPECIAL), Arrays.stream(INTEGERS).mapToDouble(i -> i)).toArray();
      double[] stored = new double[values.length + 64];
      Arrays.setAll(stored, i -> values[i % values.length]);
      OpNode source = numbers(from, stored);
      long[] bits = Buffers.bits(source);
      long[] found = Buffers.bits(OpNode.create(CAST, to, List.of(source), null));
      for (int i = 0; i < bits.length; i++) {
        Object expected =
            from.isFloating()
                ? Semantics.cast(to, Semantics.bitsToFloating(from, bits[i]))
                : Semantics.cast(to, bits[i]);
        if (to.isFloating()) {
          double number = Semantics.bitsToFloating(to, found[i]);
          assertThat(number).as("%s %s as %s", from, stored[i], to).isEqualTo(Double.valueOf(Semantics.toDouble(expected)));
        } else {
          assertThat(found[i]).as("%s %s as %s", from, stored[i], to).isEqualTo(Semantics.toLong(expected));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"UINT8", "INT8", "INT16", "INT32", "INT64"})
  void integerOperationsAreTotalAndWrap(DType dtype) {
    int n = INTEGERS.length;
    long[] left = new long[n * n + 5];
    long[] right = new long[n * n + 5];
    for (int i = 0; i < left.length; i++) {
      left[i] = Semantics.wrap(dtype, INTEGERS[i / n % n]);
      right[i] = Semantics.wrap(dtype, INTEGERS[i % n]);
    }
    for (OpCode op : List.of(ADD, SUB, MUL, IDIV, MOD, MAX, MIN, AND, OR, XOR, SHL, SHR, LT, EQ, NE)) {
      checkIntegers(OpNode.of(op, bits(dtype, left), bits(dtype, right)), left, right);
      for (long constant : new long[] {0, 1, -1, 2, 7, 32, 100, Long.MIN_VALUE}) {
        long wrapped = Semantics.wrap(dtype, constant);
        long[] same = LongStream.generate(() -> wrapped).limit(left.length).toArray();
        OpNode uniform = Uniform.of(dtype, Shape.of(left.length), wrapped);
        checkIntegers(OpNode.of(op, bits(dtype, left), uniform), left, same);
      }
    }
    for (OpCode op : List.of(NEG, ABS, NOT)) {
      checkIntegers(OpNode.of(op, bits(dtype, left)), left, right);
    }
  }

  private static void checkIntegers(OpNode node, long[] x, long[] y) {
    long[] found = Buffers.bits(node);
    DType dtype = node.input(0).dtype();
    for (int i = 0; i < found.length; i++) {
      Object expected =
          node.inputs().size() == 1
              ? Semantics.evaluate(node.op(), node.dtype(), List.of(dtype), x[i])
              : Semantics.evaluate(node.op(), node.dtype(), List.of(dtype, dtype), x[i], y[i]);
      assertThat(found[i]).as("%s %s %s %s", dtype, x[i], node.op(), y[i]).isEqualTo(Semantics.toLong(expected));
    }
  }

  @Test
  void float32PowersAreAllButCorrectlyRounded() {
    Random random = new Random(1);
    double[] x = random.doubles(50_001).map(u -> (float) Math.exp(40 * u - 20)).toArray();
    double[] y = random.doubles(50_001).map(u -> (float) (20 * u - 10)).toArray();
    double[] powers = Buffers.numbers(OpNode.of(POW, numbers(DType.FLOAT32, x), numbers(DType.FLOAT32, y)));
    for (int i = 0; i < x.length; i++) {
      assertThat(Ulps.of((float) powers[i], Math.pow(x[i], y[i]))).as("%s^%s", x[i], y[i]).isLessThanOrEqualTo(0.501);
    }
  }
}
