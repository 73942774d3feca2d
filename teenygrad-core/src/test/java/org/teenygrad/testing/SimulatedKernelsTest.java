package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// Kernels for GPUs compute what the Interpreter does, where no GPU is.
class SimulatedKernelsTest {
  private static final long FIRST = Long.getLong("teenygrad.fuzz.first", 0);

  /// Random graphs; `-Pcampaign` takes ten times as many.
  private static final int GRAPHS = 40 * Integer.getInteger("teenygrad.fuzz.times", 1);

  private static final Device INTERPRETER = Device.of("interpreter");

  /// Bit for bit.
  private static void agrees(DType dtype, UnaryOperator<Tensor> expression, int... shape) {
    int elements = (int) Shape.of(shape).elements();
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = (i * 7919L % 251) - 125;
    }
    double[] expected = computed(values, INTERPRETER, dtype, expression, shape);
    double[] found = computed(values, SimulatedGpu.device(), dtype, expression, shape);
    int differs = Arrays.mismatch(found, expected);
    assertThat(differs).as(() -> "element " + differs + " of " + expected.length + " is " + found[differs] + " instead of " + expected[differs]).isEqualTo(-1);
  }

  private static double[] computed(float[] values, Device device, DType dtype, UnaryOperator<Tensor> expression, int... shape) {
    return expression.apply(Tensor.of(values, Shape.of(shape), device).cast(dtype).contiguous().realize()).cast(DType.FLOAT64).to(INTERPRETER).toDoubleArray();
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT64", "UINT8", "BOOL"})
  void transposes(DType dtype) {
    agrees(dtype, x -> x.transpose(0, 1).contiguous(), 256, 128);
    agrees(dtype, x -> x.transpose(0, 1).contiguous(), 200, 72);
    agrees(dtype, x -> x.transpose(0, 1).contiguous(), 33, 47);
    agrees(dtype, x -> x.permute(0, 2, 3, 1).contiguous(), 3, 16, 6, 8);
  }

  @Test
  void elementsOfTransposes() {
    agrees(DType.FLOAT32, x -> x.transpose(0, 1).add(x.reshape(96, 64).mul(2)), 64, 96);
    agrees(DType.FLOAT32, x -> x.transpose(0, 1).sub(x.reshape(3, 32, 64).select(0, 1).transpose(0, 1).contiguous().slice(0, 0, 32).repeat(3, 2)), 64, 96);
    agrees(DType.BFLOAT16, x -> Tensor.stack(List.of(x.transpose(1, 2), x.transpose(1, 2).mul(2)), 0).contiguous(), 4, 64, 40);
  }

  @Test
  void rows() {
    agrees(DType.FLOAT32, x -> x.sum(1), 30, 1000);
    agrees(DType.FLOAT32, x -> x.max(0), 300, 100);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL", "FLOAT64"})
  void runningSums(DType dtype) {
    agrees(dtype, x -> x.cumsum(1), 3, 2000);
    agrees(dtype, x -> x.cumsum(1), 9, 45);
    agrees(dtype, x -> x.cumsum(0), 70, 24);
    agrees(dtype, x -> x.cumsum(0).add(x.cumsum(1)), 5, 600, 2);
  }

  @Test
  void longRunningSums() {
    agrees(DType.FLOAT32, x -> x.cumsum(0), 20_000);
    agrees(DType.FLOAT32, x -> x.cumsum(0), 16_411);
    agrees(DType.FLOAT32, x -> x.cumsum(0), 1100, 2);
    agrees(DType.INT32, x -> x.cummaxWithIndices(0).indices(), 1100);
    agrees(DType.FLOAT32, x -> x.mul(3).cummax(1), 2, 9001);
  }

  @Test
  void sortedRows() {
    for (int size : new int[] {2, 31, 64, 250, 1000, 2048, 4096}) {
      agrees(DType.FLOAT32, x -> x.sort(1, false).indices(), 3, size);
    }
    agrees(DType.INT32, x -> x.sort(0, true).indices(), 45, 7);
    agrees(DType.FLOAT32, x -> x.sort(0, false).indices(), 8000);
  }

  @Test
  void firstsOfRows() {
    for (int count : new int[] {1, 5, 20, 50, 64, 200, 1200}) {
      agrees(DType.FLOAT32, x -> x.topk(count, -1).indices(), 2, 1300);
    }
    agrees(DType.FLOAT32, x -> x.topk(50, -1).values(), 1, 9000);
    agrees(DType.FLOAT32, x -> x.topk(3, 0).values(), 40, 3);
  }

  @Test
  void randomGraphs() {
    Comparison comparison = new Comparison(INTERPRETER, SimulatedGpu.device());
    for (long seed = FIRST; seed < FIRST + GRAPHS; seed++) {
      comparison.check(RandomGraphs.generate(seed, INTERPRETER));
    }
  }
}
