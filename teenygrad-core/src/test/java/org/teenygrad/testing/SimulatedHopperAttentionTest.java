package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// Attention and its derivatives on Hopper - tiles of keys and values that one thread has brought, groups of warps that multiply in turn - are what the
/// Interpreter computes, where no GPU is.
class SimulatedHopperAttentionTest {
  private static final long FIRST = Long.getLong("teenygrad.fuzz.first", 0);

  /// Random attentions; `-Pcampaign` takes ten times as many.
  private static final int TIMES = Integer.getInteger("teenygrad.fuzz.times", 1);

  /// A matrix of scores is long if it has twice as many rows and columns as heads have numbers; long ones are compared with compiled code.
  ///
  /// @param mapped how many passes have tensor maps, of those over the scores: attention, and all derivatives at once, or those by queries, and those by keys and values
  @ParameterizedTest
  @CsvSource({
    "interpreter, 64, 2, 2, 130, 130, causal, 0",
    "cpu, 64, 2, 1, 136, 200, all, 0",
    "cpu, 64, 2, 2, 256, 256, causal, 1",
    "cpu, 128, 1, 1, 270, 270, causal, 3",
    "cpu, 128, 2, 1, 256, 256, window, 3",
    "cpu, 128, 2, 2, 256, 256, window, 2",
    "cpu, 96, 2, 2, 256, 256, all, 2",
    "cpu, 96, 2, 2, 256, 384, causal, 2",
    "cpu, 128, 2, 2, 320, 256, causal, 2",
    "cpu, 256, 1, 1, 512, 512, causal, 4"})
  void attentions(String reference, int headDim, int heads, int keyHeads, int queries, int keys, String mask, int mapped) {
    AttentionOptions options = switch (mask) {
      case "causal" -> AttentionOptions.CAUSAL;
      case "window" -> AttentionOptions.CAUSAL.withWindow(70);
      default -> AttentionOptions.DEFAULT;
    };
    List<Program> passes = passes(Device.of(reference), new Random(headDim + queries), DType.BFLOAT16, headDim, heads, keyHeads, queries, keys, options);
    assertThat(passes.stream().map(pass -> pass.maps().size()).toList()).as("tensor maps of the passes over the scores").satisfies(maps -> {
      assertThat(maps).hasSizeGreaterThanOrEqualTo(2);
      assertThat(maps.stream().filter(count -> count > 0)).hasSize(mapped);
    });
  }

  /// Attention, each row's sum of products of what came out and its gradient, zeros to count who has added, and one pass that stores all three derivatives.
  @ParameterizedTest
  @CsvSource({"64, 256", "128, 256", "96, 384"})
  void allDerivativesAreOfOneKernel(int headDim, int count) {
    Random random = new Random(headDim);
    List<Tensor> inputs = Stream.generate(() -> WholeNumbers.of(random, DType.BFLOAT16, 0.125, 2, 1, count, headDim)).limit(4).toList();
    Tensor found = inputs.get(0).scaledDotProductAttention(inputs.get(1), inputs.get(2), AttentionOptions.CAUSAL);
    List<Tensor> derivatives = Gradient.vjp(found, inputs.get(3), inputs.subList(0, 3));
    List<Program> launched = SimulatedGpu.launches(
        () -> new Comparison(Device.of("cpu"), SimulatedGpu.smallHopper()).check("derivatives", derivatives.stream().map(Tensor::node).toList(), 16 * Known.unit(DType.BFLOAT16)));
    assertThat(launched.stream().map(program -> program.name().replaceFirst("_.*", ""))).containsExactlyInAnyOrder("attention", "reduce", "map", "attention");
  }

