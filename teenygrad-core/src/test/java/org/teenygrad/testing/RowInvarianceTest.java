package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.codegen.MatrixUnit;
import org.teenygrad.engine.codegen.Stage;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// What a GPU computes of a row depends on nobody else: not on how many rows there are, nor where it stands among them, nor on keys that it does not see. So
/// the tokens that an engine answers with do not depend on who else is served.
///
/// Kernels are run on a [SimulatedGpu]; of larger ones only the plan is looked at: the order in which a sum is added up.
class RowInvarianceTest {
  private static final Device GPU = SimulatedGpu.withTensorCores();
  private static final Device INTERPRETER = Device.of("interpreter");

  /// The seed of the row that is looked at; others have larger ones.
  private static final int OWN = 7;

  private static final int HEAD_DIM = 16;

  private static double[] numbers(Tensor x) {
    return x.cast(DType.FLOAT64).to(INTERPRETER).toDoubleArray();
  }

  /// Normal numbers, those of a part of the leading axis by its seed.
  private static float[] drawn(int parts, int each, IntToLongFunction seed) {
    float[] values = new float[parts * each];
    for (int part = 0; part < parts; part++) {
      Random random = new Random(seed.applyAsLong(part));
      for (int i = 0; i < each; i++) {
        values[part * each + i] = (float) random.nextGaussian();
      }
    }
    return values;
  }

  private static Tensor tensor(DType dtype, float[] values, int... shape) {
    return tensor(GPU, dtype, values, shape);
  }

  private static Tensor tensor(Device device, DType dtype, float[] values, int... shape) {
    return Tensor.of(values, Shape.of(shape), device).cast(dtype).contiguous().realize();
  }

  private static int place(int rows) {
    return rows * 2 / 3;
  }

  /// What is computed of the one row.
  private static double[] own(int rows, Tensor result) {
    double[] all = numbers(result);
    int each = all.length / rows;
    return Arrays.copyOfRange(all, place(rows) * each, (place(rows) + 1) * each);
  }

  private static void isTheSame(DType dtype, int width, UnaryOperator<Tensor> expression, int... counts) {
    isTheSame(GPU, dtype, width, expression, counts);
  }

