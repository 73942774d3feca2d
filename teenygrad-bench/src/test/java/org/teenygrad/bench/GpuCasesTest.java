package org.teenygrad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.models.nanogpt.GptConfig;

/// The cases in small, on whatever device there is.
class GpuCasesTest {
  private static final long SEED = 12345;

  static Stream<ComparedCase> smallCases() {
    GptConfig config = new GptConfig(31, 16, 2, 2, 16, 0, true);
    return Stream.of(
        RowCases.rows("copy", 64, 32, 0, x -> List.of(x.getFirst().contiguous())),
        RowCases.rows("softmax", 64, 33, 0.004, x -> List.of(x.getFirst().softmax(-1))),
        RowCases.layerNorm("layer_norm", 64, 32),
        RowCases.rows("gelu", 64, 32, 0.004, x -> List.of(x.getFirst().gelu())),
        RowCases.sum("sum", 128, 96),
        RowCases.transpose("transpose", 64),
        RowCases.addTransposed("add_transposed", 64),
        RowCases.channelsLast("channels_last", 3, 32, 49),
        RowCases.biasGeluAdd("bias_gelu_add", 64, 48),
        ProductCases.matmul("matmul", 160, DType.BFLOAT16, 3, 0.004),
        ProductCases.matmul("matmul_float32", 160, DType.FLOAT32, 2, 1e-5),
        GpuCases.of("gemm_72_float16"),
        GpuCases.of("gemm_72_tf32"),
        ProductCases.product("matmul_24x56x40", 24, 56, 40, false),
        ProductCases.product("weight_gradient", 48, 32, 128, true),
        GpuCases.of("attention_b2h4t32d16"),
        GpuCases.of("attention_b2h4t32d16_backward"),
        GpuCases.of("attention_b2h6k2t33d24"),
        GpuCases.of("attention_b2h6k2t32d16_backward"),
        GpuCases.of("attention_b2h4t32d16_window7_backward"),
        GpuCases.of("attention_b2h4t32d16_softcap3"),
        GpuCases.of("attention_b2h4t32d16_mask"),
        GpuCases.of("attention_b2h4t32d16_bias_backward"),
        GpuCases.of("attention_b3h4q1t96d16"),
        DecodeCases.full("decode", 3, 4, 96, 16),
        DecodeCases.lengths("decode_lengths", 4, 4, 96, 16),
        DecodeCases.pages("decode_pages", 4, 4, 96, 16),
        ConvolutionCases.Layer.of(6, 5, 9, 12, 3, 1).forward(),
        ConvolutionCases.Layer.of(6, 5, 9, 12, 3, 1).backward(),
        ConvolutionCases.Layer.of(6, 5, 9, 12, 3, 2).in(ConvolutionCases.Layout.CHANNELS_FIRST).backward(),
        ConvolutionCases.Layer.of(4, 8, 16, 7, 1, 2).backward(),
        ConvolutionCases.Layer.of(4, 3, 16, 18, 7, 2).backward(),
        IndexCases.sort("sort", 48, 100),
        IndexCases.top("top", 48, 300, 7),
        IndexCases.runningSum("cumsum", 3000),
        IndexCases.embeddingGradient("embedding", 9000, 16, 100),
        new TrainingCase("step", Unit.MILLIS, new GptStep("small", config, 3, 16, DType.BFLOAT16), 2, 16, 0.05));
  }

  @ParameterizedTest
  @MethodSource("smallCases")
  void isRightAndMeasured(ComparedCase what) {
    assertThat(what.error(SEED)).isBetween(0.0, what.bound());
    var sample = what.prepare();
    assertThat(sample.getAsDouble()).isPositive();
    assertThat(sample.getAsDouble()).isPositive();
  }

  @Test
  void seesWrongResults() {
    // Half of each row is forgotten, where the reference, which is computed in float64, has it.
    UnaryOperator<List<Tensor>> forgetful = x -> {
      Tensor in = x.getFirst();
      return List.of(in.dtype() == DType.FLOAT64 ? in : in.mul(Tensor.arange(32).lt(16)));
    };
    assertThat(RowCases.rows("forgetful", 64, 32, 0, forgetful).error(SEED)).isCloseTo(0.7, within(0.15));
  }

