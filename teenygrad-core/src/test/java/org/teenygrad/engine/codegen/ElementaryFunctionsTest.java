package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.testing.UlpRow;
import org.teenygrad.testing.Ulps;

class ElementaryFunctionsTest {
  /// A prime, so that every exponent meets every pattern of low bits.
  private static final long STRIDE = 4099;

  @ParameterizedTest
  @CsvSource({
    "EXP, 0.88", "EXP2, 0.83", "LOG, 1.09", "LOG2, 0.95", "LOG10, 0.95", "TANH, 1.67", "ERF, 1.6", "SIN, 1.6", "COS, 1.6"
  })
  void float32StaysWithinItsErrorOverAllBitPatterns(OpCode op, double allowed) {
    Lanes lanes = expanded(op, DType.FLOAT32);
    DoubleUnaryOperator exact = switch (op) {
      case SIN -> StrictMath::sin;
      case COS -> StrictMath::cos;
      case TANH -> StrictMath::tanh;
      default -> x -> Semantics.floating(op, DType.FLOAT64, x, 0, 0);
    };
    float[] batch = new float[4096];
    double worst = 0;
    float at = 0;
    for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; ) {
      for (int i = 0; i < batch.length; i++, bits += STRIDE) {
        batch[i] = Float.intBitsToFloat((int) Math.min(bits, Integer.MAX_VALUE));
      }
      float[] results = lanes.floats((Object) batch);
      for (int i = 0; i < batch.length; i++) {
        double ulps = Ulps.of(results[i], exact.applyAsDouble(batch[i]));
        if (ulps > worst) {
          worst = ulps;
          at = batch[i];
        }
      }
    }
    assertThat(worst).as("%s at %s", op, at).isLessThanOrEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"EXP", "EXP2", "LOG", "LOG2", "LOG10", "SIN", "COS", "TANH"})
  void float32AgreesWithCorrectlyRoundedValues(OpCode op) {
    List<UlpRow> rows = rows(op, DType.FLOAT32);
    float[] inputs = new float[rows.size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) rows.get(i).input();
    }
    float[] results = expanded(op, DType.FLOAT32).floats((Object) inputs);
    for (int i = 0; i < inputs.length; i++) {
      assertThat(rows.get(i).distance(results[i])).as("%s(%s)", op, inputs[i]).isLessThanOrEqualTo(rows.get(i).ulp());
    }
  }

  @ParameterizedTest
  @CsvSource({"EXP", "EXP2", "LOG", "LOG2", "LOG10", "SIN", "COS", "TANH"})
  void float64AgreesWithCorrectlyRoundedValues(OpCode op) {
    List<UlpRow> rows = rows(op, DType.FLOAT64);
    double[] inputs = rows.stream().mapToDouble(UlpRow::input).toArray();
    double[] results = expanded(op, DType.FLOAT64).doubles((Object) inputs);
    for (int i = 0; i < inputs.length; i++) {
      assertThat(rows.get(i).distance(results[i])).as("%s(%s)", op, inputs[i]).isLessThanOrEqualTo(rows.get(i).ulp());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EXP, NaN, NaN", "EXP, Infinity, Infinity", "EXP, -Infinity, 0.0", "EXP, -0.0, 1.0", "EXP, 1e30, Infinity",
    "EXP2, NaN, NaN", "EXP2, Infinity, Infinity", "EXP2, -Infinity, 0.0", "EXP2, 10.0, 1024.0",
    "EXP2, -126.0, 0x1p-126",
    "LOG, NaN, NaN", "LOG, -1.0, NaN", "LOG, 0.0, -Infinity", "LOG, -0.0, -Infinity", "LOG, Infinity, Infinity",
    "LOG, 1.0, 0.0", "LOG, -Infinity, NaN", "LOG2, -1.0, NaN", "LOG2, 0.0, -Infinity", "LOG2, Infinity, Infinity",
    "LOG2, NaN, NaN", "LOG2, 0x1p-120, -120.0", "LOG2, 8.0, 3.0", "LOG10, NaN, NaN", "LOG10, -1.0, NaN",
    "LOG10, -0.0, -Infinity", "LOG10, Infinity, Infinity", "LOG10, 1.0, 0.0", "LOG10, 1000.0, 3.0", "SIN, NaN, NaN", "SIN, Infinity, NaN",
    "SIN, -Infinity, NaN", "SIN, -0.0, -0.0", "SIN, 0.0, 0.0", "COS, NaN, NaN", "COS, Infinity, NaN", "COS, -0.0, 1.0",
    "TANH, NaN, NaN", "TANH, Infinity, 1.0", "TANH, -Infinity, -1.0", "TANH, -0.0, -0.0", "TANH, 1e-30, 1e-30",
    "ERF, NaN, NaN", "ERF, Infinity, 1.0", "ERF, -Infinity, -1.0", "ERF, -0.0, -0.0", "ERF, 6.0, 1.0"
  })
  void specialValuesAreThoseOfC(OpCode op, double x, double expected) {
    assertThat(expanded(op, DType.FLOAT32).floats((Object) new float[] {(float) x})).containsExactly((float) expected);
    assertThat(expanded(op, DType.FLOAT64).doubles((Object) new double[] {x})).containsExactly(expected);
  }

  @Test
  void halfPrecisionIsComputedInFloat32() {
    OpNode x = Lanes.argument(0, DType.BFLOAT16);
    OpNode expanded = Decompositions.rewrite(OpNode.of(OpCode.EXP, x));
    OpNode wide = Arithmetic.cast(x, DType.FLOAT32);
    assertThat(expanded).isSameAs(Arithmetic.cast(Exponentials.exp(wide), DType.BFLOAT16));
  }

  @Test
  void kernelsAreExpandedWhole() {
    OpNode x = Lanes.argument(0, DType.FLOAT32);
    OpNode sum = OpNode.of(OpCode.ADD, OpNode.of(OpCode.EXP, OpNode.of(OpCode.EXP, x)), x);
    Lanes lanes = new Lanes(Decompositions.expand(sum, false));
    assertThat(lanes.floats((Object) new float[] {0}))
        .containsExactly((float) Math.E);
  }

  /// Twice the distribution function of a normal number x √2, as GPUs compute it for GELU.
  @Test
  void oneAndErfIsRightWhereNearlyNothingIsLeftOfIt() {
    OpNode x = Lanes.argument(0, DType.FLOAT32);
    OpNode sum = OpNode.of(OpCode.ADD, OpNode.constant(DType.FLOAT32, 1.0), OpNode.of(OpCode.ERF, x));
    OpNode simple = Decompositions.expand(sum, true);
    assertThat(Graph.topological(List.of(simple))).filteredOn(node -> node.is(OpCode.EXP2)).hasSize(1);
    Lanes lanes = new Lanes(Decompositions.expand(simple, false));
    float[] inputs = new float[12001];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (i - 6000) / 1000f;
    }
    float[] results = lanes.floats((Object) inputs);
    for (int i = 0; i < inputs.length; i++) {
      double y = inputs[i];
      double exact = y < -1 ? complement(-y) : 1 + Semantics.floating(OpCode.ERF, DType.FLOAT64, y, 0, 0);
      assertThat((double) results[i]).as("1 + erf(%s)", y).isCloseTo(exact, within(y < -4.5 ? 2e-10 : Math.min(2e-7, 1.4e-3 * exact)));
    }
    assertThat(lanes.floats((Object) new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -1e30f, -20})).containsExactly(Float.NaN, 2, 0, 0, 0);
  }

  /// As GPUs compute it for a soft cap.
  @Test
  void tanhByOnePowerIsRightWhereItCancels() {
    OpNode simple = Decompositions.expand(OpNode.of(OpCode.TANH, Lanes.argument(0, DType.FLOAT32)), true);
    assertThat(Graph.topological(List.of(simple))).filteredOn(node -> node.is(OpCode.EXP2)).hasSize(1);
    Lanes lanes = new Lanes(Decompositions.expand(simple, false));
    float[] inputs = new float[24002];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = i < 24000 ? (i - 12000) / 1000f : i == 24000 ? 1e-30f : -0.59999996f;
    }
    float[] results = lanes.floats((Object) inputs);
    for (int i = 0; i < inputs.length; i++) {
      double exact = Math.tanh(inputs[i]);
      assertThat((double) results[i]).as("tanh(%s)", inputs[i]).isCloseTo(exact, within(4.0 * Math.ulp((float) exact)));
    }
    assertThat(lanes.floats((Object) new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -1e30f, 100, -0f, 0})).containsExactly(Float.NaN, 1, -1, -1, 1, -0f, 0);
  }

  /// As GPUs compute means.
  @Test
  void quotientsByConstantsAreProductsOfTwoInstructions() {
    float[] some = {0, -0f, 1, -3, 7, 1e-20f, -1.9999999f, 16777215, 1e10f, 3e38f, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
    float[] inputs = Arrays.copyOf(some, 100_000);
    for (int i = some.length; i < inputs.length; i++) {
      inputs[i] = Float.intBitsToFloat(0x30000000 + i * 12_345);
    }
    for (float divisor : new float[] {768, 15, -3, 1e-3f, 0.1f, 65537}) {
      OpNode simple = Decompositions.expand(OpNode.of(OpCode.DIV, Lanes.argument(0, DType.FLOAT32), OpNode.constant(DType.FLOAT32, (double) divisor)), true);
      assertThat(Graph.topological(List.of(simple))).noneMatch(node -> node.is(OpCode.DIV));
      float[] quotients = new Lanes(simple).floats((Object) inputs);
      int off = 0;
      for (int i = 0; i < inputs.length; i++) {
        float exact = inputs[i] / divisor;
        off += quotients[i] == exact || Float.isNaN(exact) && Float.isNaN(quotients[i]) ? 0 : 1;
        assertThat(quotients[i]).as("%s / %s", inputs[i], divisor).isEqualTo(exact, within(Float.isFinite(exact) ? Math.ulp(exact) : 0));
      }
      assertThat(off).as("of %d quotients by %s, those that are not rounded correctly", inputs.length, divisor).isLessThanOrEqualTo(1);
    }
    OpNode power = OpNode.of(OpCode.DIV, Lanes.argument(0, DType.FLOAT32), OpNode.constant(DType.FLOAT32, 0.25));
    assertThat(Decompositions.expand(power, true)).isSameAs(power);
  }

  @Test
  void productsWithReciprocalsAreQuotientsEvenWhereTheReciprocalIsInfinite() {
    Lanes lanes = new Lanes(Decompositions.timesReciprocal(Lanes.argument(0, DType.FLOAT32), Lanes.argument(1, DType.FLOAT32)));
    float[] some = {0, -0f, 1, -3, 7, 1e-44f, 3e-39f, -1e-38f, 1e-20f, 1e10f, 3e38f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
    for (float divisor : some) {
      float[] divisors = new float[some.length];
      Arrays.fill(divisors, divisor);
      float[] quotients = lanes.floats(some, divisors);
      for (int i = 0; i < some.length; i++) {
        float exact = some[i] / divisor;
        if (Math.abs(exact) >= Float.MIN_NORMAL && Math.abs(exact) <= Float.MAX_VALUE) {
          assertThat(quotients[i] / exact).as("%s / %s", some[i], divisor).isCloseTo(1, within(5e-7f));
        } else {
          assertThat(quotients[i]).as("%s / %s", some[i], divisor).isEqualTo(exact, within(2 * Float.MIN_VALUE));
        }
      }
    }
  }

  /// erfc by its continued fraction, which converges for x >= 1.
  private static double complement(double x) {
    double fraction = x;
    for (int k = 200; k > 0; k--) {
      fraction = x + k / 2.0 / fraction;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }

  private static Lanes expanded(OpCode op, DType type) {
    return new Lanes(Decompositions.rewrite(OpNode.of(op, Lanes.argument(0, type))));
  }

  private static List<UlpRow> rows(OpCode op, DType type) {
    return UlpRow.kept().stream().filter(row -> row.dtype() == type && row.function().equals(op.name().toLowerCase(Locale.ROOT))).toList();
  }
}