  private static void isTheSame(Device device, DType dtype, int width, UnaryOperator<Tensor> expression, int... counts) {
    double[] first = null;
    for (int rows : counts) {
      Tensor x = tensor(device, dtype, drawn(rows, width, row -> row == place(rows) ? OWN : 100 + row), rows, width);
      double[] found = own(rows, expression.apply(x));
      first = first == null ? found : first;
      assertThat(found).as("one of %d rows, %d wide, as of %d", rows, width, counts[0]).containsExactly(first);
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 50", "FLOAT32, 300", "BFLOAT16, 256"})
  void reductionsOfRows(DType dtype, int width) {
    Tensor weight = tensor(dtype, drawn(1, width, one -> 1), width);
    for (UnaryOperator<Tensor> expression : List.<UnaryOperator<Tensor>>of(x -> x.sum(1), x -> x.argmax(1), x -> x.softmax(1), x -> x.rmsNorm(weight, 1e-5))) {
      isTheSame(dtype, width, expression, 1, 3, 8, 17, 70);
    }
  }

  /// The longest that are added up in one piece, and come to shared memory first. One row alone does not; an engine has four at least.
  @Test
  void sumsOfLongRows() {
    isTheSame(DType.FLOAT32, 1 << 14, x -> Tensor.stack(List.of(x.sum(1), x.square().sum(1), x.abs().sum(1), x.exp().sum(1)), 1), 2, 5);
  }

  /// One row is a kernel of its own, as are fewer than eight in float32.
  @ParameterizedTest
  @CsvSource({"BFLOAT16, 2", "FLOAT32, 8"})
  void products(DType dtype, int fewest) {
    Tensor weight = tensor(dtype, drawn(64, 80, row -> row), 64, 80);
    Tensor turned = weight.transpose(0, 1).contiguous().realize();
    // Results are not rounded to 16 bits, where a difference could hide.
    isTheSame(dtype, 80, x -> x.toFloat().matmul(weight.transpose(0, 1).toFloat()), fewest, 9, 33, 70);
    isTheSame(dtype, 80, x -> x.toFloat().matmul(turned.toFloat()), fewest, 9);
  }

  /// On Hopper few rows have narrow tiles, and a factor of theirs may be computed by those who multiply it.
  @Test
  void gatedPerceptronsOnHopper() {
    Device hopper = SimulatedGpu.hopper();
    Tensor gate = tensor(hopper, DType.BFLOAT16, drawn(64, 256, row -> row), 64, 256).transpose(0, 1);
    Tensor up = tensor(hopper, DType.BFLOAT16, drawn(64, 256, row -> 64 + row), 64, 256).transpose(0, 1);
    Tensor weight = tensor(hopper, DType.BFLOAT16, drawn(1, 256, one -> 200), 256);
    isTheSame(hopper, DType.BFLOAT16, 256, x -> {
      Tensor normed = x.rmsNorm(weight, 1e-6);
      return normed.matmul(gate).silu().mul(normed.matmul(up));
    }, 2, 4, 8, 9, 64, 70);
    isTheSame(hopper, DType.BFLOAT16, 256, x -> {
      Tensor normed = x.rmsNorm(weight, 1e-6);
      return Tensor.cat(List.of(normed.matmul(gate).contiguous(), normed.matmul(up).contiguous()), 1);
    }, 2, 4, 8, 9, 64, 70);
  }

  /// Attention of a text's part to its beginning, in the company of others.
  ///
  /// @param from where the part begins
  /// @param hidden what keys and values are behind it
  private static Tensor attention(DType dtype, int rows, int from, int time, int places, float hidden) {
    int own = place(rows);
    IntToLongFunction text = row -> row == own ? OWN : 100 + row;
    IntFunction<Tensor> cached = side -> {
      float[] values = drawn(rows * places, HEAD_DIM, at -> text.applyAsLong(at / places) * 10_000 + at % places * 3 + side);
      Arrays.fill(values, (own * places + from + time) * HEAD_DIM, (own + 1) * places * HEAD_DIM, hidden);
      return tensor(dtype, values, rows, 1, places, HEAD_DIM);
    };
    Tensor queries = tensor(dtype, drawn(rows * time, HEAD_DIM, at -> text.applyAsLong(at / time) * 10_000 + (from + at % time) * 3), rows, 1, time, HEAD_DIM);
    int[] positions = IntStream.range(0, rows * time).map(at -> (at / time == own ? from : 0) + at % time).toArray();
    Tensor seen = Tensor.arange(places, DType.INT32).to(GPU).le(Tensor.of(positions, Shape.of(rows, 1, time, 1), GPU).realize());
    return queries.toFloat().scaledDotProductAttention(cached.apply(1).toFloat(), cached.apply(2).toFloat(), AttentionOptions.DEFAULT.withMask(seen));
  }

  private static double[] queries(int from, int to, double[] all) {
    return Arrays.copyOfRange(all, from * HEAD_DIM, to * HEAD_DIM);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 128", "BFLOAT16, 64"})
  void attentionOfTexts(DType dtype, int places) {
    double[] alone = queries(32, 64, own(1, attention(dtype, 1, 0, 64, places, 0)));
    double[] together = queries(0, 32, own(2, attention(dtype, 2, 32, 64, places + 64, 99)));
    assertThat(together).as("in another part of the text, in company, before hidden keys").containsExactly(alone);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void attentionOfTokens(DType dtype) {
    double[] alone = own(1, attention(dtype, 1, 300, 1, 512, 0));
    for (int places : new int[] {512, 1024}) {
      assertThat(own(3, attention(dtype, 3, 300, 1, places, 99))).as("in company, of %d places", places).containsExactly(alone);
    }
  }

  /// In which order a kernel adds up a sum: steps, their depth and that of an instruction.
  private record Summation(List<Long> steps, List<Integer> stages, List<Integer> instructions) {
    static Summation of(AbsentGpu gpu, PtxKernel kernel) {
      List<OpNode> nodes = Graph.topological(List.of(gpu.tiles(kernel)));
      return new Summation(
          nodes.stream().filter(node -> node.is(OpCode.FOLD)).map(fold -> fold.input(1).payload(Range.class).size()).toList(),
          nodes.stream().filter(node -> node.is(OpCode.STAGE)).map(stage -> stage.payload(Stage.class).depth()).distinct().toList(),
          nodes.stream().filter(node -> node.is(OpCode.MMA)).map(mma -> mma.payload(MatrixUnit.class).depth).distinct().toList());
    }

    /// Instruction after instruction adds to the same sums, however deep a step is.
    Summation ofInstructions() {
      return new Summation(steps, List.of(), instructions);
    }
  }

  static Stream<AbsentGpu> gpus() {
    return Stream.of(AbsentGpu.A100, AbsentGpu.H200);
  }

  /// No sum is shared out among blocks, and none is added up in other steps.
  @ParameterizedTest
  @MethodSource("gpus")
  void plansOfProducts(AbsentGpu gpu) {
    for (boolean transposed : new boolean[] {false, true}) {
      List<Summation> summations = IntStream.of(2, 4, 8, 9, 33, 64, 70, 256, 4096).mapToObj(rows -> {
        Tensor weight = transposed ? gpu.tensor(DType.BFLOAT16, 1024, 3072).transpose(0, 1) : gpu.tensor(DType.BFLOAT16, 3072, 1024);
        List<PtxKernel> launches = gpu.launches(() -> gpu.tensor(DType.BFLOAT16, rows, 3072).matmul(weight).realize());
        assertThat(launches).as("kernels of %d rows", rows).singleElement().extracting(PtxKernel::kind).isEqualTo("contract");
        return Summation.of(gpu, launches.getFirst()).ofInstructions();
      }).distinct().toList();
      assertThat(summations).as("orders of sums").hasSize(1);
    }
  }

  /// Of few texts blocks come and go, of many each stays and has its tiles brought.
  @ParameterizedTest
  @MethodSource("gpus")
  void plansOfAttention(AbsentGpu gpu) {
    List<Summation> summations = IntStream.of(1, 2, 64).mapToObj(rows -> {
      Tensor seen = Tensor.arange(1024, DType.INT32).le(gpu.tensor(DType.INT32, rows, 1, 512, 1));
      Tensor keys = gpu.tensor(DType.BFLOAT16, rows, 8, 1024, 128);
      List<PtxKernel> launches = gpu.launches(() ->
          gpu.tensor(DType.BFLOAT16, rows, 8, 512, 128).scaledDotProductAttention(keys, gpu.tensor(DType.BFLOAT16, rows, 8, 1024, 128), AttentionOptions.DEFAULT.withMask(seen)).realize());
      assertThat(launches).as("kernels of %d rows", rows).singleElement().extracting(PtxKernel::kind).isEqualTo("attention");
      return Summation.of(gpu, launches.getFirst());
    }).distinct().toList();
    assertThat(summations).as("orders of sums").hasSize(1);
  }
}
