package org.teenygrad.bench;

import java.util.List;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.models.nanogpt.GptConfig;

/// Training steps of GPTs, on GPUs in bfloat16.
final class TrainingCases {
  private static final int VOCABULARY = 50304;
  private static final GptStep GPT2_MEDIUM = new GptStep("gpt2_350m", new GptConfig(VOCABULARY, 1024, 24, 16, 1024, 0, true), 16, 1024,
      DType.BFLOAT16);

  /// As large as GPT-2, but with heads twice as wide and twice the context.
  private static final GptStep WIDE_HEADS = new GptStep("gpt2_d128_t2048", new GptConfig(VOCABULARY, 2048, 12, 6, 768, 0, true), 32, 2048,
      DType.BFLOAT16);

  /// On a GPU; a processor's host waits for each.
  private static final int STEPS = 10;

  private TrainingCases() {}

  static List<ComparedCase> all() {
    GptStep gpt2 = GptStep.GPT2.onGpu();
    return List.of(
        new TrainingCase("nanogpt_baby_step", Unit.MILLIS, GptStep.BABY.onGpu(), STEPS, 256, Rounding.MODEL),
        new TrainingCase("gpt2_124m_step", Unit.TOKENS, gpt2, STEPS, 256, Rounding.MODEL),
        new TrainingCase("gpt2_124m_b64_step", Unit.TOKENS, gpt2.with(64, 1024, DType.BFLOAT16), STEPS, 256, Rounding.MODEL),
        new TrainingCase("gpt2_350m_b16_step", Unit.TOKENS, GPT2_MEDIUM, STEPS, 128, Rounding.MODEL),
        new TrainingCase("gpt2_d128_b32_t2048_step", Unit.TOKENS, WIDE_HEADS, STEPS, 256, Rounding.MODEL));
  }

  static List<ComparedCase> ofCpu() {
    return Stream.of(GptStep.CHAR_CPU, GptStep.BABY, GptStep.GPT2).<ComparedCase>map(step -> new TrainingCase("gpt_step_" + step.text(),
        Unit.MILLIS, step, 1, step.time(), Rounding.FLOAT32)).toList();
  }
}
