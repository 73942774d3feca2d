package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;
import org.teenygrad.engine.schedule.Realizer;
import org.teenygrad.engine.schedule.Recording;

/// Kernels on the level of tiles compute what the Interpreter does of the same graphs without tiles, where no GPU is: each instruction of the
/// pipelines, of the copies to shared memory and of the matrix units is run.
class SimulatedTilesTest {
  private static final Device INTERPRETER = Device.of("interpreter");
  private static final Comparison COMPARISON = new Comparison(INTERPRETER, SimulatedGpu.withTensorCores());

  /// Random contractions and attentions; `-Pcampaign` takes ten times as many.
  private static final int TIMES = Integer.getInteger("teenygrad.fuzz.times", 1);

  private static List<OpNode> nodes(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::node).toList();
  }

  /// Of whole numbers, in which sums are exact.
  private static void multiplies(DType dtype, int m, int n, int k, BinaryOperator<Tensor> product) {
    Random random = new Random(m * 31L + n * 7L + k);
    Tensor a = WholeNumbers.of(random, dtype, 1, m, k);
    Tensor b = WholeNumbers.of(random, dtype, 1, k, n);
    List<Tensor> results = List.of(product.apply(a, b), product.apply(a, WholeNumbers.of(random, dtype, 1, n, k).transpose(0, 1)),
        product.apply(WholeNumbers.of(random, dtype, 1, k, m).transpose(0, 1), b));
    COMPARISON.check(m + "x" + n + "x" + k + " of " + dtype, nodes(results), 0);
  }

  @Test
  void products() {
    multiplies(DType.BFLOAT16, 64, 64, 64, Tensor::matmul);
    multiplies(DType.BFLOAT16, 72, 72, 200, (a, b) -> a.toFloat().matmul(b.toFloat()));
    multiplies(DType.FLOAT16, 33, 47, 71, (a, b) -> a.matmul(b).relu());
  }

  /// Three tiles make four of a matrix by its own transpose, by tensor cores and without.
  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT32"})
  void productsWithTheirOwnTransposes(DType dtype) {
    int rows = 136;
    Random random = new Random(rows);
    Tensor x = WholeNumbers.of(random, dtype, 1, 2, rows, 40);
    Tensor sum = x.matmul(x.transpose(1, 2)).add(WholeNumbers.of(random, dtype, 1, rows, rows));
    List<Program> launched = SimulatedGpu.launches(() -> COMPARISON.check("a product with itself", nodes(List.of(sum)), 0));
    assertThat(launched).singleElement().satisfies(program -> assertThat(program.launch().items()).isEqualTo(2 * 3));
  }

  @Test
  void productsInTensorFloat32() {
    MatmulPrecision.HIGH.run(() -> {
      multiplies(DType.FLOAT32, 40, 36, 100, Tensor::matmul);
    });
  }

  @ParameterizedTest
  @CsvSource({"FLOAT8_E4M3, FLOAT8_E4M3", "FLOAT8_E5M2, FLOAT8_E5M2", "FLOAT8_E5M2, FLOAT8_E4M3", "FLOAT8_E4M3, FLOAT8_E5M2"})
  void scaledProductsOfEightBits(DType left, DType dtype) {
    Random random = new Random(8);
    Tensor a = WholeNumbers.of(random, left, 1, 40, 160);
    Tensor b = WholeNumbers.of(random, dtype, 1, 24, 160).transpose(0, 1);
    Tensor rows = WholeNumbers.of(random, DType.FLOAT32, 0.25, 40, 1);
    Tensor scale = Tensor.of(new float[] {0.5f}, Shape.SCALAR, INTERPRETER);
    List<Tensor> results = List.of(a.scaledMatmul(rows, b, scale), a.scaledMatmul(scale, WholeNumbers.of(random, dtype, 1, 160, 24), WholeNumbers.of(random, DType.FLOAT32, 0.25, 1, 24)));
    COMPARISON.check("scaled products of " + left + " and " + dtype, nodes(results), 0);
  }

  @Test
  void randomContractions() {
    for (long seed = 0; seed < 3L * TIMES; seed++) {
      RandomFusions.Fusion fusion = RandomFusions.contraction(seed, INTERPRETER);
      COMPARISON.check("contraction, seed " + seed, fusion.roots(), fusion.relative());
    }
  }

  /// Of a block's 128 rows, each four warps look for themselves at which steps the window shows in part.
  @Test
  void windowsOfWideHeads() {
    Random random = new Random(5);
    List<Tensor> inputs = Stream.generate(() -> WholeNumbers.of(random, DType.BFLOAT16, 0.125, 1, 1, 384, 96)).limit(3).toList();
    Tensor found = inputs.get(0).scaledDotProductAttention(inputs.get(1), inputs.get(2), AttentionOptions.CAUSAL.withWindow(200));
    COMPARISON.check("a window of 200", nodes(List.of(found)), 16 * Known.unit(DType.BFLOAT16));
  }

  @Test
  void randomAttentions() {
    int kernels = 0;
    for (long seed = 0; seed < 3L * TIMES; seed++) {
      Random random = new Random(seed);
      DType dtype = random.nextBoolean() ? DType.BFLOAT16 : DType.FLOAT16;
      int headDim = random.nextBoolean() ? 16 : 32;
      int queries = 64 + random.nextInt(30);
      int keys = random.nextBoolean() ? queries : 64 + random.nextInt(30);
      AttentionOptions options = switch (random.nextInt(3)) {
        case 0 -> AttentionOptions.CAUSAL;
        case 1 -> AttentionOptions.CAUSAL.withWindow(1 + random.nextInt(64));
        default -> AttentionOptions.DEFAULT;
      };
      List<Tensor> inputs = List.of(WholeNumbers.of(random, dtype, 0.125, 1, 1, queries, headDim), WholeNumbers.of(random, dtype, 0.125, 1, 1, keys, headDim), WholeNumbers.of(random, dtype, 0.125, 1, 1, keys, headDim));
      Tensor found = inputs.get(0).scaledDotProductAttention(inputs.get(1), inputs.get(2), options);
      List<Tensor> results = new ArrayList<>(Gradient.of(found.toFloat().mul(WholeNumbers.of(random, DType.FLOAT32, 0.125, found.shape().toArray())).sum(), inputs));
      results.add(found);
      COMPARISON.check("attention, seed " + seed + ": " + queries + " queries, " + keys + " keys of " + headDim + ", " + options, nodes(results), 16 * Known.unit(dtype));
      kernels += (int) Recording.of(() -> Realizer.realize(Comparison.on(SimulatedGpu.withTensorCores(), nodes(List.of(found))))).launches().stream()
          .filter(launch -> launch.facts().name().startsWith("attention")).count();
    }
    assertThat(kernels).as("passes whose scores stay in registers").isGreaterThanOrEqualTo(3);
  }
}
