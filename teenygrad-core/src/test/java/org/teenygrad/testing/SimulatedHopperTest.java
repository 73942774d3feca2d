package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// Products of matrices on Hopper - blocks that stay and go from tile to tile, pipelines that one thread fills by tensor maps, `wgmma` of four warps, clusters of
/// two blocks - are what the Interpreter computes, where no GPU is. Factors are whole numbers, so that sums are exact.
class SimulatedHopperTest {
  private static final Device INTERPRETER = Device.of("interpreter");
  private static final Comparison COMPARISON = new Comparison(INTERPRETER, SimulatedGpu.hopper());

  private static final int MOST_PRODUCTS = 4_000_000;
  private static final long FIRST = Long.getLong("teenygrad.fuzz.first", 0);

  /// Random contractions; `-Pcampaign` takes ten times as many.
  private static final int TIMES = Integer.getInteger("teenygrad.fuzz.times", 1);

  private static List<OpNode> nodes(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::node).toList();
  }

  private static Tensor numbers(Random random, DType dtype, int... sizes) {
    return WholeNumbers.of(random, dtype, 1, sizes);
  }

  private static Tensor matrix(Random random, DType dtype, int rows, int columns, boolean across) {
    return across ? numbers(random, dtype, columns, rows).transpose(0, 1) : numbers(random, dtype, rows, columns);
  }

  private static void multiplies(DType dtype, int m, int n, int k, boolean leftAcross, boolean rightAcross, int mapped, BinaryOperator<Tensor> product) {
    Random random = new Random(m * 31L + n * 7L + k);
    agrees(m + "x" + n + "x" + k + " of " + dtype, mapped, 0, product.apply(matrix(random, dtype, m, k, leftAcross), matrix(random, dtype, k, n, rightAcross)));
  }

  /// @param mapped how many kernels have tensor maps
  /// @return what was launched
  private static List<Program> agrees(String name, int mapped, double relative, Tensor... results) {
    List<Program> launched = SimulatedGpu.launches(() -> COMPARISON.check(name, nodes(List.of(results)), relative));
    assertThat(launched).filteredOn(program -> !program.maps().isEmpty()).as("kernels by tensor maps for %s", name).hasSize(mapped);
    return launched;
  }

  /// With more tiles than multiprocessors and fewer, in several groups of rows, whole and cut off, longer and shorter than the ring.
  @ParameterizedTest
  @CsvSource({"256, 192, 192, false, false", "128, 264, 72, true, false", "200, 136, 72, false, true", "136, 200, 200, true, true", "1160, 264, 16, false, true", "64, 64, 1024, false, false", "72, 40, 320, false, true", "8, 264, 640, false, true"})
  void products(int m, int n, int k, boolean leftAcross, boolean rightAcross) {
    multiplies(DType.BFLOAT16, m, n, k, leftAcross, rightAcross, 1, Tensor::matmul);
  }

  /// Tiles of few columns, all steps in the ring or not; of up to eight rows no others are fetched.
  @ParameterizedTest
  @CsvSource({"2, 128, 192", "4, 200, 1000", "8, 72, 4096", "9, 136, 520", "40, 264, 328", "64, 24, 520", "64, 72, 520", "24, 72, 520"})
  void productsOfFewRows(int m, int n, int k) {
    multiplies(DType.BFLOAT16, m, n, k, false, true, 1, Tensor::matmul);
  }

  /// Rows that blocks compute before they multiply, by one warp each or by several.
  @ParameterizedTest
  @CsvSource({"2, 64, 256", "4, 72, 256", "4, 64, 2048", "7, 128, 1024"})
  void productsOfNormedRows(int m, int n, int k) {
    Random random = new Random(k);
    Tensor x = matrix(random, DType.BFLOAT16, m, k, false).toFloat();
    Tensor normed = x.mul(x.abs().max(1, true).add(1)).cast(DType.BFLOAT16);
    assertThat(agrees("rows that are computed", 1, 0, normed.matmul(matrix(random, DType.BFLOAT16, k, n, true)))).as("launches").hasSize(1);
  }

  /// Two products of the same rows, one of which gates the other.
  @ParameterizedTest
  @CsvSource({"4, 104, 256", "40, 64, 192", "200, 136, 128"})
  void productsOfOneFactor(int m, int n, int k) {
    Tensor gate = numbers(new Random(n), DType.BFLOAT16, n, k).transpose(0, 1);
    multiplies(DType.BFLOAT16, m, n, k, false, true, 1, (x, up) -> x.matmul(gate).relu().mul(x.matmul(up)));
  }

  /// Queries, keys and values: products of the same few rows, one of which has twice as many columns, with something of its own behind it.
  @ParameterizedTest
  @CsvSource({"4, 64, 256", "40, 72, 136"})
  void productsSideBySide(int m, int n, int k) {
    Random random = new Random(m);
    Tensor x = matrix(random, DType.BFLOAT16, m, k, false);
    Tensor queries = x.matmul(matrix(random, DType.BFLOAT16, k, 2 * n, true)).relu();
    Tensor keys = x.matmul(matrix(random, DType.BFLOAT16, k, n, true)).add(numbers(random, DType.BFLOAT16, n));
    List<Program> launched = agrees("three products", 1, 0, queries, keys, x.matmul(matrix(random, DType.BFLOAT16, k, n, true)));
    assertThat(launched).singleElement().extracting(program -> program.maps().size()).isEqualTo(5);
  }

  @Test
  void productsThatThreadsBring() {
    multiplies(DType.FLOAT16, 97, 71, 203, false, false, 0, (a, b) -> a.matmul(b).relu());
  }

  @Test
  void productsInFloat32() {
    multiplies(DType.FLOAT32, 40, 72, 136, false, true, 0, Tensor::matmul);
  }

  @ParameterizedTest
  @CsvSource({"72, 136, 96", "200, 40, 160"})
  void productsInTensorFloat32(int m, int n, int k) {
    MatmulPrecision.HIGH.run(() -> multiplies(DType.FLOAT32, m, n, k, false, true, 1, Tensor::matmul));
  }

  /// Of one type and of both, along the inner dimension and across: what lies across is copied if it is used often, else threads bring it.
  @ParameterizedTest
  @CsvSource({
    "FLOAT8_E4M3, FLOAT8_E4M3, 200, 72, 320, false, true, 1, 1", "FLOAT8_E5M2, FLOAT8_E4M3, 136, 264, 144, false, true, 1, 1",
    "FLOAT8_E4M3, FLOAT8_E5M2, 72, 136, 1024, false, true, 1, 2", "FLOAT8_E5M2, FLOAT8_E5M2, 520, 40, 48, false, true, 1, 1",
    "FLOAT8_E5M2, FLOAT8_E4M3, 528, 512, 64, true, false, 1, 3", "FLOAT8_E4M3, FLOAT8_E4M3, 70, 50, 130, true, false, 0, 1"})
  void scaledProductsOfEightBits(DType left, DType right, int m, int n, int k, boolean leftAcross, boolean rightAcross, int mapped, int launches) {
    Random random = new Random(m);
    Tensor product = matrix(random, left, m, k, leftAcross).scaledMatmul(numbers(random, DType.FLOAT32, m, 1), matrix(random, right, k, n, rightAcross), numbers(random, DType.FLOAT32, 1, n));
    assertThat(agrees(m + "x" + n + "x" + k + " of " + left + " and " + right, mapped, 0, product)).as("launches").hasSize(launches);
  }

  @Test
  void batches() {
    Random random = new Random(2);
    Tensor a = numbers(random, DType.FLOAT16, 3, 72, 72);
    agrees("two batches", 1, 0, a.matmul(numbers(random, DType.FLOAT16, 3, 72, 136)));
    agrees("one factor for all", 1, 0, a.matmul(numbers(random, DType.FLOAT16, 72, 72)));
    agrees("rows of pixels", 1, 0, numbers(random, DType.BFLOAT16, 3, 64, 128).narrow(1, 0, 50).matmul(numbers(random, DType.BFLOAT16, 128, 72)));
    Tensor heads = numbers(random, DType.BFLOAT16, 2, 72, 3, 64).transpose(1, 2);
    agrees("heads", 1, 0, heads.matmul(heads.transpose(2, 3)));
  }

  @Test
  void epilogues() {
    Random random = new Random(3);
    Tensor x = numbers(random, DType.BFLOAT16, 136, 136);
    Tensor weight = numbers(random, DType.BFLOAT16, 200, 136);
    Tensor bias = numbers(random, DType.BFLOAT16, 200);
    Tensor residual = numbers(random, DType.BFLOAT16, 136, 200);
    agrees("bias, ReLU and residual", 1, 0, x.linear(weight, bias).relu().add(residual));
    agrees("row sums", 1, 0, x.toFloat().matmul(weight.toFloat().transpose(0, 1)).sum(1));
    Tensor small = WholeNumbers.of(random, DType.BFLOAT16, 1.0 / 16, 136, 136);
    agrees("bias, GELU and residual", 1, 16 * Known.unit(DType.BFLOAT16), small.linear(WholeNumbers.of(random, DType.BFLOAT16, 1.0 / 16, 200, 136), bias).gelu().add(residual));
  }

  /// Many more products than sums: blocks share the tiles, one tile or several, alone or as clusters, the last part of a tile longer than the others; behind them come whole ones.
  @ParameterizedTest
  @CsvSource({"1, 64, 72, 4096", "5, 64, 64, 1160", "1, 256, 256, 6400", "1, 320, 64, 8192", "9, 64, 128, 2056"})
  void productsOfFewTiles(int matrices, int m, int n, int k) {
    Random random = new Random(4);
    Tensor gradient = numbers(random, DType.BFLOAT16, matrices, k, m).transpose(1, 2).matmul(numbers(random, DType.BFLOAT16, matrices, k, n));
    List<Program> launched = SimulatedGpu.launches(() -> new Comparison(Device.of("cpu"), SimulatedGpu.hopper()).check("a gradient by weights", nodes(List.of(gradient)), 0));
    assertThat(launched).singleElement().satisfies(program -> assertThat(program.exchangeBytes()).isPositive());
  }

  /// Matrices by their own transposes: whole tiles and such that are cut off, squares of an even and an odd number of rows, also of two blocks' tiles, shared and not.
  @ParameterizedTest
  @CsvSource({"1, 200, 72, false, 3", "1, 256, 64, false, 3", "2, 328, 64, false, 4", "1, 136, 6400, true, 4", "1, 512, 1024, false, 2", "1, 488, 1024, false, 2"})
  void productsWithTheirOwnTransposes(int matrices, int m, int k, boolean across, int blocks) {
    Random random = new Random(m);
    Tensor x = across ? numbers(random, DType.BFLOAT16, matrices, k, m).transpose(1, 2) : numbers(random, DType.BFLOAT16, matrices, m, k);
    Tensor other = numbers(random, DType.BFLOAT16, matrices, m, m);
    Tensor sum = x.matmul(x.transpose(1, 2)).mul(2).add(other);
    Device device = blocks == 2 ? SimulatedGpu.smallHopper() : SimulatedGpu.hopper();
    List<Program> launched = SimulatedGpu.launches(() -> new Comparison(Device.of("cpu"), device).check("a product with itself", nodes(List.of(sum)), 0));
    assertThat(launched).singleElement().satisfies(program -> assertThat(program.launch().items()).isEqualTo(blocks));
  }

  /// Blocks side by side bring half of the right factor's slabs for each other; the last cluster may have a block without rows.
  @ParameterizedTest
  @CsvSource({"136, 72, 3080, false, false", "136, 72, 3080, true, true", "256, 128, 3072, false, true", "4104, 72, 136, true, false"})
  void clusters(int m, int n, int k, boolean leftAcross, boolean rightAcross) {
    Random random = new Random(m + n + k);
    Tensor product = matrix(random, DType.BFLOAT16, m, k, leftAcross).matmul(matrix(random, DType.BFLOAT16, k, n, rightAcross));
    assertThat(SimulatedGpu.launches(() -> new Comparison(Device.of("cpu"), SimulatedGpu.smallHopper()).check("cluster", nodes(List.of(product)), 0))).filteredOn(program -> program.source().contains("cluster_dim_x")).hasSize(1);
  }

  /// Products of sizes that tensor maps can describe, mostly.
  @Test
  void randomProducts() {
    int mapped = 0;
    for (long seed = FIRST; seed < FIRST + 8L * TIMES; seed++) {
      Random random = new Random(seed);
      int m = 8 * (1 + random.nextInt(32));
      int n = 8 * (1 + random.nextInt(32));
      int k = 8 * (1 + random.nextInt(Math.min(80, MOST_PRODUCTS / (8 * m * n))));
      DType dtype = random.nextBoolean() ? DType.BFLOAT16 : DType.FLOAT16;
      mapped += randomProduct(random, seed, m, n, k, dtype, random.nextBoolean(), random.nextBoolean());
    }
    assertThat(mapped).as("kernels by tensor maps").isGreaterThanOrEqualTo(6 * TIMES);
  }

  /// @return how many kernels have tensor maps
  private static int randomProduct(Random random, long seed, int m, int n, int k, DType dtype, boolean leftAcross, boolean rightAcross) {
    Tensor product = matrix(random, dtype, m, k, leftAcross).matmul(matrix(random, dtype, k, n, rightAcross));
    Tensor result = switch (random.nextInt(5)) {
      case 0 -> product.add(numbers(random, dtype, n)).relu();
      case 1 -> product.toFloat().sum(random.nextInt(2));
      case 2 -> product.add(numbers(random, dtype, n, m).transpose(0, 1));
      case 3 -> product.transpose(0, 1).add(numbers(random, dtype, n, m));
      default -> product;
    };
    String name = "product, seed " + seed + ": " + m + "x" + n + "x" + k;
    List<Program> launched = SimulatedGpu.launches(() -> COMPARISON.check(name, nodes(List.of(result)), 0));
    return (int) launched.stream().filter(program -> !program.maps().isEmpty()).count();
  }

  /// Of factors along the inner dimension, as where a text's next tokens are computed: tiles are as narrow as it takes.
  @Test
  void randomProductsOfFewRows() {
    for (long seed = FIRST; seed < FIRST + 12L * TIMES; seed++) {
      Random random = new Random(seed);
      int m = 2 + random.nextInt(63);
      int n = 8 * (1 + random.nextInt(40));
      randomProduct(random, seed, m, n, 8 * (1 + random.nextInt(60)), DType.BFLOAT16, false, true);
    }
  }

  /// Matrices by their own transposes, with something behind them that is not symmetric.
  @Test
  void randomProductsWithTheirOwnTransposes() {
    for (long seed = FIRST; seed < FIRST + 4L * TIMES; seed++) {
      Random random = new Random(seed);
      int matrices = 1 + random.nextInt(3);
      int m = 8 * (1 + random.nextInt(50));
      int k = 8 * (1 + random.nextInt(12));
      DType dtype = random.nextBoolean() ? DType.BFLOAT16 : DType.FLOAT32;
      Tensor x = random.nextBoolean() ? numbers(random, dtype, matrices, k, m).transpose(1, 2) : numbers(random, dtype, matrices, m, k);
      Tensor result = x.toFloat().matmul(x.toFloat().transpose(1, 2)).mul(numbers(random, dtype, m, m)).add(numbers(random, dtype, m));
      COMPARISON.check("seed " + seed + ": " + matrices + " of " + m + "x" + k, nodes(List.of(result)), 0);
    }
  }

  @Test
  void randomContractions() {
    for (long seed = FIRST; seed < FIRST + 3L * TIMES; seed++) {
      RandomFusions.Fusion fusion = RandomFusions.contraction(seed, INTERPRETER);
      COMPARISON.check("contraction, seed " + seed, fusion.roots(), fusion.relative());
    }
  }
}
