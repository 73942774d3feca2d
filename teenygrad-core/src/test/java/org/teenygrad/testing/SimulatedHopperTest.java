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
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// Products of matrices on Hopper - blocks that stay and go from tile to tile, pipelines that one thread fills by tensor maps, `wgmma` of four warps, clusters of
/// two blocks - are what the Interpreter computes, where no GPU is. Factors are whole numbers, so that sums are exact.
class SimulatedHopperTest {
  private static final Device INTERPRETER = Device.of("interpreter");
  private static final Comparison COMPARISON = new Comparison(INTERPRETER, SimulatedGpu.hopper());

  private static List<OpNode> nodes(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::node).toList();
  }

  private static Tensor numbers(Random random, DType dtype, int... sizes) {
    return WholeNumbers.of(random, dtype, 1, sizes);
  }

  private static List<Program> byTensorMaps() {
    return SimulatedGpu.launched().stream().filter(program -> !program.maps().isEmpty()).toList();
  }

  private static Tensor matrix(Random random, DType dtype, int rows, int columns, boolean across) {
    return across ? numbers(random, dtype, columns, rows).transpose(0, 1) : numbers(random, dtype, rows, columns);
  }

  /// @param mapped how many kernels have tensor maps
  private static void multiplies(DType dtype, int m, int n, int k, boolean leftAcross, boolean rightAcross, int mapped, BinaryOperator<Tensor> product) {
    Random random = new Random(m * 31L + n * 7L + k);
    SimulatedGpu.launched();
    Tensor result = product.apply(matrix(random, dtype, m, k, leftAcross), matrix(random, dtype, k, n, rightAcross));
    COMPARISON.check(m + "x" + n + "x" + k + " of " + dtype, nodes(List.of(result)), 0);
    assertThat(byTensorMaps()).as("kernels by tensor maps").hasSize(mapped);
  }

  /// With more tiles than multiprocessors and fewer, whole and cut off, longer and shorter than the ring.
  @ParameterizedTest
  @CsvSource({"256, 192, 192, false, false", "128, 264, 72, true, false", "200, 136, 72, false, true", "136, 200, 200, true, true", "64, 64, 1024, false, false", "72, 40, 320, false, true", "8, 264, 640, false, true"})
  void products(int m, int n, int k, boolean leftAcross, boolean rightAcross) {
    multiplies(DType.BFLOAT16, m, n, k, leftAcross, rightAcross, 1, Tensor::matmul);
  }

  /// Tiles of few columns, all steps in the ring or not; of up to eight rows no others are fetched.
  @ParameterizedTest
  @CsvSource({"2, 128, 192", "4, 200, 1024", "8, 72, 4096", "20, 128, 320", "64, 96, 128"})
  void productsOfFewRows(int m, int n, int k) {
    multiplies(DType.BFLOAT16, m, n, k, false, true, 1, Tensor::matmul);
  }

  /// Two products of the same rows, one of which gates the other.
  @ParameterizedTest
  @CsvSource({"4, 104, 256", "40, 64, 192", "200, 136, 128"})
  void productsOfOneFactor(int m, int n, int k) {
    Tensor gate = numbers(new Random(n), DType.BFLOAT16, n, k).transpose(0, 1);
    multiplies(DType.BFLOAT16, m, n, k, false, true, 1, (x, up) -> x.matmul(gate).relu().mul(x.matmul(up)));
  }

  @Test
  void productsThatThreadsBring() {
    multiplies(DType.FLOAT16, 97, 71, 203, false, false, 0, (a, b) -> a.matmul(b).relu());
  }
}
