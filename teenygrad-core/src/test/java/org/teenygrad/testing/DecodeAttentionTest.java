package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;
import org.teenygrad.engine.schedule.Recording;

/// Attention of few queries on a GPU reads the keys that each row has, in parts of 256, and gives what the Interpreter does.
class DecodeAttentionTest {
  private static final Device INTERPRETER = Device.of("interpreter");

  /// No key, one, around a part and all of two parts.
  private static final int[] POSITIONS = {-1, 0, 7, 254, 255, 256, 511};

  /// @param queries of a head
  private record Problem(DType dtype, int heads, int keyHeads, int queries, int places, int dim) {
    /// @param hidden what stands behind a row's position
    private float[] cached(int[] positions, int seed, float hidden) {
      float[] values = new float[positions.length * keyHeads * places * dim];
      for (int row = 0, i = 0; row < positions.length; row++) {
        for (int head = 0; head < keyHeads; head++) {
          for (int place = 0; place < places; place++) {
            // The same for a row and place whatever the batch and its room.
            Random random = new Random(((positions[row] * 31L + head) * 1000 + place) * 7 + seed);
            for (int d = 0; d < dim; d++) {
              float drawn = (float) random.nextGaussian();
              values[i++] = place <= positions[row] ? drawn : hidden;
            }
          }
        }
      }
      return values;
    }

    private Tensor query(int[] positions, Device device) {
      float[] values = new float[positions.length * heads * queries * dim];
      for (int row = 0, i = 0; row < positions.length; row++) {
        Random random = new Random(positions[row]);
        for (int n = 0; n < heads * queries * dim; n++) {
          values[i++] = (float) random.nextGaussian();
        }
      }
      return Tensor.of(values, Shape.of(positions.length, heads, queries, dim), device).cast(dtype).contiguous().realize();
    }

    private Tensor cache(int[] positions, int seed, float hidden, Device device) {
      return Tensor.of(cached(positions, seed, hidden), Shape.of(positions.length, keyHeads, places, dim), device).cast(dtype).contiguous().realize();
    }

    private AttentionOptions seen(int[] positions, Device device) {
      Tensor position = Tensor.of(positions, Shape.of(positions.length, 1, 1, 1), device).realize();
      return AttentionOptions.DEFAULT.withMask(Tensor.arange(places, DType.INT32).to(device).le(position));
    }

    private Tensor attention(int[] positions, float hidden, Device device) {
      return query(positions, device).scaledDotProductAttention(cache(positions, 1, hidden, device), cache(positions, 2, hidden, device), seen(positions, device));
    }

    private double precision() {
      return dtype == DType.FLOAT32 ? 1e-5 : 0.03;
    }
  }

  private static double[] numbers(Tensor x) {
    return x.cast(DType.FLOAT64).to(INTERPRETER).toDoubleArray();
  }

  private static void agree(double[] found, double[] expected, double precision) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).as("element " + i).isCloseTo(expected[i], within(precision));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 1, 1, 1, 512, 16", "BFLOAT16, 1, 1, 1, 512, 16", "BFLOAT16, 2, 2, 1, 512, 24", "FLOAT32, 4, 2, 1, 512, 8", "BFLOAT16, 4, 1, 2, 512, 16",
    "FLOAT16, 1, 1, 3, 512, 16", "FLOAT32, 1, 1, 1, 200, 16", "BFLOAT16, 1, 1, 1, 300, 16"
  })
  void lengthsAreData(DType dtype, int heads, int keyHeads, int queries, int places, int dim) {
    Problem problem = new Problem(dtype, heads, keyHeads, queries, places, dim);
    Tensor found = problem.attention(POSITIONS, Float.NaN, SimulatedGpu.device());
    List<String> names = Recording.of(found::realize).launches().stream().map(launch -> launch.facts().name()).toList();
    assertThat(names).hasSizeLessThanOrEqualTo(2);
    assertThat(names.getFirst()).startsWith("attention_");
    agree(numbers(found), numbers(problem.attention(POSITIONS, 0, INTERPRETER)), problem.precision());
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void keysLieInPages(DType dtype) {
    Problem problem = new Problem(dtype, 4, 2, 1, 512, 16);
    int[] positions = {0, 100, 255, 511};
    int pages = positions.length * problem.places / 16;
    int[] order = new int[pages];
    for (int i = 0; i < pages; i++) {
      order[i] = i * 37 % pages;
    }
    Tensor[] results = new Tensor[2];
    Device[] devices = {SimulatedGpu.device(), INTERPRETER};
    for (int i = 0; i < 2; i++) {
      Device device = devices[i];
      Tensor table = Tensor.of(order, Shape.of(pages), device).realize();
      Tensor[] cached = new Tensor[2];
      for (int side = 0; side < 2; side++) {
        Tensor pool = problem.cache(positions, side, 0, device).transpose(1, 2).reshape(pages, 16, problem.keyHeads, problem.dim).contiguous().realize();
        cached[side] = pool.indexSelect(0, table).reshape(positions.length, problem.places, problem.keyHeads, problem.dim).transpose(1, 2);
      }
      results[i] = problem.query(positions, device).scaledDotProductAttention(cached[0], cached[1], problem.seen(positions, device));
    }
    assertThat(Recording.of(results[0]::realize).launches()).hasSizeLessThanOrEqualTo(2);
    agree(numbers(results[0]), numbers(results[1]), problem.precision());
  }

  @Test
  void aRowsBitsDependOnNoOtherAndNotOnTheRoom() {
    double[] together = numbers(new Problem(DType.FLOAT32, 2, 2, 1, 768, 16).attention(new int[] {300, 5, 100, 700}, 0, SimulatedGpu.device()));
    double[] alone = numbers(new Problem(DType.FLOAT32, 2, 2, 1, 256, 16).attention(new int[] {100}, 0, SimulatedGpu.device()));
    assertThat(java.util.Arrays.copyOfRange(together, 64, 96)).containsExactly(alone);
    double[] inLittleRoom = numbers(new Problem(DType.FLOAT32, 2, 2, 1, 128, 16).attention(new int[] {100}, 0, SimulatedGpu.device()));
    assertThat(inLittleRoom).containsExactly(alone);
  }

  @Test
  void aGpuTakesTwoKernels() {
    for (GpuWorkload workload : List.of(GpuWorkload.DECODE, GpuWorkload.DECODE_F32, GpuWorkload.DECODE_OF_GROUPED_QUERIES, GpuWorkload.DECODE_OF_MANY_GROUPED_QUERIES,
        GpuWorkload.DECODE_FROM_PAGES)) {
      List<String> names = workload.launches(AbsentGpu.H200).stream().map(PtxKernel::program).map(program -> program.name()).toList();
      assertThat(names).as(workload.name()).hasSize(2);
      assertThat(names.getFirst()).startsWith("attention_");
    }
  }
}
