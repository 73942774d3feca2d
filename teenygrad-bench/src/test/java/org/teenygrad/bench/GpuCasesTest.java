package org.teenygrad.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.models.nanogpt.GptConfig;

/// The cases in small, on whatever device there is.
class GpuCasesTest {
  private static final long SEED = 12345;

  static Stream<GpuCase> smallCases() {
    GptConfig config = new GptConfig(31, 16, 2, 2, 16, 0, true);
    return Stream.of(
        GpuCases.rows("copy", 64, 32, 0, x -> List.of(x.getFirst().contiguous())),
        GpuCases.rows("softmax", 64, 33, 0.004, x -> List.of(x.getFirst().softmax(-1))),
        GpuCases.layerNorm("layer_norm", 64, 32),
        GpuCases.rows("gelu", 64, 32, 0.004, x -> List.of(x.getFirst().gelu())),
        GpuCases.sum("sum", 128, 96),
        GpuCases.matmul("matmul", 160, DType.BFLOAT16, 3, 0.004),
        GpuCases.matmul("matmul_float32", 160, DType.FLOAT32, 2, 1e-5),
        GpuCases.of(List.of("gemm_72_float16")).getFirst(),
        GpuCases.of(List.of("gemm_72_tf32")).getFirst(),
        GpuCases.product("weight_gradient", 48, 32, 128, true),
        GpuCases.transpose("transpose", 64),
        GpuCases.biasGeluAdd("bias_gelu_add", 64, 48),
        GpuCases.attention("attention", new GpuCases.Heads(2, 4, 32, 16), AttentionOptions.CAUSAL),
        GpuCases.attentionBackward("attention_backward", new GpuCases.Heads(2, 4, 32, 16), AttentionOptions.CAUSAL),
        GpuCases.attentionBackward("attention_window", new GpuCases.Heads(2, 4, 32, 16), AttentionOptions.CAUSAL.withWindow(7)),
        GpuCases.maskedAttention("attention_mask", new GpuCases.Heads(2, 4, 32, 16)),
        new TrainingCase("step", Unit.MILLIS, new GptStep("small", config, 3, 16, DType.BFLOAT16), 16, 0.05));
  }

  @ParameterizedTest
  @MethodSource("smallCases")
  void isRightAndMeasured(GpuCase what) {
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
    assertThat(GpuCases.rows("forgetful", 64, 32, 0, forgetful).error(SEED)).isCloseTo(0.7, within(0.15));
  }

  @Test
  void nanIsWrong() {
    GpuCase poisoned = GpuCases.rows("nan", 64, 32, 0, x -> List.of(x.getFirst().dtype() == DType.FLOAT64 ? x.getFirst() : x.getFirst().div(0).sub(x.getFirst().div(0))));
    assertThat(poisoned.error(SEED)).isNaN();
  }

  @Test
  void sharesAreOfTheDataSheet() {
    Peak peak = Peak.of("NVIDIA H200, 139.8 GiB");
    assertThat(GpuCases.matmul("matmul", 8192, DType.BFLOAT16, 1, 0).leastSeconds(peak)).isCloseTo(1.1e-3, within(1e-4));
    assertThat(GpuCases.matmul("matmul", 2048, DType.FLOAT32, 1, 0).leastSeconds(Peak.of("some other GPU"))).isNaN();
  }
}
