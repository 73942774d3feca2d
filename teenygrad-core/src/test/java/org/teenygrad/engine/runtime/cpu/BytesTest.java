package org.teenygrad.engine.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.Device;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target.Bytes;
import org.teenygrad.engine.runtime.Target.Pairs;
import org.teenygrad.engine.runtime.cpu.HostCpu.Vectors;
import org.teenygrad.state.GgufWriter;

/// Products of 8-bit integers by each kind of instruction that this processor has, with its vectors and with narrower ones, as if it had none that are better.
class BytesTest {
  private static final int INPUTS = 512;
  private static final int OUTPUTS = 45;

  private static Device device(Bytes bytes, Vectors vectors, int threads) {
    HostCpu host = HostCpu.host();
    assumeTrue(bytes.compareTo(host.bytes()) <= 0, () -> "this processor has no " + bytes);
    assumeTrue(vectors.bytes <= host.vectors().bytes, () -> "this processor has no " + vectors);
    String name = ("bytes-" + bytes + "-" + vectors + threads).toLowerCase(Locale.ROOT).replace('_', '-');
    Devices.register(name, device -> Cpu.open(device, new HostCpu(vectors, host.l1Bytes(), host.l2Bytes(), host.cores(), Pairs.NONE, bytes).target(threads)));
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

  private static float[] sums(Device device, GgufWriter.Type type, int rows) {
    Tensor weight = type.pack(Tensor.of(random(1, OUTPUTS * INPUTS), OUTPUTS, INPUTS)).to(device);
    Tensor x = Tensor.of(random(2, rows * INPUTS), rows, INPUTS).to(device).realize();
    return MatmulPrecision.LOW.call(() -> x.linear(weight, null).toFloatArray());
  }

  /// Sums of integers are exact and blocks are added in one order: whatever multiplies them, in as many lanes and threads as there are.
  @ParameterizedTest
  @CsvSource({"WIDENED, AVX512", "WIDENED, AVX2", "WIDENED, SSE2", "DOT_PRODUCTS, AVX512", "DOT_PRODUCTS, AVX2", "DOT_PRODUCTS, SSE2"})
  void allWaysGiveTheSameBits(Bytes bytes, Vectors vectors) {
    Device simplest = device(Bytes.WIDENED, Vectors.SSE2, 1);
    Device device = device(bytes, vectors, 3);
    for (GgufWriter.Type type : new GgufWriter.Type[] {GgufWriter.Type.Q8_0, GgufWriter.Type.Q4_0, GgufWriter.Type.Q4_K}) {
      for (int rows : new int[] {1, 5, 70}) {
        assertThat(sums(device, type, rows)).as("%d rows of %s", rows, type).containsExactly(sums(simplest, type, rows));
      }
    }
  }
}
