package org.teenygrad.engine.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;

/// Products whose sums are so long that factors are copied block by block.
class LongSumsTest {
  /// No block, tile or vector ends where these do.
  private static final int ROWS = 53;

  private static final int COLUMNS = 70;
  private static final int STEPS = 1030;

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void areThoseOfPlainLoopsHoweverFactorsLie(DType dtype) {
    Tensor a = random(1, ROWS, STEPS, dtype);
    Tensor b = random(2, STEPS, COLUMNS, dtype);
    Tensor bias = random(3, 1, COLUMNS, dtype).reshape(COLUMNS);
    double[] expected = product(a.cast(DType.FLOAT64).toDoubleArray(), b.cast(DType.FLOAT64).toDoubleArray());
    double[] added = bias.cast(DType.FLOAT64).toDoubleArray();
    double exactness = dtype == DType.FLOAT32 ? 2e-4 : 1e-12;
    for (int form = 0; form < 4; form++) {
      Tensor left = form % 2 == 0 ? a : a.transpose(0, 1).contiguous().realize().transpose(0, 1);
      Tensor right = form / 2 == 0 ? b : b.transpose(0, 1).contiguous().realize().transpose(0, 1);
      double[] sums = left.matmul(right).add(bias).cast(DType.FLOAT64).toDoubleArray();
      for (int i = 0; i < sums.length; i++) {
        assertThat(sums[i]).as("form %d, sum %d", form, i).isCloseTo(expected[i] + added[i % COLUMNS], offset(exactness));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void haveTheSameBitsWithAnyNumberOfThreads(DType dtype) {
    assertThat(bits(7, dtype)).isEqualTo(bits(1, dtype));
  }

  /// Of a product that seven threads cut in more pieces than one.
  private static double[] bits(int threads, DType dtype) {
    String name = "threads-" + threads;
    Devices.register(name, device -> Cpu.open(device, HostCpu.host().target(threads)));
    Device device = Device.of(name);
    Tensor a = random(4, 300, STEPS, dtype).to(device);
    Tensor b = random(5, STEPS, 200, dtype).to(device);
    return a.matmul(b).cast(DType.FLOAT64).toDoubleArray();
  }

  private static Tensor random(long seed, int rows, int columns, DType dtype) {
    Tensor.manualSeed(seed);
    return Tensor.randn(rows, columns).cast(dtype).realize();
  }

  private static double[] product(double[] a, double[] b) {
    double[] result = new double[ROWS * COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        for (int step = 0; step < STEPS; step++) {
          result[i * COLUMNS + j] += a[i * STEPS + step] * b[step * COLUMNS + j];
        }
      }
    }
    return result;
  }
}
