package org.teenygrad.engine.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target.Bytes;
import org.teenygrad.engine.runtime.Target.Pairs;
import org.teenygrad.engine.runtime.cpu.HostCpu.Vectors;

/// Attention of float32 and its derivatives in one pass over the scores, with this processor's vectors and with narrower ones, beside
/// float64, whose scores are stored.
class LaneAttentionTest {
  private static final int BATCH = 2;

  /// @param keyHeads that heads share
  /// @param kernels at most, with derivatives: one more where keys and values have different widths, or a soft cap stands between the
  ///     scores and what is multiplied with them
  private record Case(
      String name, int heads, int keyHeads, int queries, int keys, int dim, int valueDim, AttentionOptions options, int kernels) {
    @Override
    public String toString() {
      return name;
    }

    private Tensor tensor(Device device, DType dtype, int seed, int... shape) {
      Random random = new Random(seed);
      float[] values = new float[(int) Shape.of(shape).elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return Tensor.of(values, shape).cast(dtype).to(device).realize();
    }

    /// The result and the gradients of queries, keys and values.
    private List<Tensor> results(Device device, DType dtype) {
      Tensor q = tensor(device, dtype, 1, BATCH, heads, queries, dim);
      // As a layer gives them: the heads side by side.
      Tensor k = tensor(device, dtype, 2, BATCH, keys, keyHeads, dim).transpose(1, 2);
      Tensor v = tensor(device, dtype, 3, BATCH, keyHeads, keys, valueDim);
      Tensor result = q.scaledDotProductAttention(k, v, options);
      Tensor loss = result.mul(tensor(device, dtype, 4, BATCH, heads, queries, valueDim)).sum();
      return List.of(result, Gradient.of(loss, q), Gradient.of(loss, k), Gradient.of(loss, v));
    }
  }

  private static Stream<Case> cases() {
    return Stream.of(
        new Case("causal", 2, 2, 256, 256, 64, 64, AttentionOptions.CAUSAL, 4),
        new Case("causal, a part of a block", 2, 2, 201, 201, 16, 24, AttentionOptions.CAUSAL, 5),
        new Case("all keys, more than queries", 2, 2, 200, 333, 48, 37, AttentionOptions.DEFAULT, 5),
        new Case("few keys", 2, 2, 300, 70, 12, 12, AttentionOptions.DEFAULT, 4),
        new Case("a window", 2, 2, 300, 300, 32, 32, AttentionOptions.CAUSAL.withWindow(70), 4),
        new Case("a soft cap", 2, 2, 130, 130, 20, 20, AttentionOptions.CAUSAL.withSoftCap(3), 5),
        new Case("queries that see no key", 2, 2, 300, 130, 24, 24, AttentionOptions.CAUSAL.withWindow(20), 4),
        new Case("shared heads", 4, 2, 256, 256, 32, 32, AttentionOptions.CAUSAL, Integer.MAX_VALUE));
  }

  private static Stream<Arguments> all() {
    return Stream.of(Vectors.AVX512, Vectors.AVX2, Vectors.SSE2, Vectors.NEON)
        .flatMap(vectors -> cases().map(one -> Arguments.of(vectors, one)));
  }

  private static Device device(Vectors vectors, int threads) {
    HostCpu host = HostCpu.host();
    assumeTrue(vectors.bytes <= host.vectors().bytes, () -> "this processor has no " + vectors);
    String name = ("attention-" + vectors.name() + threads).toLowerCase(Locale.ROOT);
    HostCpu narrow = new HostCpu(vectors, host.l1Bytes(), host.l2Bytes(), host.cores(), Pairs.NONE, Bytes.WIDENED);
    Devices.register(name, device -> Cpu.open(device, narrow.target(threads)));
    return Device.of(name);
  }

  @ParameterizedTest
  @MethodSource("all")
  void isThatOfFloat64WithTheSameBitsForAnyNumberOfThreads(Vectors vectors, Case one) {
    Device three = device(vectors, 3);
    List<Tensor> found = one.results(three, DType.FLOAT32);
    List<Profile.Launch> launches = Profile.of(() -> realize(found)).launches();
    assertThat(launches.size()).as(launches::toString).isLessThanOrEqualTo(one.kernels);
    List<Tensor> alone = realize(one.results(device(vectors, 1), DType.FLOAT32));
    List<Tensor> exact = realize(one.results(three, DType.FLOAT64));
    for (int i = 0; i < found.size(); i++) {
      float[] values = found.get(i).toFloatArray();
      assertThat(Arrays.mismatch(values, alone.get(i).toFloatArray())).as("where result %d of one thread differs", i).isEqualTo(-1);
      double[] expected = exact.get(i).toDoubleArray();
      double[] errors = IntStream.range(0, values.length).mapToDouble(j -> Math.abs(values[j] - expected[j])).toArray();
      assertThat(Arrays.stream(errors).max().orElseThrow()).as("error of result %d", i).isLessThan(2e-5);
    }
  }

  private static List<Tensor> realize(List<Tensor> results) {
    Tensor.realize(results.toArray(Tensor[]::new));
    return results;
  }
}