  @Test
  void seesAWrongGradientThoughItHasASampleOfItsOwn() {
    KernelCase right = ConvolutionCases.Layer.of(6, 5, 9, 12, 3, 1).backward();
    for (int wrong = 0; wrong < 3; wrong++) {
      int number = wrong;
      UnaryOperator<List<Tensor>> doubled = x -> {
        List<Tensor> results = new ArrayList<>(right.expression().apply(x));
        if (x.getFirst().dtype() != DType.FLOAT64) {
          results.set(number, results.get(number).mul(2));
        }
        return results;
      };
      assertThat(new KernelCase("doubled", right.unit(), right.work(), right.dtype(), 1, right.bound(), right.inputs(), doubled, right.samples()).error(SEED)).isCloseTo(1, within(0.01));
    }
  }

  @Test
  void equalElementsAreInOrderWhereTheyWere() {
    KernelCase sort = IndexCases.sort("sort", 4, 500);
    UnaryOperator<List<Tensor>> ofFewValues = x -> sort.expression().apply(List.of(x.getFirst().mul(2).round()));
    KernelCase ties = new KernelCase("ties", sort.unit(), sort.work(), sort.dtype(), 1, 0, sort.inputs(), ofFewValues, sort.samples());
    assertThat(ties.against(elements -> Objects.requireNonNull(sort.algorithm()).apply(Arrays.stream(elements).map(e -> 0.0 + Math.rint((float) (2 * e))).toArray())).error(SEED)).isZero();
  }

  @Test
  void aGroupHasCasesOfItsKindAndEachIsMeasuredOnce() {
    assertThat(GpuCases.of(List.of("index"), List.of("attention_b1h2t3d4", "cumsum_64Mi_float32")).stream().map(ComparedCase::name))
        .containsExactly("sort_4096x4096_float32", "top50_256x50304_float32", "cumsum_64Mi_float32", "embedding_gradient_65536x768_of_50304", "attention_b1h2t3d4");
    assertThat(GpuCases.of(List.of(), List.of()).stream().map(ComparedCase::name)).doesNotHaveDuplicates()
        .contains("copy_1GiB", "matmul_4096", "attention_b4h16t4096d128_backward", "conv1x1s2_256_512_56", "gpt2_350m_b16_step");
    assertThatThrownBy(() -> GpuCases.of(List.of("rwos"), List.of())).hasMessage("no group 'rwos'; there are rows, products, attention, conv, index, training");
  }

  @Test
  void operationsAreThoseOfWhatIsNotHidden() {
    assertThat(GpuCases.of("attention_b4h16t4096d128").work()).isEqualTo(2.0 * 2 * 4 * 16 * 4096 * 4096 / 2 * 128);
    assertThat(GpuCases.of("attention_b2h16t8192d128_window1024_backward").work()).isEqualTo(3.5 * 2 * 2 * 2 * 16 * (8192.0 * 1024 - 1024 * 1024 / 2) * 128);
    assertThat(GpuCases.of("attention_b16h12t1024d64_mask").work()).isEqualTo(2.0 * 2 * 16 * 12 * 1024 * 1024 * 64);
    assertThat(GpuCases.of("attention_b16h32k8q1t8192d128").work()).isEqualTo(2.0 * 2 * 16 * 8 * 8192 * 128);
    assertThat(GpuCases.of("conv3x3s2_128_128_56").work()).isEqualTo(2.0 * 64 * 28 * 28 * 128 * 128 * 9);
    assertThat(GpuCases.of("conv1x1_256_64_56_backward_channels_first").name()).isEqualTo("conv1x1_256_64_56_backward_channels_first");
    assertThatThrownBy(() -> GpuCases.of("attention_b1h6k4t8d8")).hasMessage("6 heads cannot share the keys of 4");
  }

  @Test
  void nanIsWrong() {
    ComparedCase poisoned = RowCases.rows("nan", 64, 32, 0, x -> List.of(x.getFirst().dtype() == DType.FLOAT64 ? x.getFirst() : x.getFirst().div(0).sub(x.getFirst().div(0))));
    assertThat(poisoned.error(SEED)).isNaN();
  }

  @Test
  void sharesAreOfTheDataSheet() {
    Peak peak = Peak.of("NVIDIA H200, 139.8 GiB");
    assertThat(ProductCases.matmul("matmul", 8192, DType.BFLOAT16, 1, 0).leastSeconds(peak)).isCloseTo(1.1e-3, within(1e-4));
    assertThat(ProductCases.matmul("matmul", 2048, DType.FLOAT32, 1, 0).leastSeconds(Peak.of("some other GPU"))).isNaN();
  }
}
