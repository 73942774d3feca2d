package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.testing.Ulps;

class PowersTest {
  private static final double[] SPECIAL = {
    0.0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, -1.5, 1e30, -1e30, 16777217, 9007199254740991.0,
    Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN
  };

  /// Java's own, but for the two cases where C says 1 and Java NaN.
  @Test
  void specialValuesAreThoseOfC() {
    for (double x : SPECIAL) {
      for (double y : SPECIAL) {
        double expected = Semantics.floating(OpCode.POW, DType.FLOAT64, x, y, 0);
        double wide = expanded(OpCode.POW, DType.FLOAT64).doubles(new double[] {x}, new double[] {y})[0];
        if (Double.isNaN(expected) || Double.isInfinite(expected) || expected == 0 || Math.abs(expected) == 1) {
          assertThat(wide).as("%s^%s", x, y).isEqualTo(Double.valueOf(expected));
        } else {
          assertThat(Ulps.between(wide, expected)).as("%s^%s", x, y).isLessThanOrEqualTo(1);
        }
        float exact = (float) Semantics.floating(OpCode.POW, DType.FLOAT64, (float) x, (float) y, 0);
        float narrow = expanded(OpCode.POW, DType.FLOAT32).floats(new float[] {(float) x}, new float[] {(float) y})[0];
        assertThat(narrow).as("float %s^%s", x, y).isEqualTo(Float.valueOf(exact));
      }
    }
  }

  @Test
  void float32PowersAreAllButCorrectlyRounded() {
    Random random = new Random(1);
    float[] x = new float[100_000];
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.exp(20 * random.nextGaussian());
      y[i] = (float) (5 * random.nextGaussian());
    }
    float[] powers = expanded(OpCode.POW, DType.FLOAT32).floats(x, y);
    for (int i = 0; i < x.length; i++) {
      assertThat(Ulps.of(powers[i], Math.pow(x[i], y[i]))).as("%s^%s", x[i], y[i]).isLessThanOrEqualTo(0.501);
    }
  }

  @Test
  void remaindersAreExact() {
    Random random = new Random(2);
    double[] x = new double[20_000];
    double[] y = new double[x.length];
    float[] narrowX = new float[x.length];
    float[] narrowY = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = i < SPECIAL.length * SPECIAL.length ? SPECIAL[i % SPECIAL.length] : Math.exp(20 * random.nextGaussian());
      y[i] = i < SPECIAL.length * SPECIAL.length ? SPECIAL[i / SPECIAL.length] : random.nextGaussian();
      narrowX[i] = i % 3 == 0 ? (float) x[i] : (float) (Math.rint(x[i]) * (float) y[i]);
      narrowY[i] = (float) y[i];
    }
    double[] wide = expanded(OpCode.MOD, DType.FLOAT64).doubles(x, y);
    float[] narrow = expanded(OpCode.MOD, DType.FLOAT32).floats(narrowX, narrowY);
    for (int i = 0; i < x.length; i++) {
      if (!(Math.abs(x[i] / y[i]) >= 0x1p104 && Math.abs(x[i] / y[i]) < Double.POSITIVE_INFINITY)) {
        assertThat(wide[i]).as("%s %% %s", x[i], y[i]).isEqualTo(Double.valueOf(x[i] % y[i]));
      }
      if (Math.abs((double) narrowX[i] / narrowY[i]) < 0x1p80) {
        Float expected = narrowX[i] % narrowY[i];
        assertThat(narrow[i]).as("float %s %% %s", narrowX[i], narrowY[i]).isEqualTo(expected);
      }
    }
  }

  private static Lanes expanded(OpCode op, DType type) {
    return new Lanes(Decompositions.rewrite(OpNode.of(op, Lanes.argument(0, type), Lanes.argument(1, type))));
  }
}