  /// Derivatives by queries that were normalised are reduced row by row, by a kernel that reads the sums: before the others, and after them.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatReducesADerivativeReadsItsSums(boolean queriesLast) {
    Random random = new Random(7);
    List<Tensor> inputs = Stream.generate(() -> WholeNumbers.of(random, DType.BFLOAT16, 0.125, 2, 2, 256, 64)).limit(4).toList();
    Tensor found = inputs.get(0).rmsNorm(Shape.of(64), null, 1e-6).scaledDotProductAttention(inputs.get(1), inputs.get(2), AttentionOptions.CAUSAL);
    List<Tensor> wanted = queriesLast ? inputs.subList(0, 3).reversed() : inputs.subList(0, 3);
    List<Tensor> derivatives = Gradient.vjp(found, inputs.get(3), wanted);
    List<Program> launched = SimulatedGpu.launches(
        () -> new Comparison(Device.of("cpu"), SimulatedGpu.smallHopper()).check("derivatives", derivatives.stream().map(Tensor::node).toList(), 16 * Known.unit(DType.BFLOAT16)));
    assertThat(launched.stream().filter(program -> program.name().startsWith("attention"))).as("forward, and all derivatives").hasSize(2);
  }

  @Test
  void aQueryThatSeesNothingHasNoDerivative() {
    Random random = new Random(9);
    List<Tensor> inputs = Stream.generate(() -> WholeNumbers.of(random, DType.BFLOAT16, 0.125, 2, 1, 128, 64)).limit(4).toList();
    Tensor bias = Tensor.arange(128).reshape(128, 1).eq(5).where(Double.NEGATIVE_INFINITY, WholeNumbers.of(random, DType.FLOAT32, 0.125, 128, 128));
    Tensor found = inputs.get(0).scaledDotProductAttention(inputs.get(1), inputs.get(2), AttentionOptions.DEFAULT.withMask(bias.realize()));
    List<Tensor> derivatives = Gradient.vjp(found, inputs.get(3), inputs.subList(0, 3));
    new Comparison(Device.of("cpu"), SimulatedGpu.smallHopper()).check("derivatives", derivatives.stream().map(Tensor::node).toList(), 16 * Known.unit(DType.BFLOAT16));
  }

  @Test
  void randomAttentions() {
    int passes = 0;
    for (long seed = FIRST; seed < FIRST + TIMES; seed++) {
      Random random = new Random(seed);
      int headDim = 16 * (3 + random.nextInt(6));
      int keyHeads = 1 + random.nextInt(2);
      int queries = 2 * headDim + random.nextInt(80);
      int keys = random.nextBoolean() ? queries : 2 * headDim + random.nextInt(80);
      AttentionOptions options = random.nextBoolean() ? AttentionOptions.DEFAULT : random.nextBoolean() ? AttentionOptions.CAUSAL : AttentionOptions.CAUSAL.withWindow(1 + random.nextInt(queries)).withSoftCap(15);
      passes += passes(Device.of("cpu"), random, random.nextBoolean() ? DType.BFLOAT16 : DType.FLOAT16, headDim, keyHeads * (1 + random.nextInt(2)), keyHeads, queries, keys, options).size();
    }
    assertThat(passes).as("passes over the scores").isGreaterThanOrEqualTo(2 * TIMES);
  }

  /// Attention and its derivatives by queries, keys and values, compared.
  /// @return the kernels whose scores stay in registers
  private static List<Program> passes(Device reference, Random random, DType dtype, int headDim, int heads, int keyHeads, int queries, int keys, AttentionOptions options) {
    List<Tensor> inputs = List.of(WholeNumbers.of(random, dtype, 0.125, 1, heads, queries, headDim), WholeNumbers.of(random, dtype, 0.125, 1, keyHeads, keys, headDim),
        WholeNumbers.of(random, dtype, 0.125, 1, keyHeads, keys, headDim));
    Tensor found = inputs.get(0).scaledDotProductAttention(inputs.get(1), inputs.get(2), options);
    List<Tensor> results = new ArrayList<>(Gradient.of(found.toFloat().mul(WholeNumbers.of(random, DType.FLOAT32, 0.125, found.shape().toArray())).sum(), inputs));
    results.add(found);
    String name = "attention of " + queries + " queries and " + keys + " keys of " + headDim + ", " + heads + " and " + keyHeads + " heads, " + options;
    return SimulatedGpu.launches(() -> new Comparison(reference, SimulatedGpu.smallHopper()).check(name, results.stream().map(Tensor::node).toList(), 16 * Known.unit(dtype)))
        .stream().filter(program -> program.name().startsWith("attention")).toList();
  }
}
