package org.teenygrad.engine.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target.Pairs;
import org.teenygrad.engine.runtime.cpu.HostCpu.Vectors;

/// Products of few rows on processors with narrower vectors and fewer registers than this one.
class NarrowVectorsTest {
  private static final int INPUTS = 64;
  private static final int OUTPUTS = 37;
  private static final int ROWS = 70;

  private static Device device(Vectors vectors) {
    String name = "vectors-" + vectors.name().toLowerCase(Locale.ROOT);
    HostCpu host = HostCpu.host();
    Devices.register(name, device -> Cpu.open(device, new HostCpu(vectors, host.l1Bytes(), host.l2Bytes(), host.cores(), Pairs.NONE, host.bytes()).target(2)));
    return Device.of(name);
  }

  private static float[] random(int seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(names = {"AVX2", "SSE2", "NEON"})
  void aRowHasTheBitsOfOneOfMany(Vectors vectors) {
    Device device = device(vectors);
    float[] numbers = random(1, ROWS * INPUTS);
    float[] weights = random(2, OUTPUTS * INPUTS);
    for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor weight = Tensor.of(weights, OUTPUTS, INPUTS).cast(type).to(device).realize();
      double[] all = product(device, type, numbers, ROWS, weight);
      for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < OUTPUTS; column++) {
          double sum = 0;
          for (int i = 0; i < INPUTS; i++) {
            sum += (double) numbers[row * INPUTS + i] * weights[column * INPUTS + i];
          }
          assertThat(all[row * OUTPUTS + column]).isCloseTo(sum, offset(1e-4));
        }
      }
      for (int rows : new int[] {1, 2, 3, 4, 8, 9}) {
        assertThat(product(device, type, numbers, rows, weight)).as("%d rows of %s", rows, type).containsExactly(Arrays.copyOf(all, rows * OUTPUTS));
      }
    }
  }

  private static double[] product(Device device, DType type, float[] numbers, int rows, Tensor weight) {
    Tensor x = Tensor.of(Arrays.copyOf(numbers, rows * INPUTS), rows, INPUTS).cast(type).to(device).realize();
    return x.linear(weight, null).cast(DType.FLOAT64).toDoubleArray();
  }
}
